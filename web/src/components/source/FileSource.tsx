// A file becomes a source: dropped, looked at, mapped by proposal, corrected, uploaded, started.
import { useQuery } from "@tanstack/react-query";
import { FileSpreadsheet, Upload } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { checkSettings, createConnection, syncNow, upload } from "@/client/connections";
import type { ProposedMapping } from "@/client/types";
import { proposeMapping, views } from "@/client/views";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { cx } from "@/ui/cx";
import { Input, Select } from "@/ui/Field";
import { bytes, many } from "@/ui/format";
import { Fault, Skeleton } from "@/ui/States";
import { type Peek, peek, samples } from "../csv";
import { Arriving, type Wanted } from "./Arriving";
import { Proposed } from "./Proposed";

const SYSTEMS = [
  "",
  "salesforce",
  "hubspot",
  "dynamics",
  "zendesk",
  "stripe",
  "netsuite",
  "aws",
  "azure",
  "gcp",
  "supabase",
  "mongodb",
];
const stem = (name: string) => name.replace(/\.[^.]+$/, "");
/** A path that is safe everywhere; the name people see keeps its letters. */
const pathOf = (name: string) => `uploads/${name.normalize("NFKD").replaceAll(/[^\w.-]+/g, "_")}`;

export function FileSource() {
  const [file, setFile] = useState<File | null>(null);
  const [seen, setSeen] = useState<Peek | null>(null);
  const [proposal, setProposal] = useState<ProposedMapping[] | null>(null);
  const [entity, setEntity] = useState("");
  const [system, setSystem] = useState("");
  const [name, setName] = useState("");
  const [made, setMade] = useState<{ id: string; wanted: Wanted | null } | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const entities = useQuery(views()).data?.items ?? [];

  const propose = async (of: Peek, object: string, from: string) => {
    setProposal(null);
    const { items } = await proposeMapping(object, from || undefined, samples(of));
    setProposal(items);
    setEntity(likeliest(items));
  };
  const take = async (given: File) => {
    setFault(null);
    setFile(given);
    setName(stem(given.name));
    try {
      const looked = await peek(given);
      setSeen(looked);
      if (looked) await propose(looked, stem(given.name), system);
    } catch (thrown) {
      setFault(thrown);
    }
  };
  const begin = async () => {
    if (!file) return;
    setBusy(true);
    setFault(null);
    try {
      const stored = await upload(pathOf(file.name), file);
      const config = { path: stored.path, ...(system && { system }), ...(entity && { entity }) };
      const report = await checkSettings("file", config);
      if (!report.ok) throw new Error(report.message ?? "The file cannot be read.");
      const created = await createConnection(name, "file", config);
      await syncNow(created.id);
      const rules = (proposal ?? []).filter((one) => one.entity === entity && one.canonical_field);
      setMade({
        id: created.id,
        wanted: entity
          ? { entity, rules: rules.map((one) => ({ source_path: one.field, field: one.canonical_field as string })) }
          : null,
      });
    } catch (thrown) {
      setFault(thrown);
    }
    setBusy(false);
  };

  if (made) return <Arriving id={made.id} wanted={made.wanted} />;
  if (!file) return <Drop onFile={(given) => void take(given)} />;
  return (
    <div className="grid gap-5">
      <Card>
        <div className="flex flex-wrap items-center gap-4">
          <span className="grid size-11 place-items-center rounded-2xl bg-green-soft text-green">
            <FileSpreadsheet className="size-5" aria-hidden />
          </span>
          <div className="grow">
            <p className="font-bold wrap-anywhere">{file.name}</p>
            <p className="text-sm text-ink-3">
              {bytes(file.size)}
              {seen && ` · ${many(seen.columns.length, "column")}`}
            </p>
          </div>
          <Button onClick={() => setFile(null)}>Another file</Button>
        </div>
        <div className="mt-5 grid gap-4 sm:grid-cols-3">
          <Input label="Name of the source" value={name} onChange={(event) => setName(event.target.value)} required />
          <Select
            label="Whose export is it?"
            value={system}
            onChange={(event) => {
              setSystem(event.target.value);
              if (seen) propose(seen, stem(file.name), event.target.value).catch(setFault);
            }}
            options={SYSTEMS.map((one) => ({ value: one, label: one || "unknown" }))}
          />
          <Select
            label="What does it hold?"
            value={entity}
            onChange={(event) => setEntity(event.target.value)}
            options={[{ value: "", label: "let the server decide" }, ...entities.map((view) => view.entity)]}
          />
        </div>
      </Card>
      {seen &&
        (proposal ? (
          <Proposed
            seen={seen}
            proposal={proposal}
            entity={entity}
            fields={entities.find((view) => view.entity === entity)?.fields ?? []}
            onChange={setProposal}
          />
        ) : fault ? null : (
          <Card title="Mapping">
            <Skeleton lines={5} />
          </Card>
        ))}
      {!seen && <p className="text-ink-2">Columns of this kind of file are read by the server once it is there.</p>}
      {fault !== null && <Fault of={fault} />}
      <div className="flex justify-end">
        <Button
          tone="primary"
          busy={busy}
          disabled={name.trim() === ""}
          onClick={() => void begin()}
          className="min-h-11 px-6"
        >
          Upload and start
        </Button>
      </div>
    </div>
  );
}

/** The entity that most of the proposals, weighed by confidence, agree on. */
function likeliest(items: ProposedMapping[]): string {
  const weights = new Map<string, number>();
  for (const one of items) if (one.entity) weights.set(one.entity, (weights.get(one.entity) ?? 0) + one.confidence);
  return [...weights].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}

function Drop({ onFile }: { onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way; the button below is everybody's
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cx(
        "grid justify-items-center gap-3 rounded-card border-2 border-dashed px-6 py-16 text-center",
        over ? "border-solid-green bg-green-soft" : "border-line-strong bg-surface",
      )}
    >
      <span className="grid size-14 place-items-center rounded-2xl bg-green-soft text-green">
        <Upload className="size-6" aria-hidden />
      </span>
      <p className="text-lg font-bold">Drop a file here</p>
      <p className="max-w-[30rem] text-ink-2">
        CSV, TSV, JSON Lines or Parquet. Its columns are shown with a proposed mapping before anything is sent.
      </p>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,.jsonl,.ndjson,.parquet"
        aria-label="File"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => event.target.files?.[0] && onFile(event.target.files[0])}
      />
      <Button tone="primary" onClick={() => input.current?.click()}>
        Choose a file
      </Button>
    </div>
  );
}
