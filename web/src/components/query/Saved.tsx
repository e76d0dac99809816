// Questions that somebody saved: taken up with a click, deleted when asked twice.
import { useQuery } from "@tanstack/react-query";
import { Bookmark, Trash2 } from "lucide-react";
import { useState } from "react";
import { questions, removeQuestion } from "@/client/questions";
import type { Question } from "@/client/types";
import { Async } from "@/ui/Async";
import { Button, IconButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { cx } from "@/ui/cx";
import { Empty } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";

type Props = { chosen: string | null; may: boolean; onChoose: (question: Question | null) => void };

export function Saved({ chosen, may, onChoose }: Props) {
  const query = useQuery(questions());
  const [sure, setSure] = useState<string | null>(null);
  const remove = async (one: Question) => {
    setSure(null);
    await act(removeQuestion(one.id), `${one.name} is gone`);
    if (one.id === chosen) onChoose(null);
  };
  return (
    <Card title="Saved questions">
      <Async query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<Bookmark className="size-6" />} title="None yet">
              {may ? "Save one, and everybody of the tenant can run it." : "Somebody who may write can save one."}
            </Empty>
          ) : (
            <ul className="grid gap-1">
              {items.map((one) => (
                <li key={one.id} className="flex items-center gap-1">
                  <button
                    type="button"
                    aria-pressed={one.id === chosen}
                    onClick={() => onChoose(one)}
                    className={cx(
                      "grid min-h-10 min-w-0 grow rounded-xl px-3 py-1.5 text-left touch hover:bg-sunken",
                      one.id === chosen && "bg-green-soft hover:bg-green-soft",
                    )}
                  >
                    <span className="truncate font-semibold" title={one.name}>
                      {one.name}
                    </span>
                    <span className="text-xs text-ink-2">
                      {one.sql ? "SQL" : "structured"}, edited <Ago at={one.updated_at} />
                    </span>
                  </button>
                  {may &&
                    (sure === one.id ? (
                      <Button size="sm" tone="danger" onClick={() => void remove(one)}>
                        Really
                      </Button>
                    ) : (
                      <IconButton label={`Delete ${one.name}`} onClick={() => setSure(one.id)}>
                        <Trash2 className="size-4" aria-hidden />
                      </IconButton>
                    ))}
                </li>
              ))}
            </ul>
          )
        }
      </Async>
    </Card>
  );
}
