// The neighbourhood of one node as a picture, down to columns and fields: which way and how far is chosen; what is left out is
// said.
import { useQuery } from "@tanstack/react-query";
import { GitBranch } from "lucide-react";
import { useMemo, useState } from "react";
import { neighbourhood, type Way } from "@/client/lineage";
import { useAddress } from "@/components/address";
import { GraphPicture } from "@/components/GraphPicture";
import { allOf, finely, isDrawn } from "@/components/layout";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Segmented, Select } from "@/ui/Field";
import { many } from "@/ui/format";
import { Empty, Fault } from "@/ui/States";
import { useBusiest, useUnfolded } from "./focus";
import { NodeSearch } from "./NodeSearch";

export const WAYS: { value: Way; label: string }[] = [
  { value: "both", label: "Both ways" },
  { value: "up", label: "Comes from" },
  { value: "down", label: "Goes to" },
];

export const wayOf = (said: string | undefined, other: Way): Way =>
  WAYS.find((one) => one.value === said)?.value ?? other;
export const depthOf = (said: string | undefined): number => Math.min(10, Math.max(1, Number(said) || 5));

export function Around() {
  const [address] = useAddress();
  const busiest = useBusiest(address.node === undefined);
  const node = address.node ?? busiest.id;
  if (node) return <Near node={node} />;
  return (
    <Card title="Around a node">
      <Async query={busiest.query}>
        {() => (
          <Empty
            icon={<GitBranch className="size-6" />}
            title="Nothing feeds anything yet"
            action={
              <LinkButton to="/connect/new" tone="primary">
                Add a source
              </LinkButton>
            }
          >
            A graph begins with the first rows that are read.
          </Empty>
        )}
      </Async>
    </Card>
  );
}

function Near({ node }: { node: string }) {
  const [address, change] = useAddress();
  const [way, depth] = [wayOf(address.way, "both"), depthOf(address.depth)];
  const query = useQuery(neighbourhood(node, way, depth));
  const truth = useTruth(query);
  const around = useUnfolded(query.data, node, (id) => neighbourhood(id, "both", 1));
  const drawn = useMemo(() => around.drawn && finely(around.drawn), [around.drawn]);
  const [chosen, setChosen] = useState<string | null>(null);
  const one = around.drawn?.nodes.find((each) => each.id === chosen);
  const focus = query.data?.nodes[0];
  return (
    <Card
      title={focus ? `Around ${focus.label}` : "Around a node"}
      truth={truth}
      hint={drawn && `${many(drawn.nodes.filter(isDrawn).length, "node")}, ${many(drawn.edges.length, "edge")}`}
      beneath
      actions={<NodeSearch onChoose={(id) => change({ node: id })} />}
    >
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <Segmented label="Which way" value={way} options={WAYS} onChange={(next) => change({ way: next })} />
        <Select
          label="Steps"
          hideLabel
          value={String(depth)}
          onChange={(event) => change({ depth: event.target.value })}
          options={[1, 2, 3, 4, 5].map((steps) => ({ value: String(steps), label: many(steps, "step") }))}
        />
        {one && (
          <div className="flex flex-wrap items-center gap-2" role="group" aria-label={`What to do with ${one.label}`}>
            <bdi className="font-bold wrap-anywhere">{one.label}</bdi>
            <Button size="sm" disabled={around.unfolded.includes(one.id)} onClick={() => around.unfold(one.id)}>
              Unfold
            </Button>
            <Button size="sm" onClick={() => change({ node: one.id })}>
              See from here
            </Button>
            <Button size="sm" onClick={() => change({ node: one.id, open: "yes" })}>
              What breaks if it changes
            </Button>
          </div>
        )}
      </div>
      <Async query={query}>
        {(data) =>
          !drawn || data.edges.length === 0 ? (
            <Empty title="Nothing feeds it, and it feeds nothing">Choose another node, or more steps.</Empty>
          ) : (
            <>
              <GraphPicture graph={drawn} chosen={chosen} middle={node} onChoose={setChosen} />
              {around.failed !== null && <Fault of={around.failed} className="mt-3" />}
              {data.truncated && (
                <p className="mt-3 text-sm text-ink-2">
                  {many(allOf(data), "node")} are this near; the nearest {data.nodes.length} are drawn. Fewer steps or
                  one direction show the rest, and choosing a node unfolds what is near it.
                </p>
              )}
            </>
          )
        }
      </Async>
    </Card>
  );
}
