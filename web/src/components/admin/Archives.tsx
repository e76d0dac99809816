// Everything of the tenant as an archive: asked for, written by a task, and downloaded.
import { useQuery } from "@tanstack/react-query";
import { Archive, Download } from "lucide-react";
import { archives, exportTenant } from "@/client/admin";
import { save } from "@/client/file";
import type { Task } from "@/client/types";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { bytes } from "@/ui/format";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";
import { useGo } from "../address";
import { isOpen, saidOf, stateOf } from "../task/words";
import { useTruth } from "../truth";

type Written = { size?: number; sha256?: string };
const writtenOf = (one: Task): Written => (one.result ?? {}) as Written;

const COLUMNS: Column<Task>[] = [
  {
    id: "at",
    title: "Asked",
    width: "minmax(9rem,1fr)",
    card: "title",
    by: (one) => one.created_at,
    cell: (one) => <Ago at={one.created_at} />,
  },
  {
    id: "state",
    title: "State",
    width: "9rem",
    card: "mark",
    by: (one) => one.state,
    cell: (one) => <Badge word={one.state} label={stateOf(one.state)} />,
  },
  {
    id: "size",
    title: "Size",
    width: "7rem",
    align: "right",
    by: (one) => writtenOf(one).size,
    cell: (one) => {
      const { size } = writtenOf(one);
      return size === undefined ? <span className="text-ink-3">–</span> : bytes(size);
    },
  },
  {
    id: "digest",
    title: "SHA-256",
    width: "minmax(10rem,2fr)",
    cell: (one) =>
      saidOf(one) ? (
        <span className="text-red" title={saidOf(one)?.message}>
          {saidOf(one)?.message}
        </span>
      ) : (
        <code className="text-ink-2" title={writtenOf(one).sha256}>
          {writtenOf(one).sha256?.slice(0, 16) ?? "–"}
        </code>
      ),
  },
  {
    id: "get",
    title: "",
    width: "9rem",
    align: "right",
    cell: (one) =>
      one.state === "success" && (
        <Button
          size="sm"
          icon={<Download className="size-4" aria-hidden />}
          onClick={(event) => {
            event.stopPropagation();
            void act(save(`/api/v1/admin/tenant/exports/${one.id}`, `tenant-${one.id}.tar`), "Downloaded");
          }}
        >
          Download
        </Button>
      ),
  },
];

export function Archives() {
  const query = useQuery(archives());
  const truth = useTruth(query);
  const go = useGo();
  const writing = query.data?.items.some((one) => isOpen(one.state));
  return (
    <Card
      title="Archives"
      truth={truth}
      hint="everything of the tenant, but for what its secrets are"
      flush
      actions={
        <Button
          icon={<Archive className="size-4" aria-hidden />}
          busy={writing}
          onClick={() => void act(exportTenant(), "It is being written out")}
        >
          Write everything out
        </Button>
      }
    >
      <Async query={query} className="px-0">
        {(page) => (
          <Table
            label="Archives"
            rows={page.items}
            columns={COLUMNS}
            rowKey={(one) => one.id}
            onOpen={(one) => go(`/tasks/${one.id}`)}
            empty={
              <Empty icon={<Archive className="size-6" />} title="Nothing was written out yet">
                An archive holds rows, rules, decisions and files, in a form that needs nothing of this platform to be
                read.
              </Empty>
            }
          />
        )}
      </Async>
    </Card>
  );
}
