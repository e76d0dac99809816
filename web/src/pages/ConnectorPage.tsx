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
import { Tabs, tabsOf } from "@/ui/Tabs";
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
  const tabs = (of: Connection) => {
    const badges: Record<string, number | undefined> = {
      timeline: changed,
      refused: of.streams.reduce((sum, stream) => sum + stream.rejected, 0),
    };
    return tabsOf(CONNECTOR_TABS, {
      status: <Status of={of} truth={truth} />,
      schema: <Schema id={id} />,
      mappings: <Mappings id={id} />,
      timeline: <Timeline id={id} />,
      records: <Records of={of} />,
      refused: <Refused id={id} />,
      settings: <Settings key={of.version} of={of} />,
    }).map((tab) => ({ ...tab, badge: badges[tab.id] }));
  };
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
            tabs={tabs(of)}
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
