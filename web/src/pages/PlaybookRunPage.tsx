// One run of a playbook, step by step as it goes: what each step did, how long it took, why one was skipped or failed.
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { Square } from "lucide-react";
import { cancelRun, playbookRun, playbooks } from "@/client/playbooks";
import { may, me } from "@/client/system";
import type { PlaybookRun, PlaybookStep } from "@/client/types";
import { usePathPart } from "@/components/address";
import { By } from "@/components/By";
import { Page } from "@/components/Page";
import { Wrong } from "@/components/task/Wrong";
import { saidOf, stateOf, tookWords } from "@/components/task/words";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge, hueOf } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { cx } from "@/ui/cx";
import { Facts, Raw } from "@/ui/Facts";
import { count, duration } from "@/ui/format";
import { Progress } from "@/ui/Progress";
import { Ago, useNow } from "@/ui/Time";
import { act } from "@/ui/toasts";

export default function PlaybookRunPage() {
  const query = useQuery(playbookRun(usePathPart("id")));
  const role = useQuery(me()).data?.role;
  const one = query.data;
  return (
    <Page
      title={one ? `Run of ${one.playbook}` : "Run"}
      mark={one && <Badge word={one.state} label={stateOf(one.state)} />}
      lead={
        one && (
          <>
            Began <Ago at={one.created_at} />, asked for by <By of={one.created_by} />
          </>
        )
      }
      actions={
        <>
          <LinkButton to="/tasks" search={{ tab: "playbooks" }} tone="quiet">
            All playbooks
          </LinkButton>
          {one?.state === "in_progress" && may(role, "operator") && (
            <Button
              tone="danger"
              icon={<Square className="size-4" aria-hidden />}
              onClick={() => void act(cancelRun(one.id), "Called off, with its steps")}
            >
              Call off
            </Button>
          )}
        </>
      }
    >
      <Async query={query}>{(of) => <Whole of={of} query={query} />}</Async>
    </Page>
  );
}

const isOver = (step: PlaybookStep): boolean => step.state !== "waiting" && step.state !== "in_progress";

function Whole({ of, query }: { of: PlaybookRun; query: UseQueryResult<PlaybookRun> }) {
  const truth = useTruth(query);
  const book = useQuery(playbooks()).data?.items.find((one) => one.name === of.playbook);
  const done = of.steps.filter(isOver).length;
  const now = useNow();
  const span: Span = { from: Date.parse(of.created_at), to: of.finished_at ? Date.parse(of.finished_at) : now };
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[1fr_22rem]">
      <div className="grid gap-5">
        {of.error && <Wrong of={{ message: of.error }} title="The run failed" />}
        <Card title="Steps" truth={truth} hint={`${count(done)} of ${count(of.steps.length)} are over`}>
          {of.state === "in_progress" && (
            <Progress label="Steps that are over" done={done} total={of.steps.length} className="mb-5" />
          )}
          <ol className="grid">
            {of.steps.map((step, at) => (
              <Step key={step.name} of={step} at={at} last={at === of.steps.length - 1} span={span} />
            ))}
          </ol>
        </Card>
      </div>
      <Card title="About">
        <Facts
          items={[
            ["Took", tookWords({ ...of, started_at: of.created_at }) ?? "–"],
            ["Ended", <Ago key="ended" at={of.finished_at} empty="not yet" />],
            ["Id", <code key="id">{of.id}</code>],
          ]}
        />
        {book && (
          <LinkButton to={`/playbooks/${book.id}`} className="mt-5">
            Its playbook
          </LinkButton>
        )}
      </Card>
    </div>
  );
}

const RING = {
  green: "border-solid-green bg-solid-green",
  blue: "border-solid-blue bg-surface",
  red: "border-solid-red bg-solid-red",
  amber: "border-solid-amber bg-solid-amber",
  purple: "border-solid-purple bg-solid-purple",
  grey: "border-line-strong bg-surface",
};
const STEPS: Record<string, string> = { waiting: "Not yet", skipped: "Skipped" };

type Span = { from: number; to: number };

/** When in the run a step began, and for how long it went on. */
function Bar({ of, span }: { of: PlaybookStep; span: Span }) {
  if (!of.started_at) return null;
  const whole = Math.max(1, span.to - span.from);
  const began = Math.max(0, Date.parse(of.started_at) - span.from);
  const took = (of.finished_at ? Date.parse(of.finished_at) : span.to) - Date.parse(of.started_at);
  const share = (ms: number) => `${Math.min(100, Math.max(0, (ms / whole) * 100))}%`;
  return (
    <span
      role="img"
      aria-label={`Began ${duration(began)} into the run and took ${duration(Math.max(0, took))}`}
      title={`began ${duration(began)} into the run, took ${duration(Math.max(0, took))}`}
      className="flex h-1.5 overflow-hidden rounded-full bg-line"
    >
      <span style={{ width: share(began) }} />
      <span className={cx("min-w-1 rounded-full", FILL[hueOf(of.state)])} style={{ width: share(took) }} />
    </span>
  );
}

const FILL = {
  green: "bg-solid-green",
  blue: "bg-solid-blue",
  red: "bg-solid-red",
  amber: "bg-solid-amber",
  purple: "bg-solid-purple",
  grey: "bg-ink-3",
};

function Step({ of, at, last, span }: { of: PlaybookStep; at: number; last: boolean; span: Span }) {
  const said = saidOf(of);
  const result = of.result && Object.keys(of.result as object).length > 0 ? of.result : null;
  return (
    <li className="grid grid-cols-[1.5rem_1fr] gap-x-3">
      <span className="relative flex justify-center" aria-hidden>
        {!last && <span className="absolute top-6 bottom-0 w-0.5 bg-line" />}
        <span
          className={cx(
            "mt-1.5 size-3.5 rounded-full border-2",
            RING[hueOf(of.state)],
            of.state === "in_progress" && "motion-safe:animate-pulse",
          )}
        />
      </span>
      <div className={cx("grid min-w-0 gap-2", !last && "pb-6")}>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="num text-ink-3">{at + 1}</span>
          <b className="wrap-anywhere">{of.name}</b>
          <Badge word={of.state} label={STEPS[of.state] ?? stateOf(of.state)} />
          <span className="num text-sm text-ink-2">{tookWords(of)}</span>
          {of.task_id && (
            <LinkButton to={`/tasks/${of.task_id}`} size="sm" tone="quiet" className="ml-auto">
              Its task
            </LinkButton>
          )}
        </p>
        <Bar of={of} span={span} />
        {of.state === "skipped" && <p className="text-sm text-ink-2">What it was to wait for did not come true.</p>}
        {said && <Wrong of={said} title="It failed" />}
        {result !== null && <Raw value={result} label="What came out" />}
      </div>
    </li>
  );
}
