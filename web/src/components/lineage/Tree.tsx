// Lineage as a tree that unfolds: from sources down to who reads them, or from agents up to what they rest on. Each branch is
// asked for when it is opened.
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import { tree, type Way } from "@/client/lineage";
import type { LineageBranch } from "@/client/types";
import { useAddress } from "@/components/address";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Chip } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Segmented } from "@/ui/Field";
import { count } from "@/ui/format";
import { Empty, Fault } from "@/ui/States";
import { wayOf } from "./Around";
import { waiting } from "./Grid";
import { KINDS, NodeSearch } from "./NodeSearch";

export function Tree() {
  const [address, change] = useAddress();
  const way = wayOf(address.way === "both" ? undefined : address.way, "down");
  const query = useQuery(tree(address.node, way, 1));
  const truth = useTruth(query);
  return (
    <Card
      title={way === "down" ? "What is made of it" : "What it comes from"}
      truth={truth}
      beneath
      actions={<NodeSearch onChoose={(id) => change({ node: id })} />}
    >
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <Segmented
          label="Which way"
          value={way}
          options={[
            { value: "down", label: "From sources" },
            { value: "up", label: "From readers" },
          ]}
          onChange={(next) => change({ way: next, node: undefined })}
        />
        {address.node && (
          <Button size="sm" onClick={() => change({ node: undefined })}>
            All {way === "down" ? "sources" : "agents"}
          </Button>
        )}
      </div>
      <Async query={query} skeleton={waiting}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty title="No source yet">A tree grows from the first source that is read.</Empty>
          ) : (
            <ul className="grid gap-0.5">
              {data.items.map((one) => (
                <Twig key={one.node.id} of={one} way={way} open={address.node !== undefined} />
              ))}
            </ul>
          )
        }
      </Async>
    </Card>
  );
}

function Twig({ of, way, open = false }: { of: LineageBranch; way: Way; open?: boolean }) {
  const [unfolded, setUnfolded] = useState(open);
  const [, change] = useAddress();
  // What came with the branch above is shown; what did not is asked for.
  const more = useQuery({ ...tree(of.node.id, way, 1), enabled: unfolded && of.children.length < of.more });
  const children = more.data?.items[0]?.children ?? of.children;
  const Turn = unfolded ? ChevronDown : ChevronRight;
  return (
    <li>
      <div className="flex min-h-10 flex-wrap items-center gap-x-2">
        {of.more > 0 ? (
          <button
            type="button"
            aria-expanded={unfolded}
            aria-label={`${unfolded ? "Fold" : "Unfold"} ${of.node.label}`}
            className="grid size-9 place-items-center rounded-lg text-ink-2 touch hover:bg-sunken"
            onClick={() => setUnfolded(!unfolded)}
          >
            <Turn className="size-4" aria-hidden />
          </button>
        ) : (
          <span className="size-9" aria-hidden />
        )}
        <button
          type="button"
          className="min-h-9 rounded-lg px-1.5 text-left font-semibold wrap-anywhere touch hover:bg-sunken"
          onClick={() => change({ node: of.node.id, open: "yes" })}
        >
          {of.node.label}
        </button>
        <Chip>{KINDS[of.node.type] ?? of.node.type}</Chip>
        {of.more > 0 && <span className="num text-sm text-ink-3">{count(of.more)}</span>}
      </div>
      {unfolded && (
        <ul className="ml-4.5 grid gap-0.5 border-l border-line pl-2">
          {more.error && <Fault of={more.error} retry={() => void more.refetch()} />}
          {children.map((one) => (
            <Twig key={one.node.id} of={one} way={way} />
          ))}
        </ul>
      )}
    </li>
  );
}
