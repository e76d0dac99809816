-- What compaction leaves behind, and what it counts.

-- Entries that compaction made; `pruned`: superseded batches were looked for in them.
create table canonical_packs (
    tenant_id blob    not null references tenants (id) on delete cascade,
    seq       integer not null,
    pruned    integer not null,
    primary key (tenant_id, seq)
) strict, without rowid;
create index canonical_packs_unpruned on canonical_packs (tenant_id, seq) where pruned = 0;

alter table tenant_counters add column log_compacted integer not null default 0;
alter table tenant_counters add column log_saved integer not null default 0;

-- A stream is read without the entries that compaction emptied; there may be a million of them.
drop index canonical_streams_by_stream;
create index canonical_streams_by_stream on canonical_streams (tenant_id, connection_id, stream, kind, seq)
    where bytes > 0 or rejected > 0;
