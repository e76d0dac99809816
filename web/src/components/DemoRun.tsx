// The demo through all layers at one press: its systems are connected and read, and their rows followed to views and
// findings. Each stage says what it came to.
import { useQuery } from "@tanstack/react-query";
import { pipeline, resetPipeline, runPipeline, type Stage } from "@/client/demo";
import { may, me } from "@/client/system";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { count, many } from "@/ui/format";
import { Skeleton } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { act } from "@/ui/toasts";
import { useTruth } from "./truth";

type Data = {
  streams?: number;
  done?: number;
  total?: number;
  rows?: number;
  lag?: number;
  entities?: string[];
  agents?: { agent: string; state: string }[];
};
const STAGES: Record<string, [string, (data: Data) => string]> = {
  AOD_DISCOVERY: ["AOD discovers", (data) => many(data.streams ?? 0, "stream")],
  AAM_ONBOARDING: [
    "AAM connects",
    (data) => `${data.done ?? 0} of ${data.total ?? 0} read, ${count(data.rows ?? 0)} rows`,
  ],
  DCL_INTELLIGENCE: [
    "DCL unifies",
    (data) =>
      data.lag ? `${count(data.lag)} entries to fold` : many(data.entities?.length ?? 0, "entity", "entities"),
  ],
  AGENT_EXECUTION: [
    "Agents look",
    (data) =>
      `${(data.agents ?? []).filter((one) => one.state === "success").length} of ${many(data.agents?.length ?? 0, "agent")}`,
  ],
};

export function DemoRun() {
  const query = useQuery(pipeline());
  const truth = useTruth(query);
  const role = useQuery(me()).data?.role;
  const running = query.data?.state === "running";
  return (
    <Card
      title="Through all layers"
      truth={truth}
      hint={
        query.data?.started_at && (
          <>
            started <Ago at={query.data.started_at} />
          </>
        )
      }
      actions={
        may(role, "operator") && (
          <>
            {query.data?.state !== "idle" && (
              <Button
                size="sm"
                disabled={running}
                onClick={() => void act(resetPipeline(), "The demo's systems are out again")}
              >
                Take it out again
              </Button>
            )}
            <Button
              size="sm"
              tone="primary"
              busy={running}
              onClick={() => void act(runPipeline(), "The demo's systems are being connected")}
            >
              Run it
            </Button>
          </>
        )
      }
    >
      <Async query={query} skeleton={<Skeleton lines={1} />}>
        {(run) =>
          run.state === "idle" ? (
            <p className="text-ink-2">
              Connects the systems of the demo, reads them, and follows their rows to views and findings. It was not
              started yet.
            </p>
          ) : (
            <ol className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
              {run.stages.map((stage) => (
                <Step key={stage.stage} of={stage} />
              ))}
            </ol>
          )
        }
      </Async>
    </Card>
  );
}

function Step({ of }: { of: Stage }) {
  const [name, says] = STAGES[of.stage] ?? [of.stage, () => ""];
  return (
    <li className="grid gap-2 rounded-2xl border border-line bg-sunken p-4">
      <span className="flex items-center justify-between gap-2">
        <b>{name}</b>
        <Badge word={of.state} />
      </span>
      <span className="num text-sm text-ink-2">{says(of.data as Data)}</span>
    </li>
  );
}
