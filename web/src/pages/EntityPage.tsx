// One real thing: its golden record with the source of each value, the records it is made of, why they are held to be one,
// and the two decisions about that: take records out, or make it one with another.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { entity } from "@/client/entities";
import { may, me } from "@/client/system";
import type { Entity, Member } from "@/client/types";
import { usePathPart } from "@/components/address";
import { MergeForm, SplitForm } from "@/components/entity/Decide";
import { useSourceNames } from "@/components/names";
import { Page } from "@/components/Page";
import { PairEvidence } from "@/components/PairEvidence";
import { nameOf } from "@/components/subject";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/Copy";
import { Dialog } from "@/ui/Dialog";
import { many, number, plain, words } from "@/ui/format";

export default function EntityPage() {
  const view = usePathPart("view");
  const id = usePathPart("id");
  const query = useQuery(entity(view, id));
  const of = query.data;
  const role = useQuery(me()).data?.role;
  const [deciding, setDeciding] = useState<"merge" | "split" | null>(null);
  const close = () => setDeciding(null);
  return (
    <Page
      title={of ? nameOf({ ...of.record, id: of.id }) : "Entity"}
      lead={
        <span className="inline-flex flex-wrap items-center gap-x-1">
          <Link to={`/views/${view}` as never} className="font-semibold text-blue">
            {view}
          </Link>
          · <code>{of?.id ?? id}</code> <CopyButton text={of?.id ?? id} label="Copy the id" />
          {of && of.id !== id && <span>, which {id} leads to now</span>}
        </span>
      }
      actions={
        of &&
        may(role, "operator") && (
          <>
            <Button onClick={() => setDeciding("merge")}>Make one with another</Button>
            <Button disabled={of.members.length < 2} onClick={() => setDeciding("split")}>
              Take records out
            </Button>
          </>
        )
      }
    >
      <Async query={query}>{(found) => <Whole of={found} query={query} />}</Async>
      {of && (
        <Dialog
          open={deciding !== null}
          onClose={close}
          title={deciding === "merge" ? "Make one with another" : "Take records out"}
          description={
            deciding === "merge"
              ? "The oldest keeps its id; the others lead to it. It can be taken apart again."
              : "What you take out becomes an entity of its own, and is not joined again by itself."
          }
        >
          {deciding === "merge" && <MergeForm view={view} of={of} onDone={close} />}
          {deciding === "split" && <SplitForm view={view} of={of} onDone={close} />}
        </Dialog>
      )}
    </Page>
  );
}

function Whole({ of, query }: { of: Entity; query: Parameters<typeof useTruth>[0] }) {
  const truth = useTruth(query);
  const byId = new Map(of.members.map((one) => [one.id, one]));
  const named = (id: string) => {
    const member = byId.get(id);
    return member?.source ? `${nameOf(member.record)} · ${member.source.key}` : id;
  };
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Golden of={of} truth={truth} members={byId} />
      <div className="grid gap-5">
        <Card title={`Made of ${many(of.members.length, "record")}`} truth={truth}>
          <ul className="grid gap-3">
            {of.members.map((one) => (
              <Record key={one.id} of={one} />
            ))}
          </ul>
        </Card>
        <Card title="Why they are one">
          {(of.pairs ?? []).length === 0 ? (
            <p className="text-ink-2">
              {of.members.length > 1
                ? "Somebody said so; nothing was found that compares them."
                : "It is one record. When another source knows the same thing, it is joined here, with the evidence."}
            </p>
          ) : (
            <div className="grid gap-6">
              {(of.pairs ?? []).map((pair) => (
                <PairEvidence key={`${pair.a}:${pair.b}`} of={pair} left={named(pair.a)} right={named(pair.b)} />
              ))}
            </div>
          )}
          {(of.said ?? []).map((one) => (
            <p key={`${one.a}:${one.b}`} className="mt-3 text-sm text-ink-2">
              Somebody said of {named(one.a)} and {named(one.b)}: <b>{words(one.said)}</b>
            </p>
          ))}
        </Card>
      </div>
    </div>
  );
}

type GoldenProps = { of: Entity; truth: ReturnType<typeof useTruth>; members: Map<string, Member> };

function Golden({ of, truth, members }: GoldenProps) {
  const names = useSourceNames();
  const filled = Object.entries(of.record).filter(([, value]) => value !== null && value !== "");
  const empty = Object.keys(of.record).length - filled.length;
  return (
    <Card title="Golden record" truth={truth} hint={`as of position ${number(of.position)}`}>
      <ul className="grid gap-px overflow-hidden rounded-xl border border-line bg-line">
        {filled.map(([field, value]) => {
          const source = members.get(of.sources[field] ?? "")?.source;
          return (
            <li key={field} className="bg-surface px-4 py-2.5">
              <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                <code className="text-blue">{field}</code>
                <b className="num wrap-anywhere">
                  <bdi>{plain(value)}</bdi>
                </b>
              </div>
              {source && (
                <p className="text-sm text-ink-2 wrap-anywhere">
                  from {names.get(source.connection_id) ?? source.connection_id} · {source.stream} ·{" "}
                  <code>{source.key}</code>
                </p>
              )}
            </li>
          );
        })}
      </ul>
      {empty > 0 && <p className="mt-2 text-sm text-ink-3">{many(empty, "field")} empty.</p>}
    </Card>
  );
}

function Record({ of }: { of: Member }) {
  const names = useSourceNames();
  const source = of.source;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-line px-4 py-3">
      <span className="min-w-0 grow basis-56">
        <bdi className="font-bold wrap-anywhere">{nameOf(of.record)}</bdi>
        {source && (
          <span className="block text-sm text-ink-2 wrap-anywhere">
            {names.get(source.connection_id) ?? source.connection_id} · {source.stream} · <code>{source.key}</code> ·
            log entry <span className="num">{source.seq}</span>, rules version {source.mapping_version}
          </span>
        )}
      </span>
      {!of.live && <Badge word="ignored" label="gone at its source" />}
      {source && (
        <LinkButton to={`/connect/${source.connection_id}`} search={{ tab: "mappings" }} size="sm" tone="quiet">
          Its rules
        </LinkButton>
      )}
    </li>
  );
}
