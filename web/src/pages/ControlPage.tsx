// Control Center: the state of the business by persona. Answers in natural language wait for their endpoint; until then each
// persona sees its agent's findings and the views behind them, which are real.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { views } from "@/client/views";
import { agents, findings } from "@/client/work";
import { useAddress } from "@/components/address";
import { worth } from "@/components/FindingDetail";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Card, Figure } from "@/ui/Card";
import { Segmented } from "@/ui/Field";
import { count, number } from "@/ui/format";
import { Empty, NotYet } from "@/ui/States";

const PERSONAS: Record<string, { agent: string; asks: string }> = {
  CRO: { agent: "revops", asks: "Pipeline that stalls, slips or cannot be forecast" },
  CFO: { agent: "finops", asks: "Money the cloud takes for nothing" },
  COO: { agent: "revops", asks: "Accounts at risk and how they are used" },
  CTO: { agent: "finops", asks: "Resources idle, oversized or unowned" },
};

export default function ControlPage() {
  const [address, change] = useAddress();
  const persona = address.persona && PERSONAS[address.persona] ? address.persona : "CRO";
  const lens = PERSONAS[persona] as { agent: string; asks: string };
  const agent = useQuery(agents()).data?.items.find((one) => one.id === lens.agent);
  const query = useQuery(findings({ agent: lens.agent, state: "open", limit: 1000 }));
  const tables = useQuery(views()).data?.items.filter((view) => agent?.entities.includes(view.entity)) ?? [];
  const truth = useTruth(query);
  return (
    <Page
      title="Control Center"
      lead={lens.asks}
      actions={
        <Segmented
          label="Persona"
          value={persona}
          onChange={(next) => change({ persona: next })}
          options={Object.keys(PERSONAS).map((value) => ({ value, label: value }))}
        />
      }
    >
      <div className="grid gap-5">
        <NotYet title="Questions in your own words are not answered by this build">
          Its endpoint is not there yet. What stands below is what {agent?.name ?? "the agent"} found in your rows, and
          the views it looked at.
        </NotYet>
        <Async query={query}>
          {(page) => {
            const amounts = new Map<string, number>();
            for (const one of page.items) {
              const { amount, currency } = (one.impact ?? {}) as { amount?: number; currency?: string };
              if (amount !== undefined) amounts.set(currency ?? "", (amounts.get(currency ?? "") ?? 0) + amount);
            }
            const top = [...page.items].sort((a, b) => amountOf(b) - amountOf(a)).slice(0, 8);
            return (
              <div className="grid gap-5">
                <div className="grid grid-cols-2 gap-4 rounded-card border border-line bg-surface p-5 shadow-card md:grid-cols-4">
                  <Figure label="Open findings" value={count(page.items.length)} hue="purple" />
                  <Figure
                    label="Critical"
                    value={count(page.items.filter((one) => one.severity === "critical").length)}
                    hue="red"
                  />
                  {[...amounts].slice(0, 2).map(([currency, amount]) => (
                    <Figure
                      key={currency}
                      label={`At stake${currency ? `, ${currency}` : ", no currency given"}`}
                      value={number(Math.round(amount))}
                      note="sum over open findings"
                    />
                  ))}
                </div>
                <div className="grid gap-5 lg:grid-cols-[2fr_1fr]">
                  <Card title="Worth most" truth={truth} flush>
                    {top.length === 0 ? (
                      <Empty title="Nothing open" />
                    ) : (
                      <ul>
                        {top.map((one) => (
                          <li key={one.id}>
                            <Link
                              to={"/agents" as never}
                              search={{ finding: one.id, agent: one.agent } as never}
                              className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-5 py-3 text-ink no-underline hover:bg-sunken"
                            >
                              <span className="grow basis-64 font-semibold wrap-anywhere">{one.title}</span>
                              <b className="num">{worth(one)}</b>
                              <Badge word={one.severity} />
                            </Link>
                          </li>
                        ))}
                      </ul>
                    )}
                  </Card>
                  <Card title="Looked at" truth={truth} flush>
                    <ul>
                      {tables.map((view) => (
                        <li key={view.view}>
                          <Link
                            to={`/views/${view.view}` as never}
                            className="flex justify-between gap-4 border-t border-line px-5 py-3 text-ink no-underline hover:bg-sunken"
                          >
                            <b>{view.view}</b>
                            <span className="num text-ink-2">{count(view.rows)} rows</span>
                          </Link>
                        </li>
                      ))}
                    </ul>
                  </Card>
                </div>
              </div>
            );
          }}
        </Async>
      </div>
    </Page>
  );
}

const amountOf = (one: { impact?: unknown }): number => Number((one.impact as { amount?: number } | null)?.amount ?? 0);
