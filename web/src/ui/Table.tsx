// The one table: TanStack Table sorts, TanStack Virtual draws only what is seen, phones get cards. Rows are reachable by
// keyboard (arrows or j and k) and open with Enter.
import {
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  sortFns,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { cx } from "./cx";
import { Select } from "./Field";

export type Column<T> = {
  id: string;
  title: string;
  cell: (row: T) => ReactNode;
  /** What it is sorted by; absent: not sortable here. */
  by?: (row: T) => string | number | null | undefined;
  align?: "right";
  /** A grid track: "8rem", "minmax(10rem,2fr)". */
  width?: string;
  /** Where it stands in a phone's card. */
  card?: "title" | "mark" | "hide";
};

type Props<T> = {
  label: string;
  rows: T[];
  columns: Column<T>[];
  rowKey: (row: T) => string;
  onOpen?: (row: T) => void;
  selected?: string | null;
  empty?: ReactNode;
  /** The server sorts: told which column was asked for. */
  sorting?: { id: string; desc: boolean } | null;
  onSort?: (id: string, desc: boolean) => void;
  sortable?: (id: string) => boolean;
  maxHeight?: string;
};

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns });
const ROW = 46;
/** From here on only the rows in sight are drawn. */
const MANY = 80;

export function Table<T>({
  label,
  rows,
  columns,
  rowKey,
  onOpen,
  selected,
  empty,
  sorting,
  onSort,
  sortable,
  maxHeight,
}: Props<T>) {
  const [own, setOwn] = useState<SortingState>([]);
  const defs = useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        accessorFn: (row: { of: T }) => column.by?.(row.of) ?? "",
        header: column.title,
        enableSorting: column.by !== undefined,
        sortFn: "alphanumeric" as const,
      })),
    [columns],
  );
  const data = useMemo(() => rows.map((row) => ({ of: row })), [rows]);
  const table = useTable({
    features,
    columns: defs,
    data,
    state: { sorting: own },
    onSortingChange: setOwn,
    manualSorting: onSort !== undefined,
  });
  const sorted = table.getRowModel().rows.map((row) => row.original.of);
  const template = columns.map((column) => column.width ?? "minmax(7rem,1fr)").join(" ");
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = sorted.length > MANY;
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => rowKey(sorted[index] as T),
    overscan: 12,
    enabled: virtual,
  });

  const sort = (column: Column<T>) => {
    const current = onSort ? sorting : own[0];
    const desc = current?.id === column.id ? !current.desc : false;
    if (onSort) onSort(column.id, desc);
    else setOwn([{ id: column.id, desc }]);
  };
  const canSort = (column: Column<T>) => (onSort ? (sortable?.(column.id) ?? true) : column.by !== undefined);
  const current = onSort ? sorting : own[0];
  const drawn = virtual
    ? virtualizer.getVirtualItems().map((item) => ({ index: item.index, top: item.start }))
    : sorted.map((_, index) => ({ index, top: null }));

  const phoneSort = (said: string) => {
    const [id = "", way] = said.split(" ");
    if (onSort) onSort(id, way === "down");
    else setOwn(id ? [{ id, desc: way === "down" }] : []);
  };

  if (sorted.length === 0 && empty) return <>{empty}</>;
  const sortables = columns.filter(canSort);
  return (
    <>
      {sortables.length > 0 && rows.length > 2 && (
        <Select
          label={`Sort ${label}`}
          hideLabel
          className="px-5 pb-2 sm:hidden"
          value={current ? `${current.id} ${current.desc ? "down" : "up"}` : ""}
          onChange={(event) => phoneSort(event.target.value)}
          options={[
            { value: "", label: "Sort by" },
            ...sortables.flatMap((column) => [
              { value: `${column.id} up`, label: `${column.title}, ascending` },
              { value: `${column.id} down`, label: `${column.title}, descending` },
            ]),
          ]}
        />
      )}
      <div
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label={label}
        className="overflow-auto rounded-b-card"
        style={{ maxHeight: virtual ? (maxHeight ?? "65dvh") : undefined }}
      >
        <div
          role="table"
          aria-label={label}
          aria-rowcount={sorted.length}
          className="max-sm:!min-w-0"
          style={{ minWidth: `${columns.length * 7}rem` }}
        >
          <div role="rowgroup" className="sticky top-0 z-10 bg-surface max-sm:hidden">
            <div role="row" className="grid gap-4 border-b border-line px-5" style={{ gridTemplateColumns: template }}>
              {columns.map((column) => (
                <div
                  key={column.id}
                  role="columnheader"
                  aria-sort={current?.id === column.id ? (current.desc ? "descending" : "ascending") : undefined}
                  className={cx(
                    "flex items-center py-2 text-sm font-bold text-ink-3",
                    column.align === "right" && "justify-end text-right",
                  )}
                >
                  {canSort(column) ? (
                    <button
                      type="button"
                      onClick={() => sort(column)}
                      className="inline-flex items-center gap-1 rounded font-bold hover:text-ink"
                    >
                      {column.title}
                      {current?.id === column.id &&
                        (current.desc ? (
                          <ArrowDown className="size-3.5" aria-hidden />
                        ) : (
                          <ArrowUp className="size-3.5" aria-hidden />
                        ))}
                    </button>
                  ) : (
                    column.title
                  )}
                </div>
              ))}
            </div>
          </div>
          <div
            role="rowgroup"
            className="relative"
            style={virtual ? { height: virtualizer.getTotalSize() } : undefined}
          >
            {drawn.map(({ index, top }) => {
              const row = sorted[index] as T;
              const key = rowKey(row);
              return (
                <Line
                  key={key}
                  row={row}
                  columns={columns}
                  template={template}
                  onOpen={onOpen}
                  selected={selected === key}
                  index={index}
                  top={top}
                  measure={virtualizer.measureElement}
                />
              );
            })}
          </div>
        </div>
      </div>
    </>
  );
}

