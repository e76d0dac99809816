// The route table: every page there is, once. The router, the menu, the command palette and the end-to-end tests are
// made from it, so that a page cannot be in one and not in the others. Data only: no component is loaded from here.
export type Area = "start" | "aod" | "aam" | "dcl" | "aoa" | "steer" | "more";

export type PageEntry = {
  /** Name of its file in `pages/`. */
  id: string;
  path: string;
  title: string;
  area: Area;
  /** In the menu, in this order. */
  menu: boolean;
  says: string;
  /** For a page about one thing: an address of the demo tenant that has one, found by the tests through the API. */
  sample?: string;
  /** The parts it has, and the search parameter that chooses one; the first is shown unless another is asked for. */
  parts?: { by: string; of: Record<string, string> };
};

/** Each part by its id, in order, and what it is called. */
export const CONNECTOR_TABS = {
  status: "Status",
  schema: "Schema",
  mappings: "Mappings",
  timeline: "Timeline",
  records: "Records",
  refused: "Refused rows",
  settings: "Settings",
} as const;
export const LINEAGE_SHAPES = { grid: "Grid", tree: "Tree", graph: "Graph", why: "Why this value" } as const;
export const ONTOLOGY_SHAPES = { graph: "Graph", table: "Table" } as const;
export const TASK_TABS = {
  tasks: "Tasks",
  schedules: "Schedules",
  playbooks: "Playbooks",
  mapping: "Bulk mapping",
} as const;
export const ADMIN_TABS = {
  actors: "Actors",
  cluster: "Cluster",
  people: "People and sessions",
  files: "Files",
  keys: "API keys",
  outside: "Webhooks and alerts",
  models: "Language model",
  audit: "Audit",
  tenant: "Tenant and switches",
  life: "Archives and end",
} as const;

export const AREAS: Record<Area, string> = {
  start: "Start",
  aod: "AOD · Discovery",
  aam: "AAM · Connections",
  dcl: "DCL · Unified data",
  aoa: "AOA · Orchestration",
  steer: "Decide",
  more: "More",
};

export const PAGES: PageEntry[] = [
  { id: "Dashboard", path: "/", title: "Dashboard", area: "start", menu: true, says: "How everything is, now" },
  {
    id: "Guide",
    path: "/guide",
    title: "Platform Guide",
    area: "start",
    menu: true,
    says: "What this is and how it works",
  },
  {
    id: "Discover",
    path: "/discover",
    title: "Discover",
    area: "aod",
    menu: true,
    says: "Find data, and what feeds nothing",
  },
  {
    id: "Demo",
    path: "/demo",
    title: "Discovery Demo",
    area: "aod",
    menu: true,
    says: "Cause a drift and watch it heal",
  },
  { id: "Connect", path: "/connect", title: "Connect", area: "aam", menu: true, says: "Sources and how they are" },
  {
    id: "NewSource",
    path: "/connect/new",
    title: "Add a source",
    area: "aam",
    menu: false,
    says: "Drop a file or type a database",
  },
  {
    id: "Connector",
    path: "/connect/$id",
    title: "Connector",
    area: "aam",
    menu: false,
    says: "One source in full",
    sample: "connection",
    parts: { by: "tab", of: CONNECTOR_TABS },
  },
  {
    id: "FlowMonitor",
    path: "/flow-monitor",
    title: "Flow Monitor",
    area: "aam",
    menu: true,
    says: "Events of the three layers side by side",
  },
  { id: "LiveFlow", path: "/flow", title: "Live Flow", area: "aam", menu: true, says: "Data on its way, as it moves" },
  {
    id: "Ontology",
    path: "/ontology",
    title: "Ontology",
    area: "dcl",
    menu: true,
    says: "What feeds what",
    parts: { by: "as", of: ONTOLOGY_SHAPES },
  },
  { id: "Views", path: "/views", title: "Views", area: "dcl", menu: true, says: "Unified tables" },
  {
    id: "View",
    path: "/views/$view",
    title: "View",
    area: "dcl",
    menu: false,
    says: "Rows of one view",
    sample: "view",
  },
  {
    id: "Entity",
    path: "/views/$view/$id",
    title: "Entity",
    area: "dcl",
    menu: false,
    says: "One real thing, the records it is made of, and why",
    sample: "entity",
  },
  { id: "Query", path: "/query", title: "Query", area: "dcl", menu: true, says: "Ask the views in SQL" },
  {
    id: "Connections",
    path: "/connections",
    title: "Connections",
    area: "dcl",
    menu: true,
    says: "Every stream and the entity it feeds",
  },
  {
    id: "Lineage",
    path: "/lineage",
    title: "Data Lineage",
    area: "dcl",
    menu: true,
    says: "Field by field, from source to agent",
    parts: { by: "as", of: LINEAGE_SHAPES },
  },
  {
    id: "Tasks",
    path: "/tasks",
    title: "Tasks",
    area: "aoa",
    menu: true,
    says: "Work that waits, runs and ran",
    parts: { by: "tab", of: TASK_TABS },
  },
  {
    id: "Task",
    path: "/tasks/$id",
    title: "Task",
    area: "aoa",
    menu: false,
    says: "One task in full",
    sample: "task",
  },
  {
    id: "NewPlaybook",
    path: "/playbooks/new",
    title: "New playbook",
    area: "aoa",
    menu: false,
    says: "Write a sequence of tasks",
  },
  {
    id: "Playbook",
    path: "/playbooks/$id",
    title: "Playbook",
    area: "aoa",
    menu: false,
    says: "A sequence of tasks, and its runs",
    sample: "playbook",
  },
  {
    id: "PlaybookRun",
    path: "/playbook-runs/$id",
    title: "Run of a playbook",
    area: "aoa",
    menu: false,
    says: "Step by step",
    sample: "playbook run",
  },
  {
    id: "BulkMapping",
    path: "/bulk-mappings/$id",
    title: "Mapping job",
    area: "aoa",
    menu: false,
    says: "What many objects are held to be",
    sample: "mapping job",
  },
  {
    id: "Agents",
    path: "/agents",
    title: "Agents",
    area: "aoa",
    menu: true,
    says: "Who looks after the data, and what they found",
  },
  {
    id: "Control",
    path: "/control",
    title: "Control Center",
    area: "steer",
    menu: true,
    says: "Questions, answered from your data",
  },
  { id: "Review", path: "/review", title: "Review", area: "steer", menu: true, says: "Decisions that wait for you" },
  {
    id: "Evaluation",
    path: "/evaluation",
    title: "Evaluation",
    area: "steer",
    menu: true,
    says: "How good the repairs are",
  },
  { id: "Help", path: "/help", title: "Help", area: "more", menu: true, says: "Keys, links and answers" },
  {
    id: "Admin",
    path: "/admin",
    title: "Admin",
    area: "more",
    menu: true,
    says: "What runs, where, for whom",
    parts: { by: "tab", of: ADMIN_TABS },
  },
];
