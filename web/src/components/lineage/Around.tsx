// The neighbourhood of one node as a picture, down to columns and fields: which way and how far is chosen; what is left out is
// said.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { neighbourhood, type Way } from "@/client/lineage";
import { useAddress } from "@/components/address";
import { GraphPicture } from "@/components/GraphPicture";
import { finely } from "@/components/layout";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Card } from "@/ui/Card";
import { Segmented, Select } from "@/ui/Field";
import { many } from "@/ui/format";
import { Empty } from "@/ui/States";
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
  const [address, change] = useAddress();
  const [way, depth, node] = [wayOf(address.way, "both"), depthOf(address.depth), address.node ?? "dcl_account"];
  const query = useQuery(neighbourhood(node, way, depth));
  const truth = useTruth(query);
  const drawn = useMemo(() => query.data && finely(query.data), [query.data]);
  const focus = query.data?.nodes[0];
  return (
    <Card
      title={focus ? `Around ${focus.label}` : "Around a node"}
      truth={truth}
      hint={query.data && `${many(query.data.nodes.length, "node")}, ${many(query.data.edges.length, "edge")}`}
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
      </div>
      <Async query={query}>
        {(data) =>
          !drawn || data.edges.length === 0 ? (
            <Empty title="Nothing feeds it, and it feeds nothing">Choose another node, or more steps.</Empty>
          ) : (
            <>
              <GraphPicture graph={drawn} chosen={null} onChoose={(id) => id && change({ node: id, open: "yes" })} />
              {data.truncated && (
                <p className="mt-3 text-sm text-ink-2">
                  {many(
                    Object.entries(data.counts).reduce((sum, [kind, of]) => sum + (kind === "edges" ? 0 : of), 0),
                    "node",
                  )}{" "}
                  are this near; the nearest {data.nodes.length} are drawn. Fewer steps or one direction show the rest.
                </p>
              )}
            </>
          )
        }
      </Async>
    </Card>
  );
}
