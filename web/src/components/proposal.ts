// What would be done about a change, in words.
import { plain } from "@/ui/format";

export type Proposal = {
  action?: string;
  from?: string;
  to?: string;
  source_path?: string;
  field?: string;
  key?: string[];
  order_by?: string | null;
};

const SAYS: Record<string, (p: Proposal) => string> = {
  rename: (p) => `Read ${p.to} where ${p.from} was read`,
  map: (p) => `Let ${p.source_path} feed ${p.field}`,
  unmap: (p) => `Let ${p.source_path} feed nothing; it is kept in extras`,
  lenient: (p) => `Take rows whose ${p.source_path} does not fit, with the value in extras`,
  reread: (p) => `Tell records apart by ${p.key?.join(", ")} and read the stream again from its start`,
  take: () => "Read the stream",
  accept: () => "Agree to the change; the rules stay",
};

export const says = (proposal: Proposal) => SAYS[proposal.action ?? ""]?.(proposal) ?? plain(proposal);
