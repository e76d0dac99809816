// AOD: data by its name among what is read or could be, and what is there and feeds nothing: files no source reads, streams
// of connected sources without an entity.
import { useQuery } from "@tanstack/react-query";
import { Radar } from "lucide-react";
import { connections } from "@/client/connections";
import { files } from "@/client/system";
import { Ask } from "@/components/Ask";
import { Page } from "@/components/Page";
import { covers } from "@/components/pattern";
import { useTruth } from "@/components/truth";
import { Async } from "@/ui/Async";
import { Chip } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { bytes } from "@/ui/format";
import { Empty } from "@/ui/States";

export default function DiscoverPage() {
  const sources = useQuery(connections());
  const kept = useQuery(files());
  const truth = useTruth(sources);
  const patterns = (sources.data?.items ?? [])
    .filter((one) => one.type === "file")
    .map((one) => String((one.config as { path?: string }).path ?? ""));
  const unused = (kept.data?.items ?? []).filter((file) => !patterns.some((pattern) => covers(pattern, file.path)));
  const idle = (sources.data?.items ?? []).flatMap((one) =>
    one.streams.filter((stream) => !stream.entity).map((stream) => ({ one, stream })),
  );
  return (
    <Page title="Discover" lead="Data by its name, and what is there and feeds nothing.">
      <div className="grid gap-5">
        <Ask />
        <div className="grid gap-5 lg:grid-cols-2">
          <Card title="Files no source reads" truth={truth} flush>
            <Async query={kept} className="px-0">
              {() =>
                unused.length === 0 ? (
                  <Empty
                    icon={<Radar className="size-6" />}
                    title="Every file is read"
                    action={<LinkButton to="/connect/new">Add a source</LinkButton>}
                  >
                    Files that are put into the folder and match no source appear here.
                  </Empty>
                ) : (
                  <ul>
                    {unused.map((file) => (
                      <li
                        key={file.path}
                        className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-5 py-3"
                      >
                        <code className="font-bold wrap-anywhere">{file.path}</code>
                        <span className="num text-ink-2">{bytes(file.size)}</span>
                      </li>
                    ))}
                  </ul>
                )
              }
            </Async>
          </Card>
          <Card title="Streams that feed nothing" truth={truth} flush>
            <Async query={sources} className="px-0">
              {() =>
                idle.length === 0 ? (
                  <Empty icon={<Radar className="size-6" />} title="Every stream feeds an entity">
                    A stream whose columns fit nothing known stays here until it is mapped.
                  </Empty>
                ) : (
                  <ul>
                    {idle.map(({ one, stream }) => (
                      <li
                        key={`${one.id}/${stream.name}`}
                        className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-5 py-3"
                      >
                        <span>
                          <b>{stream.name}</b> <span className="text-ink-3">of {one.name}</span>
                        </span>
                        <span className="flex items-center gap-3">
                          <Chip>{stream.rows} rows</Chip>
                          <LinkButton size="sm" to={`/connect/${one.id}`} search={{ tab: "mappings" }}>
                            Map it
                          </LinkButton>
                        </span>
                      </li>
                    ))}
                  </ul>
                )
              }
            </Async>
          </Card>
        </div>
      </div>
    </Page>
  );
}
