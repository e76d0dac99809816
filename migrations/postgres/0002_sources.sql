-- Connections, their streams, the versions of their mappings, files, and the demo sources' own state.

create table connections (
    tenant_id  uuid             not null references tenants (id) on delete cascade,
    id         uuid             not null,
    name       text collate "C" not null,
    kind       text             not null,
    config     text             not null,
    policy     text             not null,
    state      text collate "C" not null,
    last_error text,
    system     text,
    safe_mode  boolean          not null,
    created_at bigint           not null,
    updated_at bigint           not null,
    version    bigint           not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
);
call keep_apart('connections');

create table streams (
    tenant_id       uuid             not null,
    connection_id   uuid             not null,
    name            text collate "C" not null,
    object          text,
    entity          text,
    cursor          text,
    generation      bigint           not null default 0,
    schema          text,
    fingerprint     text,
    mapping_version bigint,
    rows            bigint           not null default 0,
    rejected        bigint           not null default 0,
    state           text collate "C" not null,
    last_error      text,
    last_seq        bigint,
    last_sync_at    bigint,
    stale           text             not null default '[]',
    updated_at      bigint           not null,
    primary key (tenant_id, connection_id, name),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
);
call keep_apart('streams');

create table mappings (
    tenant_id     uuid             not null,
    id            uuid             not null,
    connection_id uuid             not null,
    stream        text collate "C" not null,
    version       bigint           not null,
    mapping       text             not null,
    author        text             not null,
    origin        text             not null,
    reason        text,
    from_seq      bigint           not null,
    seq           bigint           not null,
    state         text collate "C" not null,
    created_at    bigint           not null,
    primary key (tenant_id, connection_id, stream, version),
    foreign key (tenant_id, connection_id, stream) references streams (tenant_id, connection_id, name) on delete cascade
);
call keep_apart('mappings');
create unique index mappings_in_force on mappings (tenant_id, connection_id, stream) where state = 'active';

create table files (
    tenant_id  uuid             not null references tenants (id) on delete cascade,
    path       text collate "C" not null,
    size       bigint           not null,
    sha256     text             not null,
    created_at bigint           not null,
    updated_at bigint           not null,
    primary key (tenant_id, path)
);
call keep_apart('files');

create table demo_sources (
    tenant_id     uuid             not null,
    connection_id uuid             not null,
    stream        text collate "C" not null,
    state         text collate "C" not null,
    version       bigint           not null,
    updated_at    bigint           not null,
    primary key (tenant_id, connection_id, stream),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
);
call keep_apart('demo_sources');
