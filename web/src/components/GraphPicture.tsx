// The graph as a picture: four columns, links as wide as their rows, the way of what is pointed at in full colour. Nodes are
// buttons, so the keyboard reaches them; the table beside it says the same in words.
import { useEffect, useMemo, useRef, useState } from "react";
import type { Graph, GraphNode } from "@/client/types";
import { cx } from "@/ui/cx";
import { count } from "@/ui/format";
import { arrange, curve, type Link, type Placed, reach } from "./layout";

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

export const labelOf = (node: GraphNode): string =>
  node.type === "source" ? node.label.split(" - ").slice(1).join(" - ") || node.label : node.label;
const note = (node: GraphNode): string =>
  node.layer === "L3"
    ? `${count(node.findings ?? 0)} findings`
    : node.type === "column" || node.type === "field"
      ? (node.dataType ?? "")
      : node.rows === undefined
        ? (node.state ?? "")
        : `${count(node.rows)} rows`;

type Props = { graph: Graph; chosen: string | null; onChoose: (id: string | null) => void; moving?: Set<string> };

export function GraphPicture({ graph, chosen, onChoose, moving }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1000);
  const [over, setOver] = useState<string | null>(null);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.max(640, entry.contentRect.width - 2)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const layout = useMemo(() => arrange(graph, width), [graph, width]);
  const focus = over ?? chosen;
  const lit = useMemo(() => (focus ? reach(focus, layout.links) : null), [focus, layout]);
  return (
    <div
      ref={box}
      tabIndex={0}
      role="region"
      aria-label="Graph of what feeds what"
      className="overflow-x-auto rounded-xl"
    >
      <svg width={layout.width} height={layout.height + 34} role="group" aria-label="What feeds what">
        {layout.columns.map((column) => (
          <text key={column.layer} x={column.x + 2} y={16} className="fill-ink-3 text-[0.8rem] font-bold">
            {NAMES[column.layer]}
          </text>
        ))}
        <g transform="translate(0 30)">
          {layout.links.map((link) => (
            <Line
              key={`${link.source}>${link.target}`}
              link={link}
              state={lit === null ? "rest" : lit.has(link.source) && lit.has(link.target) ? "lit" : "dim"}
              moving={moving?.has(link.target) && moving.has(link.source)}
            />
          ))}
          {layout.nodes.map((node) => (
            <Box
              key={node.id}
              node={node}
              dim={lit !== null && !lit.has(node.id)}
              chosen={node.id === chosen}
              onOver={setOver}
              onChoose={() => onChoose(node.id === chosen ? null : node.id)}
            />
          ))}
        </g>
      </svg>
    </div>
  );
}

function Line({ link, state, moving }: { link: Link; state: "rest" | "lit" | "dim"; moving?: boolean }) {
  const opacity = { rest: 0.28, lit: 0.75, dim: 0.06 }[state];
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
}

type BoxProps = {
  node: Placed;
  dim: boolean;
  chosen: boolean;
  onOver: (id: string | null) => void;
  onChoose: () => void;
};

function Box({ node, dim, chosen, onOver, onChoose }: BoxProps) {
  const label = labelOf(node);
  return (
    <g
      role="button"
      tabIndex={0}
      aria-pressed={chosen}
      transform={`translate(${node.x} ${node.y})`}
      className={cx("cursor-pointer transition-opacity outline-offset-2", dim && "opacity-35")}
      onMouseEnter={() => onOver(node.id)}
      onMouseLeave={() => onOver(null)}
      onFocus={() => onOver(node.id)}
      onBlur={() => onOver(null)}
      onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onChoose();
      }}
    >
      <title>{`${label}, ${NAMES[node.layer]}, ${note(node)}`}</title>
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
}

const clip = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
