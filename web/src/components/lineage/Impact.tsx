// One node of lineage: what it is, and what breaks if it changes.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { impact } from "@/client/lineage";
import type { LineageImpact } from "@/client/types";
import { useAddress } from "@/components/address";
import { Async } from "@/ui/Async";
import { Button, LinkButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Facts } from "@/ui/Facts";
import { count, many, words } from "@/ui/format";
import { KINDS } from "./NodeSearch";

export function NodeDrawer() {
  const [address, change] = useAddress();
  const id = address.open ? address.node : undefined;
  const query = useQuery({ ...impact(id ?? ""), enabled: id !== undefined });
  if (!id) return null;
  const node = query.data?.node;
  return (
    <Dialog
      kind="drawer"
      open
      onClose={() => change({ open: undefined })}
      title={node?.label ?? "Node"}
      description={node && words(KINDS[node.type] ?? node.type)}
    >
      <Async query={query}>{(data) => <Touched of={data} />}</Async>
    </Dialog>
  );
}

function Touched({ of }: { of: LineageImpact }) {
  const [, change] = useAddress();
  const connection = /^(?:conn|src|col)_([0-9a-f-]{36})/.exec(of.node.id)?.[1];
  const nothing = of.fields.length + of.views.length + of.agents.length + of.foreign.length === 0;
  const facts: [ReactNode, ReactNode][] = [];
  if (of.node.rows != null) facts.push(["Rows", count(of.node.rows)]);
  if (of.node.dataType) facts.push(["Type", of.node.dataType]);
  if (of.node.state) facts.push(["State", words(of.node.state)]);
  if (of.node.sourceSystem) facts.push(["System", of.node.sourceSystem]);
  return (
    <div className="grid gap-6">
      {facts.length > 0 && <Facts items={facts} />}
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={() => change({ as: "graph", open: undefined })}>
          See it in the graph
        </Button>
        <Button size="sm" onClick={() => change({ as: "tree", way: "up", open: undefined })}>
          What it comes from
        </Button>
        {connection && (
          <LinkButton size="sm" to={`/connect/${connection}`} search={{ tab: "mappings" }}>
            Its rules
          </LinkButton>
        )}
      </div>
      <section>
        <h3 className="mb-2 font-bold">What breaks if it changes</h3>
        {nothing ? (
          <p className="text-ink-2">Nothing reads it.</p>
        ) : (
          <div className="grid gap-4">
            <Named title={many(of.fields.length, "field")} items={of.fields.map((one) => one.label)} />
            <section>
              <h4 className="mb-1 text-sm text-ink-3">{many(of.views.length, "view")}</h4>
              <ul className="grid gap-1">
                {of.views.map((one) => (
                  <li key={one.id} className="flex justify-between gap-4">
                    <Link to={`/views/${one.view}` as never} className="font-semibold text-blue">
                      {one.view}
                    </Link>
                    <span className="num text-ink-2">{many(one.rows ?? 0, "row")}</span>
                  </li>
                ))}
              </ul>
            </section>
            {of.agents.map((one) => (
              <Named
                key={one.node.id}
                title={`${one.node.label}: ${many(one.checks.length, "check")}`}
                items={one.checks.map(words)}
              />
            ))}
            <Named title={many(of.saved.length, "open finding")} items={of.saved.map((one) => one.title)} />
            <Named
              title={`${many(of.foreign.length, "job or dataset", "jobs and datasets")} elsewhere`}
              items={of.foreign.map((one) => one.label)}
            />
          </div>
        )}
      </section>
    </div>
  );
}

function Named({ title, items }: { title: string; items: string[] }) {
  if (items.length === 0) return null;
  return (
    <section>
      <h4 className="mb-1 text-sm text-ink-3">{title}</h4>
      <ul className="grid gap-1">
        {items.map((one) => (
          <li key={one} className="font-semibold wrap-anywhere">
            <bdi>{one}</bdi>
          </li>
        ))}
      </ul>
    </section>
  );
}
