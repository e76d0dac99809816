// Finding data by what it is called: words are compared with everything that is read or could be, likeliest first.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { type FormEvent, useState } from "react";
import { discover } from "@/client/work";
import { Async } from "@/ui/Async";
import { Badge, Chip } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Input } from "@/ui/Field";
import { many } from "@/ui/format";
import { Confidence } from "@/ui/Spark";
import { Empty } from "@/ui/States";
import { useAddress } from "./address";

export function Ask() {
  const [address, change] = useAddress();
  const [words, setWords] = useState(address.ask ?? "");
  const asked = address.ask ?? "";
  const query = useQuery({ ...discover(asked), enabled: asked !== "" });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change({ ask: words.trim() || undefined });
  };
  return (
    <Card title="Find data by its name" hint="among everything that is read, or could be">
      <form className="flex flex-wrap items-end gap-3" onSubmit={submit}>
        <Input
          label="What are you looking for?"
          hideLabel
          placeholder="opportunities in salesforce"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="grow basis-64"
        />
        <Button type="submit" tone="primary" icon={<Search className="size-4" aria-hidden />}>
          Find
        </Button>
      </form>
      {asked !== "" && (
        <div className="mt-4">
          <Async query={query}>
            {(found) =>
              found.entities.length === 0 ? (
                <Empty title="Nothing is called that">
                  {found.total_entities_found > 0
                    ? `${many(found.total_entities_found, "thing")} fit a little; other words may fit better.`
                    : "Names of sources, streams, files and fields are compared."}
                </Empty>
              ) : (
                <ul className="grid gap-px overflow-hidden rounded-xl border border-line bg-line">
                  {found.entities.map((one) => (
                    <li
                      key={`${one.source_system}/${one.entity_name}`}
                      className="flex flex-wrap items-center gap-x-4 gap-y-1 bg-surface px-4 py-3"
                    >
                      <span className="min-w-0 grow basis-56">
                        {one.connection_id ? (
                          <Link to={`/connect/${one.connection_id}` as never} className="font-bold text-blue">
                            {one.entity_name}
                          </Link>
                        ) : (
                          <b className="wrap-anywhere">{one.entity_name}</b>
                        )}
                        <span className="block truncate text-sm text-ink-2">{one.fields.join(", ")}</span>
                      </span>
                      {one.entity_type && <Chip hue="blue">{one.entity_type}</Chip>}
                      <Badge
                        word={one.state === "CONNECTED" ? "active" : "open"}
                        label={one.state === "CONNECTED" ? "is read" : "could be read"}
                      />
                      <Confidence value={one.confidence_score} />
                    </li>
                  ))}
                </ul>
              )
            }
          </Async>
        </div>
      )}
    </Card>
  );
}
