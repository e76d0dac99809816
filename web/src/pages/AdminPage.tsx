// The platform itself: actors with live health, the cluster, people, files, keys, the audit log, the tenant and its
// switches. What needs a role says which.
import { useQuery } from "@tanstack/react-query";
import { actors } from "@/client/system";
import { ActorTree } from "@/components/ActorTree";
import { useAddress } from "@/components/address";
import { Audit } from "@/components/admin/Audit";
import { Cluster } from "@/components/admin/Cluster";
import { Files } from "@/components/admin/Files";
import { Keys } from "@/components/admin/Keys";
import { Life } from "@/components/admin/Life";
import { Outside } from "@/components/admin/Outside";
import { People } from "@/components/admin/People";
import { Tenant } from "@/components/admin/Tenant";
import { useSourceNames } from "@/components/names";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Card } from "@/ui/Card";
import { Shares } from "@/ui/Spark";
import { type Parts, Tabs } from "@/ui/Tabs";
import { ADMIN_TABS } from "./table";

export default function AdminPage() {
  const [address, change] = useAddress();
  return (
    <Page title="Admin" lead="What runs, where, for whom.">
      <Tabs
        label="Parts of the platform"
        value={address.tab ?? ADMIN_TABS[0]}
        onChange={(tab) => change({ tab: tab === ADMIN_TABS[0] ? undefined : tab })}
        tabs={ADMIN_TABS.map((id) => ({ id, ...PARTS[id] }))}
      />
    </Page>
  );
}

const PARTS: Parts<typeof ADMIN_TABS> = {
  actors: { label: "Actors", content: <Actors /> },
  cluster: { label: "Cluster", content: <Cluster /> },
  people: { label: "People and sessions", content: <People /> },
  files: { label: "Files", content: <Files /> },
  keys: { label: "API keys", content: <Keys /> },
  outside: { label: "Webhooks and alerts", content: <Outside /> },
  audit: { label: "Audit", content: <Audit /> },
  tenant: { label: "Tenant and switches", content: <Tenant /> },
  life: { label: "Archives and end", content: <Life /> },
};

function Actors() {
  const query = useQuery(actors());
  const truth = useTruth(query);
  const names = useSourceNames();
  return (
    <Card title="Actors" truth={truth} hint="asked every five seconds, and at once when one of them changes">
      <Async query={query}>
        {(page) => {
          const of = (health: string) => page.items.filter((one) => one.health === health).length;
          return (
            <div className="grid gap-6">
              <Shares
                label="Health of the actors"
                parts={[
                  { name: "healthy", value: of("healthy"), hue: "green" },
                  { name: "recovering", value: of("recovering"), hue: "amber" },
                  { name: "stuck", value: of("stuck"), hue: "amber" },
                  { name: "down", value: of("down"), hue: "red" },
                ]}
              />
              <ActorTree actors={page.items} names={names} />
            </div>
          );
        }}
      </Async>
    </Card>
  );
}
