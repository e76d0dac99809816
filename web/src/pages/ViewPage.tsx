// The rows of one view: filtered, sorted and paged by the server, with the log position they reflect. The question is in
// the address; a row opens with where it came from.
import { useQuery } from "@tanstack/react-query";
import { Columns3, Download, SearchX } from "lucide-react";
import { useMemo, useState } from "react";
import type { Row, View } from "@/client/types";
import { asking, download, rows, views } from "@/client/views";
import { useAddress, usePathPart } from "@/components/address";
import { Page } from "@/components/Page";
import { RowDetail } from "@/components/RowDetail";
import { useTruth } from "@/components/truth";
import { describe, FilterBar, readFilters, writeFilters } from "@/components/ViewFilters";
import { Async } from "@/ui/Async";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/Copy";
import { Dialog } from "@/ui/Dialog";
import { absolute, count, number, plain } from "@/ui/format";
import { Menu } from "@/ui/Menu";
import { Empty, Fault } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { act } from "@/ui/toasts";

const LIMITS = ["100", "500", "1000"];
/** Columns shown until others are chosen. */
const FIRST = 8;
const RIGHT = new Set(["integer", "number", "money", "percent"]);

export default function ViewPage() {
  const name = usePathPart("view");
  const catalogue = useQuery(views());
  const view = catalogue.data?.items.find((one) => one.view === name);
  if (catalogue.data && !view) {
    return (
      <Page title={name}>
        <Card>
          <Empty
            icon={<SearchX className="size-6" />}
            title="There is no such view"
            action={
              <LinkButton to="/views" tone="primary">
                All views
              </LinkButton>
            }
          />
        </Card>
      </Page>
    );
  }
  return (
    <Page title={name} lead={view && `${count(view.rows)} rows of ${view.entity}`} wide>
      {view ? <Grid key={name} view={view} /> : <Async query={catalogue}>{() => null}</Async>}
    </Page>
  );
}