type LineProps<T> = {
  row: T;
  columns: Column<T>[];
  template: string;
  onOpen?: (row: T) => void;
  selected: boolean;
  index: number;
  top: number | null;
  measure: (element: HTMLDivElement | null) => void;
};

function Line<T>({ row, columns, template, onOpen, selected, index, top, measure }: LineProps<T>) {
  const keys = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (event.key === "Enter" && onOpen) onOpen(row);
    else if (step) {
      const next = step > 0 ? event.currentTarget.nextElementSibling : event.currentTarget.previousElementSibling;
      if (next instanceof HTMLElement) next.focus();
      event.preventDefault();
    }
  };
  return (
    <div
      role="row"
      ref={top === null ? undefined : measure}
      data-index={index}
      tabIndex={onOpen ? 0 : undefined}
      onClick={onOpen ? () => onOpen(row) : undefined}
      onKeyDown={onOpen ? keys : undefined}
      aria-selected={onOpen ? selected : undefined}
      className={cx(
        "gap-x-4 border-b border-line px-5 last:border-b-0 focus-visible:-outline-offset-2 sm:grid sm:items-center",
        "max-sm:flex max-sm:flex-wrap max-sm:items-center max-sm:gap-y-1 max-sm:py-3",
        "min-h-[46px] sm:py-1.5",
        top !== null && "absolute inset-x-0",
        onOpen && "cursor-pointer hover:bg-sunken",
        selected && "bg-green-soft hover:bg-green-soft",
      )}
      style={{ gridTemplateColumns: template, ...(top !== null ? { transform: `translateY(${top}px)` } : {}) }}
    >
      {columns.map((column) => (
        <div
          key={column.id}
          role="cell"
          className={cx(
            "min-w-0 sm:truncate",
            column.align === "right" && "num sm:text-right",
            column.card === "hide" && "max-sm:hidden",
            column.card === "title" && "max-sm:order-first max-sm:grow max-sm:basis-[60%] max-sm:font-bold",
            column.card === "mark" && "max-sm:order-first max-sm:ml-auto",
            !column.card && "max-sm:flex max-sm:gap-1.5 max-sm:text-sm",
          )}
        >
          {!column.card && <span className="shrink-0 text-ink-3 sm:hidden">{column.title}</span>}
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}
