// The tenant's actors in the shape of their tree, with what each is doing. Health is progress: something left to do and no
// movement is a fault, whatever the actor says.
import type { Actor } from "@/client/types";
import { Badge } from "@/ui/Badge";
import { cx } from "@/ui/cx";
import { count } from "@/ui/format";
import { Ago } from "@/ui/Time";

type Node = { name: string; actor: Actor | null; children: Node[] };

export function grow(actors: Actor[]): Node[] {
  const roots: Node[] = [];
  for (const actor of [...actors].sort((a, b) => a.key.localeCompare(b.key))) {
    let level = roots;
    const parts = actor.key.split("/");
    parts.forEach((name, depth) => {
      let node = level.find((one) => one.name === name);
      if (!node) {
        node = { name, actor: null, children: [] };
        level.push(node);
      }
      if (depth === parts.length - 1) node.actor = actor;
      level = node.children;
    });
  }
  return roots;
}

export function ActorTree({ actors, names }: { actors: Actor[]; names: Map<string, string> }) {
  return (
    <ul aria-label="Actors" className="grid gap-2">
      {grow(actors).map((node) => (
        <Branch key={node.name} node={node} names={names} depth={0} />
      ))}
    </ul>
  );
}

const LEFT = {
  healthy: "border-l-solid-green",
  stuck: "border-l-solid-amber",
  recovering: "border-l-solid-amber",
  down: "border-l-solid-red",
};

function Branch({ node, names, depth }: { node: Node; names: Map<string, string>; depth: number }) {
  const { actor } = node;
  const extra = Object.entries(actor?.extra ?? {}).filter(([, value]) => typeof value !== "object");
  return (
    <li>
      <div
        className={cx(
          "rounded-xl border border-line border-l-4 bg-surface px-4 py-2.5",
          LEFT[actor?.health ?? "healthy"],
        )}
      >
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <b className="wrap-anywhere">{names.get(node.name) ?? node.name}</b>
          {actor && (
            <>
              <span className="text-sm text-ink-3">{actor.kind}</span>
              <span className="ml-auto flex flex-wrap items-center gap-2">
                {actor.state !== "running" && <Badge word={actor.state} />}
                <Badge word={actor.health} />
              </span>
            </>
          )}
        </div>
        {actor && (
          <p className="num mt-0.5 flex flex-wrap gap-x-4 text-sm text-ink-2">
            <span>
              up since <Ago at={actor.started_at} />
            </span>
            {actor.restarts > 0 && <span className="font-bold text-amber">{actor.restarts} restarts</span>}
            {actor.progress.moved_at && (
              <span>
                moved <Ago at={actor.progress.moved_at} />
              </span>
            )}
            <span>{actor.progress.lag > 0 ? `${count(actor.progress.lag)} left to do` : "nothing left to do"}</span>
            {extra.map(([name, value]) => (
              <span key={name}>
                {name.replaceAll("_", " ")} {typeof value === "number" ? count(value) : String(value)}
              </span>
            ))}
          </p>
        )}
        {actor?.last_error && (
          <p className="mt-1 text-sm text-red wrap-anywhere">
            {actor.last_error} (<Ago at={actor.last_error_at} />)
          </p>
        )}
      </div>
      {node.children.length > 0 && (
        <ul className={cx("mt-2 grid gap-2 border-l-2 border-line", depth < 3 ? "ml-3 pl-3 sm:ml-5 sm:pl-5" : "pl-2")}>
          {node.children.map((child) => (
            <Branch key={child.name} node={child} names={names} depth={depth + 1} />
          ))}
        </ul>
      )}
    </li>
  );
}
