-- Tasks, runs of agents and what these found.

create table tasks (
    tenant_id        blob    not null references tenants (id) on delete cascade,
    id               blob    not null,
    kind             text    not null,
    payload          text    not null,
    connection_id    blob,
    key              text,
    state            text    not null,
    progress         text    not null,
    attempts         integer not null,
    max_attempts     integer not null,
    result           text,
    error            text,
    callback_url     text,
    cancel_requested integer not null,
    epoch            integer,
    run_at           integer not null,
    created_at       integer not null,
    started_at       integer,
    finished_at      integer,
    created_by       text    not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
) strict;
create unique index tasks_unfinished on tasks (tenant_id, kind, key) where state in ('queued', 'in_progress', 'retry_wait');
create index tasks_waiting on tasks (tenant_id, run_at, id) where state in ('queued', 'retry_wait');
create index tasks_running on tasks (tenant_id, epoch) where state = 'in_progress';

create table agent_runs (
    tenant_id   blob    not null references tenants (id) on delete cascade,
    id          blob    not null,
    agent       text    not null,
    set_off_by  text    not null,
    state       text    not null,
    position    integer not null,
    steps       text    not null,
    summary     text,
    error       text,
    started_at  integer not null,
    finished_at integer,
    primary key (tenant_id, id)
) strict;
create index agent_runs_by_agent on agent_runs (tenant_id, agent, id);

create table findings (
    tenant_id      blob    not null references tenants (id) on delete cascade,
    id             blob    not null,
    agent          text    not null,
    key            text    not null,
    check_name     text    not null,
    title          text    not null,
    severity       text    not null,
    impact         text    not null,
    subject        text    not null,
    evidence       text    not null,
    state          text    not null,
    times_seen     integer not null,
    last_run_id    blob    not null,
    first_position integer not null,
    last_position  integer not null,
    first_seen_at  integer not null,
    last_seen_at   integer not null,
    decided_by     text,
    note           text,
    version        integer not null,
    primary key (tenant_id, id),
    unique (tenant_id, agent, key)
) strict;
create index findings_by_state on findings (tenant_id, agent, state);
