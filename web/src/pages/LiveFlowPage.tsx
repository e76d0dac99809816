// Data on its way: sources, entities and agents as they are, with movement where rows moved in the last minute, and the same
// told in sentences.
import { useQuery } from "@tanstack/react-query";
import { Waves } from "lucide-react";
import { connections } from "@/client/connections";
import { graph } from "@/client/views";
import { sentence } from "@/components/events";
import { FlowPicture } from "@/components/FlowPicture";
import { useSourceNames } from "@/components/names";
import { Page } from "@/components/Page";
import { useTruth } from "@/components/truth";
import { LAYERS, layerOf, useLive } from "@/live/store";
import { Async } from "@/ui/Async";
import { LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Dot } from "@/ui/Dot";
import { clock } from "@/ui/format";
import { Empty, Skeleton } from "@/ui/States";

const DOT: Record<string, string> = { aam: "bg-solid-green", dcl: "bg-solid-blue", agent: "bg-solid-purple" };

/** Lines are put in place, not pushed there: what is being read does not jump when something is told. */
const LINE = 62;

export default function LiveFlowPage() {
  const drawn = useQuery(graph());
  const sources = useQuery(connections());
  const live = useLive();
  const names = useSourceNames();
  const truth = useTruth(drawn);
  const told = LAYERS.flatMap((layer) =>
    live.events[layer].filter((event) => !event.topic.endsWith(".step")).slice(0, 30),
  )
    .sort((a, b) => b.seq - a.seq)
    .slice(0, 40);
  return (
    <Page
      title="Live Flow"
      mark={<Dot truth={truth} text />}
      lead="What moves between sources, unified entities and agents."
      wide
      actions={<LinkButton to="/flow-monitor">Flow Monitor</LinkButton>}
    >
      {sources.data?.items.length === 0 ? (
        <Card>
          <Empty
            icon={<Waves className="size-6" />}
            title="Nothing flows yet"
            action={
              <LinkButton to="/connect/new" tone="primary">
                Add a source
              </LinkButton>
            }
          >
            Connect a source and its rows are seen here on their way.
          </Empty>
        </Card>
      ) : (
        <div className="grid items-start gap-5 xl:grid-cols-[1fr_24rem]">
          <Card title="The last minute" truth={truth} className="max-md:order-last">
            <Async query={drawn} skeleton={<Skeleton lines={10} className="min-h-[60dvh] content-start" />}>
              {(data) => <FlowPicture of={data} events={live.events} />}
            </Async>
          </Card>
          <Card title="Told" hint="newest first" flush>
            {told.length === 0 ? (
              <Empty title="Quiet" className="h-[60dvh] content-start">
                The next read of a source will be told here.
              </Empty>
            ) : (
              <ol
                tabIndex={0}
                aria-label="Events in sentences"
                className="relative h-[60dvh] overflow-y-auto border-t border-line"
              >
                {told.map((event, at) => (
                  <li
                    key={event.seq}
                    className="absolute inset-x-0 flex items-start gap-3 border-b border-line px-5 py-2.5"
                    style={{ height: LINE, transform: `translateY(${at * LINE}px)` }}
                  >
                    <span
                      className={`mt-2 size-2 shrink-0 rounded-full ${DOT[layerOf(event.topic) ?? ""]}`}
                      aria-hidden
                    />
                    <span className="min-w-0">
                      <span className="block truncate" title={sentence(event, names)}>
                        {sentence(event, names)}
                      </span>
                      <span className="num block text-xs text-ink-3">{clock(event.at)}</span>
                    </span>
                  </li>
                ))}
              </ol>
            )}
          </Card>
        </div>
      )}
    </Page>
  );
}
