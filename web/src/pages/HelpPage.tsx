// Keys, answers, status and where to go on.
import { useQuery } from "@tanstack/react-query";
import { at } from "@/client/base";
import { ready } from "@/client/system";
import { useAddress } from "@/components/address";
import { Page } from "@/components/Page";
import { Async } from "@/ui/Async";
import { Badge } from "@/ui/Badge";
import { Card } from "@/ui/Card";
import { Dot } from "@/ui/Dot";
import { Facts } from "@/ui/Facts";
import { Input } from "@/ui/Field";

const KEYS: [string, string][] = [
  ["Ctrl K", "search or jump anywhere"],
  ["/", "to the filter of this page"],
  ["g then d, c, r, v, f, o, t, a", "dashboard, connect, review, views, flow monitor, ontology, tasks, agents"],
  ["j k or arrows", "through the rows of a table; in a graph, along its links and columns"],
  ["Enter", "opens a row, or a node of a graph"],
  ["A, E, R", "approve, edit, reject on the review page"],
  ["Esc", "closes what is open"],
  ["?", "this page"],
];

const ANSWERS: [string, string][] = [
  [
    'A source shows "drifted". Is my data wrong?',
    "Its schema changed and the change is not settled. Rows still come in: known records keep the last value of the changed field, and what the source sends now waits in extras. Once the repair is decided, the past is mapped again as well.",
  ],
  [
    "Why was a row refused?",
    "It did not fit its entity. It is kept whole with the reason under Refused rows of its source, and can be tried again after the rules or the source were mended.",
  ],
  [
    "I approved a repair that was wrong.",
    "Press Undo in the message, or Take back on the source's timeline at any time later. The rules of before are in force again, for history too.",
  ],
  [
    "What does the dot beside a title say?",
    "A full green dot: events keep the panel current. A purple diamond: so, but from simulated sources. An amber ring: the live line is being restored. A red square: the server does not answer, and the last known state is shown.",
  ],
  [
    "Can work set itself off?",
    "Yes. A schedule under Tasks does so by a cron line, once in a while, or after sources were read; a playbook does several things in an order, each on its conditions.",
  ],
  [
    "A task failed. What now?",
    "Its page says why, and what to do about it. Once that is done, Try again gives it all its attempts anew; what is only late is retried by itself.",
  ],
  ["Can a script do what this page does?", "Yes. The page uses nothing but the API; every path is described at /docs."],
  [
    "Somebody else decided while I was looking.",
    "Your decision is refused, nothing is changed twice, and the item shows theirs.",
  ],
  [
    "How do I sign in without a password?",
    "On your own machine, autonomos dev prints a link that works once. Elsewhere an admin invites you.",
  ],
];

export default function HelpPage() {
  const [address, change] = useAddress();
  const needle = (address.q ?? "").toLowerCase();
  const answers = ANSWERS.filter((pair) => pair.join(" ").toLowerCase().includes(needle));
  return (
    <Page title="Help" lead="Press ? anywhere to come here.">
      <div className="grid items-start gap-5 lg:grid-cols-[1.4fr_1fr]">
        <Card
          title="Answers"
          actions={
            <div data-filter>
              <Input
                label="Search the answers"
                hideLabel
                placeholder="Search"
                value={address.q ?? ""}
                onChange={(event) => change({ q: event.target.value || undefined })}
              />
            </div>
          }
        >
          <dl className="grid gap-5">
            {answers.map(([question, answer]) => (
              <div key={question}>
                <dt className="font-bold">{question}</dt>
                <dd className="mt-1 text-ink-2">{answer}</dd>
              </div>
            ))}
            {answers.length === 0 && (
              <p className="text-ink-2">No answer has these words. The API is described at /docs.</p>
            )}
          </dl>
        </Card>
        <div className="grid gap-5">
          <Card title="Keys">
            <Facts
              items={KEYS.map(([key, does]) => [
                <kbd key={key} className="text-ink-2">
                  {key}
                </kbd>,
                does,
              ])}
            />
          </Card>
          <Status />
          <Card title="Dots">
            <ul className="grid gap-2">
              {(["live", "demo", "delayed", "offline"] as const).map((truth) => (
                <li key={truth}>
                  <Dot truth={truth} text />
                </li>
              ))}
            </ul>
          </Card>
        </div>
      </div>
    </Page>
  );
}

function Status() {
  const query = useQuery(ready());
  return (
    <Card title="Status">
      <Async query={query}>
        {(said) => (
          <Facts
            items={[
              ["Server", <Badge key="status" word={said.status} />],
              ...Object.entries(said.parts).map(([part, state]): [string, React.ReactNode] => [part, state]),
              [
                "API",
                <a key="api" href={at("/docs")} className="text-blue">
                  /docs
                </a>,
              ],
              [
                "Metrics",
                <a key="metrics" href={at("/metrics")} className="text-blue">
                  /metrics
                </a>,
              ],
            ]}
          />
        )}
      </Async>
    </Card>
  );
}
