-- Tenants, their owner, their people and how these sign in.

-- Rows are kept apart by the server as well: each table of tenants shows and takes only rows of the tenant that the
-- transaction was begun for, also to the owner of the tables. Whoever begins for nobody sees nothing.

-- The tenant of this transaction. (A setting that was set for a transaction before reads '' afterwards, not null.)
create function current_tenant() returns uuid language sql stable
    return nullif(current_setting('app.tenant_id', true), '')::uuid;

-- Keeps a table's rows apart by that column; every table with rows of tenants is given to it.
create procedure keep_apart(rows_of regclass, by_column name default 'tenant_id') language plpgsql as $$
begin
    execute format('alter table %s enable row level security', rows_of);
    execute format('alter table %s force row level security', rows_of);
    execute format('create policy tenant on %s using (%I = current_tenant())', rows_of, by_column);
end $$;

-- Shows a table's rows of every tenant (or lets them be changed) to functions of the directory, which answer what has no
-- tenant yet: they run as the owner for somebody else. Who signs in as the owner is not shown them.
create procedure show_directory(rows_of regclass, command text default 'select') language plpgsql as $$
begin
    execute format(
        'create policy directory_%1$s on %2$s for %1$s to current_user using (current_user <> session_user)', command, rows_of);
end $$;

create table tenants (
    id          uuid   not null primary key,
    name        text   not null,
    state       text   not null,
    limits      text   not null,
    created_at  bigint not null,
    updated_at  bigint not null,
    version     bigint not null
);
call keep_apart('tenants', 'id');

-- Which process may write the tenant's truth; `epoch` is the fence of every durable transaction.
create table tenant_owner (
    tenant_id   uuid   not null primary key references tenants (id) on delete cascade,
    node_id     text   not null,
    incarnation text   not null,
    epoch       bigint not null
);
call keep_apart('tenant_owner');

-- The counter rows: whoever holds them decides the next number, so numbers are gapless and in order of commit.
create table tenant_counters (
    tenant_id   uuid   not null primary key references tenants (id) on delete cascade,
    log_head    bigint not null default 0,
    log_rows    bigint not null default 0,
    log_bytes   bigint not null default 0,
    audit_head  bigint not null default 0,
    audit_hash  text   not null default ''
);
call keep_apart('tenant_counters');

create table users (
    tenant_id     uuid             not null references tenants (id) on delete cascade,
    id            uuid             not null,
    email         text collate "C" not null unique,
    name          text             not null,
    role          text             not null,
    state         text             not null,
    password      text,
    created_at    bigint           not null,
    updated_at    bigint           not null,
    last_login_at bigint,
    version       bigint           not null,
    primary key (tenant_id, id)
);
call keep_apart('users');

create table sessions (
    tenant_id    uuid   not null,
    id           uuid   not null unique,
    user_id      uuid   not null,
    user_agent   text,
    created_at   bigint not null,
    last_used_at bigint not null,
    expires_at   bigint not null,
    revoked_at   bigint,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
call keep_apart('sessions');
create index sessions_by_user on sessions (tenant_id, user_id);

-- A family of refresh tokens: all but one are spent, and a spent one coming back revokes the session.
create table refresh_tokens (
    hash       bytea  not null primary key,
    tenant_id  uuid   not null,
    session_id uuid   not null,
    expires_at bigint not null,
    spent_at   bigint,
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
);
call keep_apart('refresh_tokens');
create index refresh_tokens_by_session on refresh_tokens (tenant_id, session_id);

-- Tokens that work once: sign-in links, invitations, tickets.
create table tokens (
    hash       bytea  not null primary key,
    tenant_id  uuid   not null references tenants (id) on delete cascade,
    purpose    text   not null,
    user_id    uuid,
    payload    text   not null,
    expires_at bigint not null
);
call keep_apart('tokens');
create index tokens_by_tenant on tokens (tenant_id);

create table audit (
    tenant_id uuid             not null references tenants (id) on delete cascade,
    seq       bigint           not null,
    at        bigint           not null,
    actor     text             not null,
    trace_id  text             not null,
    action    text             not null,
    subject   text             not null,
    before    text,
    after     text,
    hash      text collate "C" not null,
    primary key (tenant_id, seq)
);
call keep_apart('audit');

create table idempotency (
    tenant_id    uuid             not null references tenants (id) on delete cascade,
    route        text collate "C" not null,
    key          text collate "C" not null,
    body_hash    bytea            not null,
    expires_at   bigint           not null,
    status       bigint,
    content_type text,
    body         bytea,
    primary key (tenant_id, route, key)
);
call keep_apart('idempotency');
create index idempotency_by_expiry on idempotency (expires_at);

create table settings (
    tenant_id  uuid             not null references tenants (id) on delete cascade,
    key        text collate "C" not null,
    value      text             not null,
    updated_by text             not null,
    updated_at bigint           not null,
    primary key (tenant_id, key)
);
call keep_apart('settings');

-- What has no tenant yet is answered with the tenant it belongs to, and nothing else; the rest is done as that tenant.
call show_directory('tenants');
call show_directory('tenant_owner');
call show_directory('tenant_owner', 'update');
call show_directory('users');
call show_directory('sessions');
call show_directory('sessions', 'update');
call show_directory('sessions', 'delete');
call show_directory('refresh_tokens');
call show_directory('tokens');
call show_directory('tokens', 'update');
call show_directory('tokens', 'delete');
call show_directory('idempotency');
call show_directory('idempotency', 'update');
call show_directory('idempotency', 'delete');

create function tenant_of_email(of_email text) returns uuid
    language sql stable security definer set search_path = autonomos, pg_temp
    as $$ select tenant_id from users where email = of_email $$;
create function tenant_of_session(of_id uuid) returns uuid
    language sql stable security definer set search_path = autonomos, pg_temp
    as $$ select tenant_id from sessions where id = of_id $$;
create function tenant_of_refresh_token(of_hash bytea) returns uuid
    language sql stable security definer set search_path = autonomos, pg_temp
    as $$ select tenant_id from refresh_tokens where hash = of_hash $$;
create function tenant_of_token(of_hash bytea) returns uuid
    language sql stable security definer set search_path = autonomos, pg_temp
    as $$ select tenant_id from tokens where hash = of_hash $$;

-- Pages of the list of tenants, for the operator.
create function every_tenant(after uuid, at_most bigint) returns setof tenants
    language sql stable security definer set search_path = autonomos, pg_temp
    as $$ select * from tenants where id > after order by id limit at_most $$;

-- A node that runs alone owns every tenant from its start on, under an epoch higher than any before.
create function take_over_every_tenant(by_node text, by_incarnation text) returns void
    language sql volatile security definer set search_path = autonomos, pg_temp
    as $$ update tenant_owner set node_id = by_node, incarnation = by_incarnation, epoch = epoch + 1 $$;
