-- The canonical log, and the rows that could not be taken into it.

-- `payload` stands last, so that reading the rest of a row does not walk through it; `bytes` is its length.
create table canonical_streams (
    tenant_id       blob    not null references tenants (id) on delete cascade,
    seq             integer not null,
    batch_id        text    not null,
    kind            text    not null,
    connection_id   blob,
    stream          text,
    entity          text,
    mapping_version integer,
    fingerprint     text,
    rows            integer not null,
    rejected        integer not null,
    cursor_from     text,
    cursor_to       text,
    epoch           integer not null,
    at              integer not null,
    from_seq        integer,
    bytes           integer not null,
    payload         blob    not null,
    primary key (tenant_id, seq),
    unique (tenant_id, batch_id)
) strict;
create index canonical_streams_by_stream on canonical_streams (tenant_id, connection_id, stream, kind, seq);
create index canonical_streams_by_kind on canonical_streams (tenant_id, kind, seq) where kind <> 'records';

create table dead_letters (
    tenant_id       blob    not null,
    id              blob    not null,
    connection_id   blob    not null,
    stream          text    not null,
    seq             integer not null,
    origin          text,
    row             integer not null,
    field           text,
    code            text    not null,
    reason          text    not null,
    mapping_version integer not null,
    state           text    not null,
    attempts        integer not null,
    created_at      integer not null,
    updated_at      integer not null,
    raw             blob    not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
) strict;
create index dead_letters_by_stream on dead_letters (tenant_id, connection_id, stream, state, code, field);
