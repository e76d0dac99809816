// Saves what is written: over the question it came from, or under a name of its own.
import { Save } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type Problem, problemOf } from "@/client/problem";
import { changeQuestion, saveQuestion } from "@/client/questions";
import type { Question } from "@/client/types";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Input } from "@/ui/Field";
import { Fault } from "@/ui/States";
import { act, toast } from "@/ui/toasts";

type Props = { sql: string; of: Question | null; onKept: (kept: Question) => void };

export function Keep({ sql, of, onKept }: Props) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const change = async (question: Question) => {
    const kept = await act(changeQuestion(question, sql), `Kept as version ${question.version + 1}`);
    if (kept) onKept(kept);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const kept = await saveQuestion(name, sql);
      toast.good(`${kept.name} is kept`);
      setOpen(false);
      setName("");
      onKept(kept);
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
    setBusy(false);
  };
  const blank = sql.trim() === "";
  return (
    <>
      {of?.sql && (
        <Button disabled={blank || of.sql === sql} onClick={() => void change(of)}>
          Save over {of.name}
        </Button>
      )}
      <Button disabled={blank} icon={<Save className="size-4" aria-hidden />} onClick={() => setOpen(true)}>
        Save as
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Save the question">
        <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
          <Input
            label="Name"
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
            fault={problem?.fields["/name"]}
          />
          {problem && <Fault of={problem} />}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Leave it</Button>
            <Button type="submit" tone="primary" busy={busy}>
              Save
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
