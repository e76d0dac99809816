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
import { Models } from "@/components/admin/Models";
import { Outside } from "@/components/admin/Outside";
import { People } from "@/components/admin/People";
import { Tenant } from "@/components/admin/Tenant";
import { useSourceNames } from "@/components/names";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Card } from "@/ui/Card";
import { Shares } from "@/ui/Spark";
import { Tabs, tabsOf } from "@/ui/Tabs";
import { ADMIN_TABS } from "./table";

export default function AdminPage() {
  const [address, change] = useAddress();
  return (
    <Page title="Admin" lead="What runs, where, for whom.">
      <Tabs
        label="Parts of the platform"
        value={address.tab ?? "actors"}
        onChange={(tab) => change({ tab: tab === "actors" ? undefined : tab })}
        tabs={TABS}
      />
    </Page>
  );
}

const TABS = tabsOf(ADMIN_TABS, {
  actors: <Actors />,
  cluster: <Cluster />,
  people: <People />,
  files: <Files />,
  keys: <Keys />,
  outside: <Outside />,
  models: <Models />,
  audit: <Audit />,
  tenant: <Tenant />,
  life: <Life />,
});

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
