-- Tasks, runs of agents and what these found.

create table tasks (
    tenant_id        uuid             not null references tenants (id) on delete cascade,
    id               uuid             not null,
    kind             text collate "C" not null,
    payload          text             not null,
    connection_id    uuid,
    key              text collate "C",
    state            text collate "C" not null,
    progress         text             not null,
    attempts         bigint           not null,
    max_attempts     bigint           not null,
    result           text,
    error            text,
    callback_url     text,
    cancel_requested boolean          not null,
    epoch            bigint,
    run_at           bigint           not null,
    created_at       bigint           not null,
    started_at       bigint,
    finished_at      bigint,
    created_by       text             not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
);
call keep_apart('tasks');
create unique index tasks_unfinished on tasks (tenant_id, kind, key) where state in ('queued', 'in_progress', 'retry_wait');
create index tasks_waiting on tasks (tenant_id, run_at, id) where state in ('queued', 'retry_wait');
create index tasks_running on tasks (tenant_id, epoch) where state = 'in_progress';

create table agent_runs (
    tenant_id   uuid             not null references tenants (id) on delete cascade,
    id          uuid             not null,
    agent       text collate "C" not null,
    set_off_by  text             not null,
    state       text collate "C" not null,
    position    bigint           not null,
    steps       text             not null,
    summary     text,
    error       text,
    started_at  bigint           not null,
    finished_at bigint,
    primary key (tenant_id, id)
);
call keep_apart('agent_runs');
create index agent_runs_by_agent on agent_runs (tenant_id, agent, id);

create table findings (
    tenant_id      uuid             not null references tenants (id) on delete cascade,
    id             uuid             not null,
    agent          text collate "C" not null,
    key            text collate "C" not null,
    check_name     text             not null,
    title          text             not null,
    severity       text             not null,
    impact         text             not null,
    subject        text             not null,
    evidence       text             not null,
    state          text collate "C" not null,
    times_seen     bigint           not null,
    last_run_id    uuid             not null,
    first_position bigint           not null,
    last_position  bigint           not null,
    first_seen_at  bigint           not null,
    last_seen_at   bigint           not null,
    decided_by     text,
    note           text,
    version        bigint           not null,
    primary key (tenant_id, id),
    unique (tenant_id, agent, key)
);
call keep_apart('findings');
create index findings_by_state on findings (tenant_id, agent, state);
