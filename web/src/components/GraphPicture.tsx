// The graph as a picture: four columns, links as wide as their rows, the way of what is pointed at in full colour. Nodes are
// buttons: the tab key stops once, arrows go along the links and the columns, Enter opens. The table beside it says the same in
// words. What does not change is not drawn again, so that a few hundred nodes follow the pointer at once.
import { type KeyboardEvent, memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Graph, GraphNode } from "@/client/types";
import { cx } from "@/ui/cx";
import { count } from "@/ui/format";
import { arrange, type By, beside, curve, type Link, type Placed, reach, type Way } from "./layout";

const KEYS: Record<string, Way> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};
const NAMES: Record<GraphNode["layer"], string> = {
  L0: "Sources",
  L1: "Streams",
  L2: "Unified entities",
  L3: "Agents",
};
const FILL: Record<GraphNode["layer"], string> = {
  L0: "fill-green-soft stroke-solid-green",
  L1: "fill-surface stroke-solid-green",
  L2: "fill-blue-soft stroke-solid-blue",
  L3: "fill-purple-soft stroke-solid-purple",
};
const STROKE: Record<GraphNode["layer"], string> = {
  L0: "stroke-solid-green",
  L1: "stroke-solid-blue",
  L2: "stroke-solid-purple",
  L3: "stroke-solid-purple",
};

/** A stream by its own name; by its source's too, where that does not stand beside it. */
export const labelOf = (node: GraphNode, alone = false): string =>
  node.type === "source" && !alone ? node.label.split(" - ").slice(1).join(" - ") || node.label : node.label;
const note = (node: GraphNode): string =>
  node.layer === "L3"
    ? `${count(node.findings ?? 0)} findings`
    : node.type === "column" || node.type === "field"
      ? (node.dataType ?? "")
      : node.rows === undefined
        ? (node.state ?? "")
        : `${count(node.rows)} rows`;

type Props = {
  graph: Graph;
  chosen: string | null;
  onChoose: (id: string | null) => void;
  moving?: Set<string>;
  /** What the width of a link says; its rows, unless said. */
  by?: By;
  /** The node it is seen from: brought to the middle of what is in sight. */
  middle?: string;
};

/** From so many links on each is fainter, so that many together do not hide what is beneath. */
const FULL = 60;

