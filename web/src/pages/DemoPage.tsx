// Cause a drift in a simulated source and watch it be noticed, judged, healed or asked about, and history corrected. Every
// step is a real call, which is shown.
import { useQuery } from "@tanstack/react-query";
import { Check, CircleDashed, LoaderCircle, Sparkles } from "lucide-react";
import { type ReactNode, useState } from "react";
import { causeDrift, connections, mappings, syncNow } from "@/client/connections";
import { drifts } from "@/client/repairs";
import { may, me } from "@/client/system";
import type { Drift } from "@/client/types";
import { DemoRun } from "@/components/DemoRun";
import { ChangeLine } from "@/components/drift";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Badge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Input, Select } from "@/ui/Field";
import { Confidence } from "@/ui/Spark";
import { Empty, Fault } from "@/ui/States";

type Caused = { connection: string; stream: string; from: string; to: string; after: number };

export default function DemoPage() {
  const query = useQuery(connections());
  const truth = useTruth(query);
  const role = useQuery(me()).data?.role;
  const sources = query.data?.items.filter((one) => one.type === "demo") ?? [];
  const [source, setSource] = useState("");
  const [stream, setStream] = useState("");
  const [field, setField] = useState("");
  const [name, setName] = useState("");
  const [caused, setCaused] = useState<Caused | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const one = sources.find((each) => each.id === source) ?? sources.at(-1);
  const streams = one?.streams.map((each) => each.name) ?? [];
  const chosen = streams.includes(stream) ? stream : (streams[0] ?? "");
  const rules =
    useQuery({ ...mappings(one?.id ?? ""), enabled: one !== undefined }).data?.items.filter(
      (rule) => rule.stream === chosen,
    ) ?? [];
  const from = rules.some((rule) => rule.source_path === field)
    ? field
    : (rules.find((rule) => !/id$/i.test(rule.source_path))?.source_path ?? "");
  const to = name || (from ? `${from}_v2` : "");

  const cause = async () => {
    if (!one) return;
    setBusy(true);
    setFault(null);
    try {
      const after = Date.now() - 2_000;
      await causeDrift(one.id, { stream: chosen, rename: { [from]: to } });
      await syncNow(one.id);
      setCaused({ connection: one.id, stream: chosen, from, to, after });
    } catch (thrown) {
      setFault(thrown);
    }
    setBusy(false);
  };

  if (query.data && sources.length === 0) {
    return (
      <Page
        title="Discovery Demo"
        lead="Systems that are simulated, through every layer, and what happens when they change."
      >
        <div className="mb-5">
          <DemoRun />
        </div>
        <Card>
          <Empty
            icon={<Sparkles className="size-6" />}
            title="There is no simulated source in this tenant"
            action={<LinkButton to="/connect">Sources</LinkButton>}
          >
            Run the demo above to connect some. It acts on sources of the type demo only, never on your own.
          </Empty>
        </Card>
      </Page>
    );
  }
  return (
    <Page
      title="Discovery Demo"
      lead="Rename a field in a simulated source, and watch what happens. Nothing here is staged: these are the calls anybody could make."
    >
      <div className="mb-5">
        <DemoRun />
      </div>
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Card title="1 · Cause a drift" truth={truth}>
          <div className="grid gap-4">
            <Select
              label="Simulated source"
              value={one?.id ?? ""}
              onChange={(event) => setSource(event.target.value)}
              options={sources.map((each) => ({ value: each.id, label: each.name }))}
            />
            <div className="grid gap-4 sm:grid-cols-2">
              <Select
                label="Stream"
                value={chosen}
                onChange={(event) => setStream(event.target.value)}
                options={streams}
              />
              <Select
                label="Field"
                value={from}
                onChange={(event) => setField(event.target.value)}
                options={rules.map((rule) => rule.source_path)}
              />
            </div>
            <Input
              label="New name"
              value={to}
              onChange={(event) => setName(event.target.value)}
              hint="A telling name is healed by itself; an odd one is asked about"
            />
            {fault !== null && <Fault of={fault} />}
            <Button
              tone="primary"
              busy={busy}
              disabled={!from || !to || !may(role, "operator")}
              onClick={() => void cause()}
              className="min-h-11"
            >
              Rename it at the source
            </Button>
            <p className="text-sm text-ink-3">
              <code className="wrap-anywhere">POST /api/v1/aam/connections/{"{id}"}/demo/drift</code>
            </p>
          </div>
        </Card>
        <Steps caused={caused} />
      </div>
    </Page>
  );
}

function Steps({ caused }: { caused: Caused | null }) {
  const query = useQuery({ ...drifts(caused?.connection), enabled: caused !== null, refetchInterval: 3_000 });
  const found = query.data?.items.find(
    (one) =>
      one.stream === caused?.stream &&
      (one.from === caused?.from || one.to === caused?.to) &&
      Date.parse(one.detected_at) > caused.after,
  );
  const settled = found && found.state !== "detected";
  return (
    <Card title="2 · Watch">
      <ol className="grid gap-5">
        <Step done={caused !== null} now={false} title="The source sends another name">
          {caused && <ChangeLine of={{ kind: "", from: caused.from, to: caused.to }} />}
        </Step>
        <Step done={found !== undefined} now={caused !== null && !found} title="The next read notices">
          {found && <Badge word={found.severity} />}
        </Step>
        <Step done={settled === true} now={found !== undefined && !settled} title="The change is judged">
          {found && <Confidence value={found.confidence} />}
        </Step>
        <Step
          done={found?.state === "healed"}
          now={found?.state === "review"}
          title={TITLES[found?.state ?? ""] ?? "It is healed, or you are asked"}
        >
          {found && <Outcome of={found} />}
        </Step>
      </ol>
    </Card>
  );
}

const TITLES: Record<string, string> = {
  healed: "Healed by itself, history as well",
  review: "Not sure enough: you are asked",
  quarantined: "Kept out until somebody decides",
};

function Outcome({ of }: { of: Drift }) {
  return (
    <span className="flex flex-wrap gap-2">
      {of.state === "review" && of.review_id && (
        <LinkButton to="/review" search={{ id: of.review_id }} tone="primary" size="sm">
          Decide
        </LinkButton>
      )}
      <LinkButton to={`/connect/${of.connection_id}`} search={{ tab: "timeline" }} size="sm">
        See why
      </LinkButton>
    </span>
  );
}

function Step({ done, now, title, children }: { done: boolean; now: boolean; title: string; children?: ReactNode }) {
  const Icon = done ? Check : now ? LoaderCircle : CircleDashed;
  return (
    <li className="flex gap-3">
      <span
        className={`grid size-8 shrink-0 place-items-center rounded-full ${done ? "bg-green-soft text-green" : now ? "bg-blue-soft text-blue" : "bg-sunken text-ink-3"}`}
      >
        <Icon className={`size-4.5 ${now ? "animate-spin" : ""}`} aria-hidden />
      </span>
      <div className="grid gap-1.5 pt-1">
        <b className={done || now ? "" : "text-ink-3"}>{title}</b>
        {children}
      </div>
    </li>
  );
}
