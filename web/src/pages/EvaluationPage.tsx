// How good the repairs are, from what became of them: healed by itself, put before people, taken back. Every change is listed.
import { useQuery } from "@tanstack/react-query";
import { ChartNoAxesCombined } from "lucide-react";
import { drifts } from "@/client/repairs";
import type { Drift } from "@/client/types";
import { useGo } from "@/components/address";
import { ChangeLine, titleOf } from "@/components/drift";
import { useSourceNames } from "@/components/names";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Card, Figure } from "@/ui/Card";
import { count, duration } from "@/ui/format";
import { Confidence, Shares } from "@/ui/Spark";
import { Empty, NotYet } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";

const healedIn = (one: Drift): number | null =>
  one.resolved_at && one.state === "healed" && !one.review_id
    ? Date.parse(one.resolved_at) - Date.parse(one.detected_at)
    : null;

function median(values: number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

export default function EvaluationPage() {
  const query = useQuery(drifts());
  const truth = useTruth(query);
  const names = useSourceNames();
  const go = useGo();
  const columns: Column<Drift>[] = [
    {
      id: "kind",
      title: "Change",
      width: "minmax(9rem,1fr)",
      card: "title",
      by: (one) => one.kind,
      cell: (one) => <b>{titleOf(one.kind)}</b>,
    },
    { id: "what", title: "What", width: "minmax(14rem,2fr)", cell: (one) => <ChangeLine of={one} /> },
    {
      id: "where",
      title: "Where",
      width: "minmax(13rem,1.6fr)",
      card: "hide",
      by: (one) => one.stream,
      cell: (one) => `${names.get(one.connection_id) ?? ""} · ${one.stream}`,
    },
    {
      id: "sure",
      title: "Confidence",
      width: "9rem",
      by: (one) => one.confidence,
      cell: (one) => <Confidence value={one.confidence} />,
    },
    {
      id: "state",
      title: "State",
      width: "9rem",
      card: "mark",
      by: (one) => one.state,
      cell: (one) => <Badge word={one.state} />,
    },
    {
      id: "at",
      title: "Seen",
      width: "7rem",
      align: "right",
      by: (one) => one.detected_at,
      cell: (one) => <Ago at={one.detected_at} />,
    },
  ];
  return (
    <Page title="Evaluation" lead="What became of every change that was noticed.">
      <Async query={query}>
        {(page) => {
          const of = (...states: string[]) => page.items.filter((one) => states.includes(one.state)).length;
          const alone = page.items.filter((one) => one.state === "healed" && !one.review_id);
          const speed = median(alone.map(healedIn).filter((ms) => ms !== null));
          return (
            <div className="grid gap-5">
              <div className="grid grid-cols-2 gap-4 rounded-card border border-line bg-surface p-5 shadow-card md:grid-cols-4">
                <Figure label="Changes noticed" value={count(page.items.length)} />
                <Figure
                  label="Healed by itself"
                  value={count(alone.length)}
                  hue="green"
                  note={speed === null ? undefined : `in ${duration(speed)}, median`}
                />
                <Figure
                  label="Put before people"
                  value={count(page.items.filter((one) => one.review_id).length)}
                  hue="amber"
                />
                <Figure
                  label="Taken back"
                  value={count(of("reverted"))}
                  hue={of("reverted") > 0 ? "red" : undefined}
                  note="repairs that were wrong"
                />
              </div>
              <Card title="Outcomes" truth={truth}>
                <Shares
                  label="Outcomes of changes"
                  parts={[
                    { name: "healed", value: of("healed"), hue: "green" },
                    { name: "waiting", value: of("review", "detected"), hue: "blue" },
                    { name: "quarantined", value: of("quarantined"), hue: "amber" },
                    { name: "reverted or rejected", value: of("reverted", "rejected"), hue: "red" },
                    { name: "ignored", value: of("ignored"), hue: "grey" },
                  ]}
                />
              </Card>
              <Card title="Every change" truth={truth} flush>
                <Table
                  label="Changes"
                  rows={page.items}
                  columns={columns}
                  rowKey={(one) => one.id}
                  onOpen={(one) => go(`/connect/${one.connection_id}`, { tab: "timeline" })}
                  empty={
                    <Empty icon={<ChartNoAxesCombined className="size-6" />} title="No change was noticed yet">
                      On the Discovery Demo page you can cause one.
                    </Empty>
                  }
                />
              </Card>
              <NotYet title="Scores on the golden set are not served by the API">
                Precision, recall and calibration of the matcher are measured by <code>make eval</code>; this page shows
                the outcomes of this tenant's own changes.
              </NotYet>
            </div>
          );
        }}
      </Async>
    </Page>
  );
}
