-- Tenants, their owner, their people and how these sign in.

create table tenants (
    id          blob    not null primary key,
    name        text    not null,
    state       text    not null,
    limits      text    not null,
    created_at  integer not null,
    updated_at  integer not null,
    version     integer not null
) strict;

-- Which process may write the tenant's truth; `epoch` is the fence of every durable transaction.
create table tenant_owner (
    tenant_id   blob    not null primary key references tenants (id) on delete cascade,
    node_id     text    not null,
    incarnation text    not null,
    epoch       integer not null
) strict;

-- The counter rows: whoever holds them decides the next number, so numbers are gapless and in order of commit.
create table tenant_counters (
    tenant_id   blob    not null primary key references tenants (id) on delete cascade,
    log_head    integer not null default 0,
    log_rows    integer not null default 0,
    log_bytes   integer not null default 0,
    audit_head  integer not null default 0,
    audit_hash  text    not null default ''
) strict;

create table users (
    tenant_id     blob    not null references tenants (id) on delete cascade,
    id            blob    not null,
    email         text    not null unique,
    name          text    not null,
    role          text    not null,
    state         text    not null,
    password      text,
    created_at    integer not null,
    updated_at    integer not null,
    last_login_at integer,
    version       integer not null,
    primary key (tenant_id, id)
) strict;

create table sessions (
    tenant_id    blob    not null,
    id           blob    not null unique,
    user_id      blob    not null,
    user_agent   text,
    created_at   integer not null,
    last_used_at integer not null,
    expires_at   integer not null,
    revoked_at   integer,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) strict;
create index sessions_by_user on sessions (tenant_id, user_id);

-- A family of refresh tokens: all but one are spent, and a spent one coming back revokes the session.
create table refresh_tokens (
    hash       blob    not null primary key,
    tenant_id  blob    not null,
    session_id blob    not null,
    expires_at integer not null,
    spent_at   integer,
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
) strict;
create index refresh_tokens_by_session on refresh_tokens (tenant_id, session_id);

-- Tokens that work once: sign-in links, invitations, tickets.
create table tokens (
    hash       blob    not null primary key,
    tenant_id  blob    not null references tenants (id) on delete cascade,
    purpose    text    not null,
    user_id    blob,
    payload    text    not null,
    expires_at integer not null
) strict;
create index tokens_by_tenant on tokens (tenant_id);

create table audit (
    tenant_id blob    not null references tenants (id) on delete cascade,
    seq       integer not null,
    at        integer not null,
    actor     text    not null,
    trace_id  text    not null,
    action    text    not null,
    subject   text    not null,
    before    text,
    after     text,
    hash      text    not null,
    primary key (tenant_id, seq)
) strict;

create table idempotency (
    tenant_id    blob    not null references tenants (id) on delete cascade,
    route        text    not null,
    key          text    not null,
    body_hash    blob    not null,
    expires_at   integer not null,
    status       integer,
    content_type text,
    body         blob,
    primary key (tenant_id, route, key)
) strict;
create index idempotency_by_expiry on idempotency (expires_at);

create table settings (
    tenant_id  blob    not null references tenants (id) on delete cascade,
    key        text    not null,
    value      text    not null,
    updated_by text    not null,
    updated_at integer not null,
    primary key (tenant_id, key)
) strict;
