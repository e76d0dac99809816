// Asking the views in SQL: what is written, what it came to, what there is to ask, and what was asked before. A query runs in
// a process of its own on the server, which ends with it; giving it up ends it there as well.
import { useQuery } from "@tanstack/react-query";
import { Play, Square } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type Problem, problemOf } from "@/client/problem";
import { askSaved, askSql } from "@/client/questions";
import { may, me } from "@/client/system";
import type { Question, TableAnswer } from "@/client/types";
import { Page } from "@/components/Page";
import { Keep } from "@/components/query/Keep";
import { type Place, placeOf } from "@/components/query/place";
import { Result } from "@/components/query/Result";
import { Saved } from "@/components/query/Saved";
import { Tables } from "@/components/query/Tables";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Code } from "@/ui/Code";
import { Kbd } from "@/ui/Kbd";
import { Fault } from "@/ui/States";

const FIRST = "SELECT industry, count(*) AS accounts\nFROM accounts\nGROUP BY industry\nORDER BY accounts DESC\n";

export default function QueryPage() {
  const role = useQuery(me()).data?.role;
  const [text, setText] = useState(FIRST);
  const [chosen, setChosen] = useState<Question | null>(null);
  const [answer, setAnswer] = useState<TableAnswer | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [wrong, setWrong] = useState<Place | null>(null);
  const [busy, setBusy] = useState(false);
  const asked = useRef<AbortController | null>(null);
  useEffect(() => () => asked.current?.abort(), []);

  const run = async () => {
    asked.current?.abort();
    const mine = new AbortController();
    asked.current = mine;
    setBusy(true);
    setProblem(null);
    setWrong(null);
    try {
      const structured = chosen?.structured ? chosen.id : null;
      const got = await (structured ? askSaved(structured, mine.signal) : askSql(text, mine.signal));
      if (!mine.signal.aborted) setAnswer(got);
    } catch (thrown) {
      if (!mine.signal.aborted) {
        const said = problemOf(thrown);
        setProblem(said);
        setWrong(placeOf(said));
        setAnswer(null);
      }
    }
    if (asked.current === mine) setBusy(false);
  };
  const stop = () => {
    asked.current?.abort();
    setBusy(false);
  };
  const choose = (question: Question | null) => {
    setChosen(question);
    setProblem(null);
    setWrong(null);
    if (question) setText(question.sql ?? JSON.stringify(question.structured, null, 2));
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void run();
  };
  const write = (next: string) => {
    setText(next);
    setWrong(null);
  };
  const structured = Boolean(chosen?.structured);
  return (
    <Page title="Query" lead="One SELECT over your views, in DuckDB's dialect. Nothing can be changed from here." wide>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid min-w-0 gap-5">
          <Card title={chosen ? chosen.name : "Question"}>
            <div className="grid gap-4">
              <Code
                label={structured ? "Question, as JSON" : "SQL"}
                value={text}
                readOnly={structured}
                onChange={write}
                onKeyDown={keys}
                wrong={wrong}
                rows={6}
              />
              {problem &&
                (wrong ? <p className="text-ink-2 wrap-anywhere">{problem.remedy}</p> : <Fault of={problem} />)}
              <div className="flex flex-wrap items-center gap-2">
                <Button
                  tone="primary"
                  busy={busy}
                  disabled={text.trim() === ""}
                  icon={<Play className="size-4" aria-hidden />}
                  onClick={() => void run()}
                >
                  Run
                </Button>
                {busy && (
                  <Button icon={<Square className="size-4" aria-hidden />} onClick={stop}>
                    Stop
                  </Button>
                )}
                {may(role, "operator") && !structured && <Keep sql={text} of={chosen} onKept={choose} />}
                {chosen && (
                  <Button
                    tone="quiet"
                    onClick={() => {
                      choose(null);
                      write(FIRST);
                    }}
                  >
                    New
                  </Button>
                )}
                <span className="ml-auto text-sm text-ink-3 max-sm:hidden">
                  <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd> runs it
                </span>
              </div>
            </div>
          </Card>
          <Result of={answer} name={chosen?.name ?? ""} waiting={busy} />
        </div>
        <div className="grid min-w-0 gap-5">
          <Saved chosen={chosen?.id ?? null} may={may(role, "operator")} onChoose={choose} />
          <Tables onPick={(name) => !structured && write(`${text.trimEnd()} ${name} `)} />
        </div>
      </div>
    </Page>
  );
}
