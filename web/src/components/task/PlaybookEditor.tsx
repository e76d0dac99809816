// A playbook being written: what the server cannot mean is shown at its line, and nothing typed is lost.
import { type FormEvent, useState } from "react";
import { createPlaybook, writePlaybook } from "@/client/playbooks";
import { type Problem, problemOf } from "@/client/problem";
import type { Playbook } from "@/client/types";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Code } from "@/ui/Code";
import { Input } from "@/ui/Field";
import { Fault as FaultBox } from "@/ui/States";
import { toast } from "@/ui/toasts";
import { type Fault, placeOf } from "./place";

/** What a new one begins with: it does something, and shows what can be said. */
const FIRST = `version: 1
steps:
  - name: rebuild
    task: rebuild
  - name: look
    task: agent
    with: {agent: revops}
    when:
      - {step: rebuild, is: success}
  - name: spend
    task: agent
    with: {agent: finops}
    needs: [rebuild]
    may_fail: true
`;

type Props = { of: Playbook | null; locked?: boolean; onKept: (kept: Playbook) => void };

export function PlaybookEditor({ of, locked = false, onKept }: Props) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [wrong, setWrong] = useState<Fault | null>(null);
  // What is being changed, as it was when it was begun. Another version that comes meanwhile is taken where nothing was typed,
  // and said where something was.
  const [base, setBase] = useState(of);
  const [text, setText] = useState(of?.document ?? FIRST);
  const newer = of && base && of.version > base.version ? of : null;
  const take = (theirs: Playbook) => {
    setBase(theirs);
    setText(theirs.document);
    setProblem(null);
    setWrong(null);
  };
  const [busy, setBusy] = useState(false);
  if (newer && text === base?.document) take(newer);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    setWrong(null);
    try {
      const kept = await (base ? writePlaybook(base, text) : createPlaybook(name, text));
      setBase(kept);
      toast.good(of ? `Kept as version ${kept.version}` : `${kept.name} is kept`);
      onKept(kept);
    } catch (thrown) {
      const said = problemOf(thrown);
      setProblem(said);
      setWrong(await placeOf(text, said));
    }
    setBusy(false);
  };
  return (
    <Card title={of ? "As it is written" : "What it does"}>
      <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
        {!of && (
          <Input
            label="Name"
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
            fault={problem?.fields["/name"]}
            className="max-w-96"
          />
        )}
        <Code
          label="Playbook, as YAML"
          value={text}
          readOnly={locked}
          onChange={(next) => {
            setText(next);
            setWrong(null);
          }}
          wrong={wrong}
          rows={8}
        />
        {newer && (
          <div role="alert" className="flex flex-wrap items-center gap-3 rounded-xl bg-amber-soft px-4 py-3">
            <p className="grow font-semibold">Somebody wrote version {newer.version} meanwhile.</p>
            <Button size="sm" onClick={() => take(newer)}>
              Take theirs
            </Button>
            <Button size="sm" onClick={() => setBase(newer)}>
              Keep mine over it
            </Button>
          </div>
        )}
        {problem && <FaultBox of={problem} />}
        {!locked && (
          <div className="flex flex-wrap gap-2">
            <Button type="submit" tone="primary" busy={busy} disabled={base?.document === text || newer !== null}>
              Keep it
            </Button>
          </div>
        )}
      </form>
      <Spelling />
    </Card>
  );
}

const WORDS: [string, string][] = [
  ["name", "unique in the playbook"],
  ["task", "sync, agent, rebuild, bulk_mapping or noop"],
  ["with", "what it needs: {connection: …}, {agent: …}, {connections: […]}"],
  ["needs", "steps that are over before; the one before it, unless said"],
  [
    "when",
    "{step, is: success | failed | skipped}, or {step, result: /pointer, above | below | equals: …}; else it is skipped",
  ],
  ["attempts", "of the task; 3 unless said"],
  ["may_fail", "its failure does not make the run fail"],
];

function Spelling() {
  return (
    <details className="mt-5">
      <summary className="text-sm font-semibold text-blue touch inline-flex items-center">What a step may say</summary>
      <dl className="mt-2 grid gap-x-5 gap-y-1.5 sm:grid-cols-[max-content_1fr]">
        {WORDS.map(([word, says]) => (
          <div key={word} className="contents">
            <dt>
              <code className="font-bold">{word}</code>
            </dt>
            <dd className="text-ink-2 max-sm:mb-1.5">{says}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