function Grid({ view }: { view: View }) {
  const [address, change] = useAddress();
  const [trail, setTrail] = useState<string[]>([]);
  const [open, setOpen] = useState<Row | null>(null);
  const filters = readFilters(address.filter);
  const shown = useMemo(
    () =>
      address.fields
        ? address.fields.split(",").filter((name) => view.fields.some((field) => field.name === name))
        : view.fields.slice(0, FIRST).map((field) => field.name),
    [address.fields, view],
  );
  const ask = { filters, sort: address.sort, limit: Number(address.limit ?? LIMITS[0]), cursor: trail.at(-1) };
  const query = useQuery(rows(view.view, ask));
  const truth = useTruth(query);
  const sort = address.sort ? { id: address.sort.replace(/^-/, ""), desc: address.sort.startsWith("-") } : null;
  const again = (next: Record<string, string | undefined>) => {
    setTrail([]);
    change(next);
  };
  const columns: Column<Row>[] = useMemo(
    () =>
      shown.map((name, index) => {
        const field = view.fields.find((one) => one.name === name);
        return {
          id: name,
          title: name,
          width: field?.type === "text" || index === 1 ? "minmax(13rem,2fr)" : "minmax(8.5rem,1fr)",
          align: RIGHT.has(field?.type ?? "") ? "right" : undefined,
          card: index === Math.min(1, shown.length - 1) ? "title" : index > 4 ? "hide" : undefined,
          cell: (row) => <Value of={row[name]} type={field?.type ?? ""} />,
        } satisfies Column<Row>;
      }),
    [shown, view],
  );
  const from = trail.length * ask.limit;
  return (
    <Card
      title={query.data ? `${count(query.data.total)} ${filters.length > 0 ? "that match" : "rows"}` : "Rows"}
      truth={truth}
      hint={query.data ? `as of position ${number(query.data.position)}` : "being read"}
      flush
      beneath
      actions={
        <>
          <Menu
            button={
              <Button size="sm" icon={<Columns3 className="size-4" aria-hidden />}>
                Columns
              </Button>
            }
            items={view.fields.map((field) => ({
              label: field.name,
              checked: shown.includes(field.name),
              onSelect: () => change({ fields: toggled(view, shown, field.name) }),
            }))}
          />
          <Menu
            button={
              <Button size="sm" icon={<Download className="size-4" aria-hidden />}>
                Export
              </Button>
            }
            items={(["csv", "parquet", "json", "arrow"] as const).map((format) => ({
              label: format.toUpperCase(),
              onSelect: () => void act(download(view.view, ask, format), "Downloaded"),
            }))}
          />
          <CopyButton
            text={`curl "${location.origin}${asking(view.view, ask)}" -H "Authorization: Bearer $TOKEN"`}
            label="Copy as cURL"
          />
        </>
      }
    >
      <div data-filter className="px-5 pb-3">
        <FilterBar fields={view.fields} filters={filters} onChange={(next) => again({ filter: writeFilters(next) })} />
      </div>
      {query.error && query.data === undefined ? (
        <div className="px-5 pb-5">
          <Fault of={query.error} retry={() => again({ filter: undefined, sort: undefined })} />
        </div>
      ) : (
        <Async query={query} className="px-0">
          {(page) => (
            <>
              <Table
                label={`Rows of ${view.view}`}
                rows={page.items}
                columns={columns}
                rowKey={(row) => String(row.id)}
                onOpen={setOpen}
                selected={open ? String(open.id) : null}
                sorting={sort}
                onSort={(id, desc) => again({ sort: desc ? `-${id}` : id })}
                empty={
                  <Empty
                    icon={<SearchX className="size-6" />}
                    title={filters.length > 0 ? "No row matches" : "The view is empty"}
                    action={
                      filters.length > 0 ? (
                        <Button onClick={() => again({ filter: undefined })}>Clear the filters</Button>
                      ) : (
                        <LinkButton to="/connect/new" tone="primary">
                          Add a source
                        </LinkButton>
                      )
                    }
                  >
                    {filters.length > 0
                      ? filters.map(describe).join(", ")
                      : "Rows appear when a source that feeds it is read."}
                  </Empty>
                }
              />
              <footer className="flex flex-wrap items-center gap-3 border-t border-line px-5 py-3 text-sm text-ink-2">
                <span className="num">
                  {page.items.length > 0 &&
                    `${number(from + 1)} to ${number(from + page.items.length)} of ${number(page.total)}`}
                </span>
                <span className="grow" />
                <Button size="sm" disabled={trail.length === 0} onClick={() => setTrail(trail.slice(0, -1))}>
                  Before
                </Button>
                <Button
                  size="sm"
                  disabled={!page.next_cursor}
                  onClick={() => setTrail([...trail, page.next_cursor ?? ""])}
                >
                  Next
                </Button>
                <Menu
                  button={<Button size="sm">{ask.limit} a page</Button>}
                  items={LIMITS.map((limit) => ({
                    label: limit,
                    checked: String(ask.limit) === limit,
                    onSelect: () => again({ limit }),
                  }))}
                />
              </footer>
            </>
          )}
        </Async>
      )}
      <Dialog
        kind="drawer"
        open={open !== null}
        onClose={() => setOpen(null)}
        title={open ? plain(open.name ?? open.id) : ""}
        description={`One ${view.entity}`}
      >
        {open && <RowDetail row={open} view={view} />}
      </Dialog>
    </Card>
  );
}

function toggled(view: View, shown: string[], name: string): string | undefined {
  const next = view.fields
    .map((field) => field.name)
    .filter((each) => (each === name ? !shown.includes(each) : shown.includes(each)));
  return next.length > 0 ? next.join(",") : undefined;
}

function Value({ of, type }: { of: unknown; type: string }) {
  if (of === null || of === undefined || of === "") return <span className="text-ink-3">–</span>;
  if (type === "datetime" && typeof of === "string")
    return (
      <span title={of} className="num">
        {absolute(of)}
      </span>
    );
  if (type === "id") return <code title={plain(of)}>{plain(of)}</code>;
  return <span title={plain(of)}>{plain(of)}</span>;
}
