// One source in full: how it is, what it has, what its fields feed, what changed, what was refused, and its settings.
import { useQuery } from "@tanstack/react-query";
import { Pause, Play, RefreshCw } from "lucide-react";
import { checkConnection, connection, pause, resume, syncNow } from "@/client/connections";
import { drifts } from "@/client/repairs";
import { may, me } from "@/client/system";
import type { Connection } from "@/client/types";
import { useAddress, usePathPart } from "@/components/address";
import { Mappings } from "@/components/connector/Mappings";
import { Records } from "@/components/connector/Records";
import { Refused } from "@/components/connector/Refused";
import { Schema } from "@/components/connector/Schema";
import { Settings } from "@/components/connector/Settings";
import { Status } from "@/components/connector/Status";
import { Timeline } from "@/components/connector/Timeline";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dot } from "@/ui/Dot";
import { type Parts, Tabs } from "@/ui/Tabs";
import { act, toast } from "@/ui/toasts";
import { CONNECTOR_TABS } from "./table";

export default function ConnectorPage() {
  const id = usePathPart("id");
  const query = useQuery(connection(id));
  const line = useTruth(query);
  const changed = useQuery(drifts(id)).data?.items.length;
  const [address, change] = useAddress();
  const one = query.data;
  const truth = line === "demo" && one?.type !== "demo" ? "live" : line;
  const parts = (of: Connection): Parts<typeof CONNECTOR_TABS> => ({
    status: { label: "Status", content: <Status of={of} truth={truth} /> },
    schema: { label: "Schema", content: <Schema id={id} /> },
    mappings: { label: "Mappings", content: <Mappings id={id} /> },
    timeline: { label: "Timeline", badge: changed, content: <Timeline id={id} /> },
    records: { label: "Records", content: <Records of={of} /> },
    refused: {
      label: "Refused rows",
      badge: of.streams.reduce((sum, stream) => sum + stream.rejected, 0),
      content: <Refused id={id} />,
    },
    settings: { label: "Settings", content: <Settings key={of.version} of={of} /> },
  });
  return (
    <Page
      title={one?.name ?? "Connector"}
      mark={
        one && (
          <span className="flex items-center gap-3">
            <Badge word={one.state} />
            <Dot truth={truth} text />
          </span>
        )
      }
      actions={one && <Actions of={one} />}
    >
      <Async query={query}>
        {(of) => (
          <Tabs
            label="About this source"
            value={address.tab ?? "status"}
            onChange={(tab) => change({ tab })}
            tabs={CONNECTOR_TABS.map((name) => ({ id: name, ...parts(of)[name] }))}
          />
        )}
      </Async>
    </Page>
  );
}

function Actions({ of }: { of: Connection }) {
  const role = useQuery(me()).data?.role;
  if (!may(role, "operator")) return null;
  const check = async () => {
    const report = await act(checkConnection(of.id));
    if (report?.ok) toast.good("The source answers");
    else if (report) toast.bad(new Error(report.message ?? "The source does not answer."));
  };
  return (
    <>
      <Button onClick={() => void check()}>Check</Button>
      {of.state === "paused" ? (
        <Button icon={<Play className="size-4" aria-hidden />} onClick={() => void act(resume(of.id), "Goes on")}>
          Go on
        </Button>
      ) : (
        <Button icon={<Pause className="size-4" aria-hidden />} onClick={() => void act(pause(of.id), "Paused")}>
          Pause
        </Button>
      )}
      <Button
        tone="primary"
        icon={<RefreshCw className="size-4" aria-hidden />}
        disabled={of.state === "paused"}
        onClick={() => void act(syncNow(of.id), "Reading now")}
      >
        Read now
      </Button>
    </>
  );
}
