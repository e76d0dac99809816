// Rows that could not be taken: which, why, as they were, and a way to try them again under the rules now in force.
import { useQuery } from "@tanstack/react-query";
import { RotateCcw, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { deadLetters, replay } from "@/client/connections";
import { may, me } from "@/client/system";
import type { DeadLetter } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Dialog } from "@/ui/Dialog";
import { Facts, Raw } from "@/ui/Facts";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";

const COLUMNS: Column<DeadLetter>[] = [
  {
    id: "reason",
    title: "Reason",
    width: "minmax(14rem,2fr)",
    card: "title",
    by: (one) => one.reason,
    cell: (one) => (
      <span className="font-semibold" title={one.reason}>
        {one.reason}
      </span>
    ),
  },
  {
    id: "field",
    title: "Field",
    width: "minmax(7rem,1fr)",
    by: (one) => one.field,
    cell: (one) => <code>{one.field ?? "the row"}</code>,
  },
  { id: "stream", title: "Stream", width: "minmax(7rem,1fr)", by: (one) => one.stream, cell: (one) => one.stream },
  { id: "row", title: "Row", width: "5rem", align: "right", by: (one) => one.row, cell: (one) => one.row },
  {
    id: "state",
    title: "State",
    width: "8rem",
    card: "mark",
    by: (one) => one.state,
    cell: (one) => <Badge word={one.state} hue={one.state === "open" ? "amber" : "grey"} />,
  },
  { id: "at", title: "When", width: "7rem", align: "right", by: (one) => one.at, cell: (one) => <Ago at={one.at} /> },
];

export function Refused({ id }: { id: string }) {
  const query = useQuery(deadLetters(id));
  const role = useQuery(me()).data?.role;
  const [open, setOpen] = useState<DeadLetter | null>(null);
  const waiting = query.data?.items.filter((one) => one.state === "open").length ?? 0;
  return (
    <Card
      title="Refused rows"
      flush
      actions={
        waiting > 0 &&
        may(role, "operator") && (
          <Button
            size="sm"
            icon={<RotateCcw className="size-4" aria-hidden />}
            onClick={() => void act(replay(id), "They are being tried again")}
          >
            Try all again
          </Button>
        )
      }
    >
      <Async query={query} className="px-0">
        {(page) => (
          <Table
            label="Refused rows"
            rows={page.items}
            columns={COLUMNS}
            rowKey={(one) => one.id}
            onOpen={setOpen}
            empty={
              <Empty icon={<ShieldCheck className="size-6" />} title="No row was refused">
                A row that does not fit its entity would be kept here, whole, with the reason.
              </Empty>
            }
          />
        )}
      </Async>
      <Dialog
        kind="drawer"
        open={open !== null}
        onClose={() => setOpen(null)}
        title={open?.reason ?? ""}
        description={`${open?.stream}, row ${open?.row}`}
      >
        {open && (
          <div className="grid gap-5">
            <Facts
              items={[
                ["Code", <code key="code">{open.code}</code>],
                ["Field", <code key="field">{open.field ?? "the row"}</code>],
                ["From", open.origin ?? open.stream],
                ["When", <Ago key="at" at={open.at} />],
              ]}
            />
            <Raw value={open.raw} label="The row as it was" />
            {open.state === "open" && may(role, "operator") && (
              <Button
                tone="primary"
                onClick={() => void act(replay(id, [open.id]), "It is being tried again").then(() => setOpen(null))}
              >
                Try this row again
              </Button>
            )}
          </div>
        )}
      </Dialog>
    </Card>
  );
}
