// Names for the API's shapes, and the insides of those that its document calls just "object".
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Connection = Schemas["ConnectionView"];
export type Stream = Schemas["StreamView"];
export type MappingRow = Schemas["MappingRow"];
export type DeadLetter = Schemas["DeadLetterView"];
export type Drift = Schemas["DriftView"];
export type Review = Schemas["ReviewView"];
export type Task = Schemas["TaskView"];
export type TaskLine = Schemas["TaskLineView"];
/** Why work failed. */
export type Said = { code?: string; message?: string; remedy?: string };
export type Trigger = Schemas["Said"];
export type Work = Schemas["Work"];
export type Schedule = Schemas["ScheduleView"];
export type NewSchedule = Schemas["NewSchedule"];
export type Playbook = Schemas["PlaybookView"];
export type PlaybookRun = Schemas["PlaybookRunView"];
export type PlaybookStep = Schemas["PlaybookStepView"];
export type Question = Schemas["QuestionView"];
export type TableColumn = Schemas["TableColumn"];
export type TableAnswer = Omit<Schemas["TableAnswer"], "rows"> & { rows: unknown[][] };
export type BulkJob = Schemas["BulkMappingView"];
export type BulkProposal = { field: string; entity: string | null; canonical_field: string | null; confidence: number };
export type BulkObject = Omit<Schemas["BulkObjectView"], "proposals"> & { proposals: BulkProposal[] | null };
export type Sending = { at: string; ms: number; status?: number; answer?: string; error?: string };
export type Delivery = Omit<Schemas["DeliveryView"], "log"> & { log: Sending[] };
export type Agent = Schemas["AgentView"];
export type Finding = Schemas["FindingView"];
export type Me = Schemas["Me"];
export type SourceFile = Schemas["FileView"];
export type Preview = Schemas["Preview"];
export type Discovered = Schemas["DiscoveredStream"];
export type ProposedMapping = Schemas["ProposedMapping"];
export type Cluster = Schemas["ClusterView"];
export type ApiKey = Schemas["ApiKeyView"];
export type AuditEntry = Schemas["AuditView"];
export type Person = Schemas["UserView"];
export type Flag = Schemas["FlagView"];
export type Tenant = Schemas["TenantView"];
export type ModelUse = Schemas["ModelUseView"];
export type ModelUseRow = Schemas["ModelUseRow"];
export type Role = "viewer" | "operator" | "admin";

export type Page<T> = { items: T[]; next_cursor?: string | null };

export type Actor = {
  key: string;
  kind: string;
  state: string;
  health: "healthy" | "stuck" | "recovering" | "down";
  generation: number;
  restarts: number;
  last_error: string | null;
  last_error_at: string | null;
  started_at: string | null;
  progress: { position: number; lag: number; moved_at: string | null };
  extra: Record<string, unknown> | null;
};

export type ViewField = { name: string; type: string; description: string };
export type View = { view: string; entity: string; rows: number; fields: ViewField[] };
export type Views = { items: View[]; position: number };
export type Row = Record<string, unknown>;
export type ViewPage = { items: Row[]; next_cursor: string | null; total: number; position: number };

export type DclState = {
  position: number;
  head: number;
  lag: number;
  bytes: number;
  log_bytes: number;
  log_rows: number;
  views: { entity: string; view: string; rows: number }[];
  streams: { connection_id: string; stream: string; rows: number; live: number; rejected: number; unmapped: number }[];
};

export type GraphNode = {
  id: string;
  type: "source_parent" | "connection" | "source" | "column" | "ontology" | "field" | "agent" | "job" | "dataset";
  layer: "L0" | "L1" | "L2" | "L3";
  label: string;
  rows?: number;
  state?: string;
  findings?: number;
  parentId?: string;
  sourceSystem?: string;
  view?: string;
  dataType?: string;
  distance?: number;
};
export type GraphEdge = {
  source: string;
  target: string;
  edgeType: "hierarchy" | "dataflow";
  rows: number;
  fields: number;
};
export type Graph = { nodes: GraphNode[]; edges: GraphEdge[]; truncated: boolean; counts: Record<string, number> };

export type LineageLine = Schemas["LineageLine"];
export type LineageGrid = Schemas["LineageGrid"];
export type LineageBranch = Schemas["LineageBranch"];
export type LineageTree = Schemas["LineageTree"];
export type LineageFound = Schemas["LineageFound"];
export type LineageImpact = Schemas["LineageImpact"];
export type ValueWhy = Schemas["ValueWhy"];
export type RecordWhy = Omit<Schemas["RecordWhy"], "merge"> & {
  merge:
    | null
    | (Omit<Schemas["MergeWhy"], "members" | "pairs" | "said" | "decisions"> & {
        members: Member[];
        pairs: (PairEvidence & { a: string; b: string })[];
        said: SaidOfPair[];
        decisions: { position: number; at: string; by: string; reason: string | null; model: number }[];
      });
};

export type LiveEvent = {
  seq: number;
  at: string;
  topic: string;
  entity?: string;
  id?: string;
  version?: number;
  trace_id?: string;
  data: Record<string, unknown>;
};
export type FlowSnapshot = Omit<Schemas["FlowView"], "aam_events" | "dcl_events" | "agent_events"> & {
  aam_events: LiveEvent[];
  dcl_events: LiveEvent[];
  agent_events: LiveEvent[];
};

export type Comparison = { comparison: string; level: string; bits: number; a: unknown; b: unknown };
export type PairEvidence = { probability: number; bits: number; comparisons: Comparison[]; records?: Row[] };
export type RecordSource = { connection_id: string; stream: string; key: string; seq: number; mapping_version: number };
export type Member = { id: string; live: boolean; since: number; source: RecordSource | null; record: Row };
export type SaidOfPair = { a: string; b: string; said: string };
export type Entity = Omit<Schemas["EntityView"], "record" | "sources" | "members" | "pairs" | "said"> & {
  record: Row;
  sources: Record<string, string>;
  members: Member[];
  pairs: (PairEvidence & { a: string; b: string })[] | null;
  said: SaidOfPair[] | null;
};
