// Nodes, and where the tenant runs.
import { useQuery } from "@tanstack/react-query";
import { cluster, me, ready } from "@/client/system";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import { Ago } from "@/ui/Time";
import { useTruth } from "../truth";

export function Cluster() {
  const query = useQuery(cluster());
  const health = useQuery(ready());
  const tenant = useQuery(me()).data?.tenant.name;
  const truth = useTruth(query);
  return (
    <div className="grid gap-5 lg:grid-cols-2">
      <Card title="Nodes" truth={truth}>
        <Async query={query}>
          {(page) => (
            <ul className="grid gap-3">
              {page.nodes.map((node) => (
                <li
                  key={node.id}
                  className="flex items-center justify-between gap-4 rounded-xl border border-line px-4 py-3"
                >
                  <span>
                    <b>{node.id}</b>{" "}
                    <span className="text-sm text-ink-3">
                      version {node.version}
                      {node.here && ", answers here"}
                    </span>
                    {node.lease && (
                      <span className="block text-sm text-ink-3">
                        {node.lease.address}, <span className="num">{node.lease.owns}</span> tenants
                        {node.lease.places && ", places them"}
                      </span>
                    )}
                  </span>
                  <Badge word={node.state} />
                </li>
              ))}
            </ul>
          )}
        </Async>
      </Card>
      <Card title="Tenant" truth={truth}>
        <Async query={query}>
          {(page) => (
            <div className="grid gap-4">
              {page.tenants.map((place) => (
                <Facts
                  key={place.tenant_id}
                  items={[
                    ["Name", tenant ?? ""],
                    ["State", <Badge key="state" word={place.state} />],
                    ["Runs on", place.moving_to ? `${place.node}, on its way to ${place.moving_to}` : place.node],
                    [
                      "Epoch",
                      <span key="epoch" className="num">
                        {place.epoch}
                      </span>,
                    ],
                    [
                      "Owners",
                      <ul key="owners">
                        {place.moves.slice(0, 5).map((move) => (
                          <li key={move.epoch}>
                            <span className="num">{move.epoch}</span> {move.node}, <Ago at={move.at} />
                          </li>
                        ))}
                      </ul>,
                    ],
                    ["Id", <code key="id">{place.tenant_id}</code>],
                  ]}
                />
              ))}
            </div>
          )}
        </Async>
      </Card>
      <Card title="Readiness" truth={useTruth(health)}>
        <Async query={health}>
          {(said) => (
            <Facts
              items={[
                ["Status", <Badge key="status" word={said.status} />],
                ...Object.entries(said.parts).map(([part, state]): [string, React.ReactNode] => [
                  part,
                  <Badge key={part} word={state} hue={state === "ok" ? "green" : "amber"} />,
                ]),
                ["Degraded", said.degraded.length > 0 ? said.degraded.join(", ") : "nothing"],
              ]}
            />
          )}
        </Async>
      </Card>
    </div>
  );
}
