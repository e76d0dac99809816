// Files of the tenant's folder.
import { useQuery } from "@tanstack/react-query";
import { FolderOpen } from "lucide-react";
import { files } from "@/client/system";
import type { SourceFile } from "@/client/types";
import { Async } from "@/ui/Async";
import { LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { bytes } from "@/ui/format";
import { Empty } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { Ago } from "@/ui/Time";

const COLUMNS: Column<SourceFile>[] = [
  {
    id: "path",
    title: "Path",
    width: "minmax(14rem,2fr)",
    card: "title",
    by: (one) => one.path,
    cell: (one) => <code className="font-bold">{one.path}</code>,
  },
  { id: "size", title: "Size", width: "8rem", align: "right", by: (one) => one.size, cell: (one) => bytes(one.size) },
  {
    id: "digest",
    title: "SHA-256",
    width: "minmax(8rem,1fr)",
    card: "hide",
    cell: (one) => <code className="text-ink-3">{one.sha256?.slice(0, 16) ?? ""}</code>,
  },
  {
    id: "at",
    title: "Written",
    width: "8rem",
    align: "right",
    by: (one) => one.modified_at,
    cell: (one) => <Ago at={one.modified_at} />,
  },
];

export function Files() {
  const query = useQuery(files());
  return (
    <Card title="Files" flush>
      <Async query={query} className="px-0">
        {(page) => (
          <Table
            label="Files"
            rows={page.items}
            columns={COLUMNS}
            rowKey={(one) => one.path}
            empty={
              <Empty
                icon={<FolderOpen className="size-6" />}
                title="The folder is empty"
                action={
                  <LinkButton to="/connect/new" tone="primary">
                    Add a file
                  </LinkButton>
                }
              >
                Files you add as sources are kept here.
              </Empty>
            }
          />
        )}
      </Async>
    </Card>
  );
}
