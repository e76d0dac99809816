-- What compaction leaves behind, and what it counts.

-- Entries that compaction made; `pruned`: superseded batches were looked for in them.
create table canonical_packs (
    tenant_id uuid    not null references tenants (id) on delete cascade,
    seq       bigint  not null,
    pruned    boolean not null,
    primary key (tenant_id, seq)
);
call keep_apart('canonical_packs');
create index canonical_packs_unpruned on canonical_packs (tenant_id, seq) where not pruned;

alter table tenant_counters add column log_compacted bigint not null default 0;
alter table tenant_counters add column log_saved bigint not null default 0;

-- A stream is read without the entries that compaction emptied; there may be a million of them.
drop index canonical_streams_by_stream;
create index canonical_streams_by_stream on canonical_streams (tenant_id, connection_id, stream, kind, seq)
    where bytes > 0 or rejected > 0;
