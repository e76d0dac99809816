-- The canonical log, and the rows that could not be taken into it.

-- `payload` stands last, so that reading the rest of a row does not walk through it; `bytes` is its length.
create table canonical_streams (
    tenant_id       uuid             not null references tenants (id) on delete cascade,
    seq             bigint           not null,
    batch_id        text collate "C" not null,
    kind            text collate "C" not null,
    connection_id   uuid,
    stream          text collate "C",
    entity          text,
    mapping_version bigint,
    fingerprint     text,
    rows            bigint           not null,
    rejected        bigint           not null,
    cursor_from     text,
    cursor_to       text,
    epoch           bigint           not null,
    at              bigint           not null,
    from_seq        bigint,
    bytes           bigint           not null,
    payload         bytea            not null,
    primary key (tenant_id, seq),
    unique (tenant_id, batch_id)
);
call keep_apart('canonical_streams');
-- Compressed by us already.
alter table canonical_streams alter column payload set storage external;
create index canonical_streams_by_stream on canonical_streams (tenant_id, connection_id, stream, kind, seq);
create index canonical_streams_by_kind on canonical_streams (tenant_id, kind, seq) where kind <> 'records';

create table dead_letters (
    tenant_id       uuid             not null,
    id              uuid             not null,
    connection_id   uuid             not null,
    stream          text collate "C" not null,
    seq             bigint           not null,
    origin          text,
    row             bigint           not null,
    field           text collate "C",
    code            text collate "C" not null,
    reason          text             not null,
    mapping_version bigint           not null,
    state           text collate "C" not null,
    attempts        bigint           not null,
    created_at      bigint           not null,
    updated_at      bigint           not null,
    raw             bytea            not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
);
call keep_apart('dead_letters');
alter table dead_letters alter column raw set storage external;
create index dead_letters_by_stream on dead_letters (tenant_id, connection_id, stream, state, code, field);
