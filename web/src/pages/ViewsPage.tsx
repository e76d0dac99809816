// The unified views: what there is, how much of it, and how far behind the log.
import { useQuery } from "@tanstack/react-query";
import { Table2 } from "lucide-react";
import type { View } from "@/client/types";
import { dclState, views } from "@/client/views";
import { useGo } from "@/components/address";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { LinkButton } from "@/ui/Button";
import { Card, Figure } from "@/ui/Card";
import { bytes, count } from "@/ui/format";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";

const COLUMNS: Column<View>[] = [
  {
    id: "view",
    title: "View",
    width: "minmax(11rem,1fr)",
    card: "title",
    by: (one) => one.view,
    cell: (one) => <b>{one.view}</b>,
  },
  {
    id: "rows",
    title: "Rows",
    width: "8rem",
    align: "right",
    by: (one) => one.rows,
    cell: (one) => <span className={one.rows === 0 ? "text-ink-3" : "font-bold"}>{count(one.rows)}</span>,
  },
  {
    id: "fields",
    title: "Fields",
    width: "6rem",
    align: "right",
    by: (one) => one.fields.length,
    cell: (one) => one.fields.length,
  },
  {
    id: "about",
    title: "Holds",
    width: "minmax(16rem,3fr)",
    card: "hide",
    cell: (one) => (
      <span className="text-ink-2">
        {one.fields
          .slice(0, 6)
          .map((field) => field.name)
          .join(", ")}
      </span>
    ),
  },
];

export default function ViewsPage() {
  const query = useQuery(views());
  const state = useQuery(dclState()).data;
  const truth = useTruth(query);
  const go = useGo();
  return (
    <Page title="Views" lead="One table an entity, whatever source its rows came from.">
      <div className="grid gap-5">
        <div className="grid grid-cols-2 gap-4 rounded-card border border-line bg-surface p-5 shadow-card md:grid-cols-4">
          <Figure
            label="Rows unified"
            value={state ? count(state.views.reduce((sum, view) => sum + view.rows, 0)) : "·"}
            hue="blue"
          />
          <Figure
            label="Position"
            value={state ? count(state.position) : "·"}
            note={state && (state.lag > 0 ? `${count(state.lag)} entries behind the log` : "level with the log")}
            hue={state && state.lag > 0 ? "amber" : undefined}
          />
          <Figure
            label="In the log"
            value={state ? count(state.log_rows) : "·"}
            note={state && bytes(state.log_bytes)}
          />
          <Figure label="On disk" value={state ? bytes(state.bytes) : "·"} />
        </div>
        <Card title="Views" truth={truth} flush>
          <Async query={query} className="px-0">
            {(page) => (
              <Table
                label="Views"
                rows={[...page.items].sort((a, b) => b.rows - a.rows)}
                columns={COLUMNS}
                rowKey={(one) => one.view}
                onOpen={(one) => go(`/views/${one.view}`)}
                empty={
                  <Empty
                    icon={<Table2 className="size-6" />}
                    title="No view yet"
                    action={
                      <LinkButton to="/connect/new" tone="primary">
                        Add a source
                      </LinkButton>
                    }
                  >
                    Views fill as soon as a source is read.
                  </Empty>
                }
              />
            )}
          </Async>
        </Card>
      </div>
    </Page>
  );
}
