// What can be asked: the views with their fields. A click puts the name where the text is written.
import { useQuery } from "@tanstack/react-query";
import { views } from "@/client/views";
import { Async } from "@/ui/Async";
import { Card } from "@/ui/Card";
import { count } from "@/ui/format";

/** Columns that every view has besides its fields. */
const OWN = [
  { name: "id", type: "id" },
  { name: "extras", type: "json" },
  { name: "source_key", type: "id" },
];

export function Tables({ onPick }: { onPick: (name: string) => void }) {
  const query = useQuery(views());
  return (
    <Card title="Views">
      <Async query={query}>
        {(page) => (
          <ul className="grid gap-1">
            {[...page.items]
              .sort((a, b) => b.rows - a.rows)
              .map((one) => (
                <li key={one.view}>
                  <details>
                    <summary className="flex min-h-9 cursor-pointer items-center gap-2 rounded-xl px-2 touch hover:bg-sunken">
                      <b className="min-w-0 grow truncate">{one.view}</b>
                      <span className="num text-sm text-ink-3">{count(one.rows)}</span>
                    </summary>
                    <ul className="grid pb-2 pl-2">
                      {[{ name: one.view, type: "view" }, ...one.fields, ...OWN].map((field) => (
                        <li key={`${field.type} ${field.name}`}>
                          <button
                            type="button"
                            onClick={() => onPick(field.name)}
                            title={`Write ${field.name}`}
                            className="flex min-h-8 w-full items-center gap-2 rounded-lg px-2 text-left text-sm touch hover:bg-sunken"
                          >
                            <code className="min-w-0 grow truncate">{field.name}</code>
                            <span className="text-xs text-ink-3">{field.type}</span>
                          </button>
                        </li>
                      ))}
                    </ul>
                  </details>
                </li>
              ))}
          </ul>
        )}
      </Async>
    </Card>
  );
}
