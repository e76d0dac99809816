-- Under which trace a key was taken, and how far the audit was: whether a request that was never answered changed anything is in
-- what was added to it since under that trace.
alter table idempotency add column trace_id text collate "C";
alter table idempotency add column audit_head bigint;
