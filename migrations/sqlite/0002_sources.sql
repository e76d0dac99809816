-- Connections, their streams, the versions of their mappings, files, and the demo sources' own state.

create table connections (
    tenant_id  blob    not null references tenants (id) on delete cascade,
    id         blob    not null,
    name       text    not null,
    kind       text    not null,
    config     text    not null,
    policy     text    not null,
    state      text    not null,
    last_error text,
    system     text,
    safe_mode  integer not null,
    created_at integer not null,
    updated_at integer not null,
    version    integer not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
) strict;

create table streams (
    tenant_id       blob    not null,
    connection_id   blob    not null,
    name            text    not null,
    object          text,
    entity          text,
    cursor          text,
    generation      integer not null default 0,
    schema          text,
    fingerprint     text,
    mapping_version integer,
    rows            integer not null default 0,
    rejected        integer not null default 0,
    state           text    not null,
    last_error      text,
    last_seq        integer,
    last_sync_at    integer,
    stale           text    not null default '[]',
    updated_at      integer not null,
    primary key (tenant_id, connection_id, name),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
) strict;

create table mappings (
    tenant_id     blob    not null,
    id            blob    not null,
    connection_id blob    not null,
    stream        text    not null,
    version       integer not null,
    mapping       text    not null,
    author        text    not null,
    origin        text    not null,
    reason        text,
    from_seq      integer not null,
    seq           integer not null,
    state         text    not null,
    created_at    integer not null,
    primary key (tenant_id, connection_id, stream, version),
    foreign key (tenant_id, connection_id, stream) references streams (tenant_id, connection_id, name) on delete cascade
) strict;
create unique index mappings_in_force on mappings (tenant_id, connection_id, stream) where state = 'active';

create table files (
    tenant_id  blob    not null references tenants (id) on delete cascade,
    path       text    not null,
    size       integer not null,
    sha256     text    not null,
    created_at integer not null,
    updated_at integer not null,
    primary key (tenant_id, path)
) strict;

create table demo_sources (
    tenant_id     blob    not null,
    connection_id blob    not null,
    stream        text    not null,
    state         text    not null,
    version       integer not null,
    updated_at    integer not null,
    primary key (tenant_id, connection_id, stream),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
) strict;
