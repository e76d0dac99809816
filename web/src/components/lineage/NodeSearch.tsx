// Finding a node by name: what fits while one types, and where nothing does, the names that come nearest.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { nodesNamed } from "@/client/lineage";
import { Chip } from "@/ui/Badge";
import { Input } from "@/ui/Field";
import { Fault } from "@/ui/States";

export const KINDS: Record<string, string> = {
  connection: "source",
  source: "stream",
  column: "column",
  ontology: "entity",
  field: "field",
  agent: "agent",
  job: "job elsewhere",
  dataset: "dataset elsewhere",
};

export function NodeSearch({ onChoose }: { onChoose: (id: string) => void }) {
  const [words, setWords] = useState("");
  const found = useQuery(nodesNamed(words));
  return (
    <div className="relative w-80 max-sm:w-full" data-filter>
      <Input
        label="Find a node"
        hideLabel
        placeholder="Find a column, field, source, agent"
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => {
          const best = found.data?.items[0];
          if (event.key !== "Enter" || !best) return;
          onChoose(best.id);
          setWords("");
        }}
      />
      {words.trim() !== "" && found.data && (
        <ul className="absolute inset-x-0 top-full z-20 mt-1 max-h-80 overflow-auto rounded-xl border border-line bg-raised p-1 shadow-high">
          {found.data.nearest && <li className="px-3 py-1.5 text-sm text-ink-2">Nothing is called so. Nearest:</li>}
          {found.data.items.length === 0 && <li className="px-3 py-1.5 text-ink-2">Nothing is called so</li>}
          {found.data.items.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                className="flex min-h-9 w-full items-center justify-between gap-3 rounded-lg px-3 text-left touch hover:bg-sunken"
                onClick={() => {
                  onChoose(one.id);
                  setWords("");
                }}
              >
                <span className="min-w-0 font-semibold wrap-anywhere">{one.label}</span>
                <Chip>{KINDS[one.type] ?? one.type}</Chip>
              </button>
            </li>
          ))}
        </ul>
      )}
      {found.error && <Fault of={found.error} className="mt-2" />}
    </div>
  );
}