export function GraphPicture({ graph, chosen, onChoose, moving, middle, by = "rows" }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1000);
  const [over, setOver] = useState<string | null>(null);
  // Measured before it is first painted, so that it is not seen in another width.
  useLayoutEffect(() => {
    if (!box.current) return;
    const spread = (room: number) => setWidth(Math.max(640, room - 2));
    spread(box.current.clientWidth);
    const observer = new ResizeObserver(([entry]) => entry && spread(entry.contentRect.width));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const layout = useMemo(() => arrange(graph, width, by), [graph, width, by]);
  const centre = layout.nodes.find((node) => node.id === middle);
  const at = centre ? centre.y + centre.height / 2 : 0;
  useEffect(() => {
    if (box.current) box.current.scrollTop = at - box.current.clientHeight / 2;
  }, [at]);
  const faint = Math.max(0.45, Math.min(1, FULL / Math.max(1, layout.links.length)));
  const focus = over ?? chosen;
  const lit = useMemo(() => (focus ? reach(focus, layout.links) : null), [focus, layout]);
  const ids = useMemo(() => new Set(layout.nodes.map((node) => node.id)), [layout]);
  const known = (id: string | null) => (id !== null && ids.has(id) ? id : null);
  // The one node that the tab key stops at: where the keyboard was, else the chosen one.
  const [last, setLast] = useState<string | null>(null);
  const stop = known(last) ?? known(chosen) ?? layout.nodes[0]?.id ?? null;
  const latest = useRef({ chosen, onChoose });
  latest.current = { chosen, onChoose };
  const choose = useCallback((id: string) => latest.current.onChoose(id === latest.current.chosen ? null : id), []);
  const point = useCallback((id: string | null, byKeys = false) => {
    setOver(id);
    if (byKeys && id) setLast(id);
  }, []);
  const keys = (event: KeyboardEvent<SVGSVGElement>) => {
    const way = KEYS[event.key];
    const at = (event.target as Element).getAttribute("data-node");
    if (!way || at === null) return;
    event.preventDefault();
    const next = beside(layout, at, way);
    setLast(next);
    event.currentTarget.querySelector<SVGGElement>(`[data-node="${CSS.escape(next)}"]`)?.focus();
  };
  return (
    <div
      ref={box}
      tabIndex={0}
      role="region"
      aria-label="Graph of what feeds what"
      className="relative max-h-[max(24rem,calc(100dvh-20rem))] overflow-auto rounded-xl"
    >
      <div className="sticky top-0 z-10 h-7 bg-surface" style={{ width: layout.width }} aria-hidden>
        {layout.columns.map((column) => (
          <span
            key={column.layer}
            className="absolute top-0.5 text-[0.8rem] font-bold text-ink-3"
            style={{ left: column.x + 2 }}
          >
            {NAMES[column.layer]}
          </span>
        ))}
      </div>
      <svg
        width={layout.width}
        height={layout.height + 6}
        role="group"
        aria-label="What feeds what"
        aria-description="Arrow keys go along the links and the columns; Enter opens."
        onKeyDown={keys}
      >
        <g transform="translate(0 2)">
          {layout.links.map((link) => (
            <Line
              key={`${link.source}>${link.target}`}
              link={link}
              faint={faint}
              state={lit === null ? "rest" : lit.has(link.source) && lit.has(link.target) ? "lit" : "dim"}
              moving={moving?.has(link.target) && moving.has(link.source)}
            />
          ))}
          {layout.nodes.map((node) => (
            <Box
              key={node.id}
              node={node}
              label={labelOf(node, !known(node.parentId ?? null))}
              dim={lit !== null && !lit.has(node.id)}
              chosen={node.id === chosen}
              stop={node.id === stop}
              onPoint={point}
              onChoose={choose}
            />
          ))}
        </g>
      </svg>
    </div>
  );
}

type LineProps = { link: Link; state: "rest" | "lit" | "dim"; faint: number; moving?: boolean };

const Line = memo(function Line({ link, state, faint, moving }: LineProps) {
  const opacity = { rest: 0.28 * faint, lit: 0.75 * Math.max(0.4, faint), dim: 0.06 * faint }[state];
  const path = curve(link);
  return (
    <>
      <path
        d={path}
        fill="none"
        className={cx(STROKE[link.from.layer], "transition-opacity")}
        strokeWidth={link.thickness}
        strokeOpacity={opacity}
        strokeDasharray={link.edgeType === "hierarchy" ? "5 4" : undefined}
      >
        <title>{`${labelOf(link.from)} to ${labelOf(link.to)}: ${count(link.rows)} rows${link.fields ? `, ${link.fields} fields` : ""}`}</title>
      </path>
      {moving && (
        <circle r={4} className={cx(STROKE[link.from.layer], "fill-surface motion-reduce:hidden")} strokeWidth={2.5}>
          <animateMotion dur="1.8s" repeatCount="indefinite" path={path} />
        </circle>
      )}
    </>
  );
});

type BoxProps = {
  node: Placed;
  label: string;
  dim: boolean;
  chosen: boolean;
  stop: boolean;
  onPoint: (id: string | null, byKeys?: boolean) => void;
  onChoose: (id: string) => void;
};

const Box = memo(function Box({ node, label, dim, chosen, stop, onPoint, onChoose }: BoxProps) {
  return (
    <g
      role="button"
      data-node={node.id}
      tabIndex={stop ? 0 : -1}
      aria-pressed={chosen}
      transform={`translate(${node.x} ${node.y})`}
      className={cx("cursor-pointer transition-opacity outline-offset-2", dim && "opacity-35")}
      onMouseEnter={() => onPoint(node.id)}
      onMouseLeave={() => onPoint(null)}
      onFocus={() => onPoint(node.id, true)}
      onBlur={() => onPoint(null)}
      onClick={() => onChoose(node.id)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onChoose(node.id);
      }}
    >
      <title>{`${node.label}, ${NAMES[node.layer]}, ${note(node)}`}</title>
      <rect
        x={1}
        width={node.width - 2}
        height={node.height}
        rx={10}
        className={FILL[node.layer]}
        strokeWidth={chosen ? 3 : 1.2}
        strokeOpacity={chosen ? 1 : 0.6}
      />
      <text x={12} y={node.height / 2 - (node.height > 40 ? 3 : -4)} className="fill-ink text-[0.85rem] font-bold">
        {clip(label, Math.floor((node.width - 22) / 7.4))}
      </text>
      {node.height > 40 && (
        <text aria-hidden x={12} y={node.height / 2 + 13} className="num fill-ink-2 text-[0.75rem]">
          {note(node)}
        </text>
      )}
    </g>
  );
});

const clip = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
