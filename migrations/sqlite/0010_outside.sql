-- What calls out (callbacks, alerts) and what calls by itself (schedules, playbooks, mapping of many sources at once).

-- What callbacks of a tenant are signed with. The one that does not retire is in force; those that do sign as well until then.
create table signing_secrets (
    tenant_id  blob    not null references tenants (id) on delete cascade,
    id         blob    not null,
    sealed     blob    not null,
    made_at    integer not null,
    retires_at integer,
    primary key (tenant_id, id)
) strict;

-- Messages to the outside. The id is the message's own and stays the same however often it is sent; `key` is what it is
-- about, so that nothing is told twice.
create table deliveries (
    tenant_id   blob    not null references tenants (id) on delete cascade,
    id          blob    not null,
    channel     text    not null,
    key         text    not null,
    subject     text    not null,
    address     blob,
    body        text    not null,
    state       text    not null,
    attempts    integer not null,
    log         text    not null,
    next_at     integer not null,
    created_at  integer not null,
    finished_at integer,
    primary key (tenant_id, id),
    unique (tenant_id, channel, key)
) strict;
create index deliveries_waiting on deliveries (tenant_id, next_at) where state = 'waiting';

-- The end of a task that somebody wants to be told of, and the end that was put into a delivery.
alter table tasks add column told_at integer;
create index tasks_to_tell on tasks (tenant_id, finished_at)
    where callback_url is not null and finished_at is not null and (told_at is null or told_at <> finished_at);

create table schedules (
    tenant_id    blob    not null references tenants (id) on delete cascade,
    id           blob    not null,
    name         text    not null,
    set_off_by   text    not null,
    work         text    not null,
    missed       text    not null,
    paused       integer not null,
    next_at      integer,
    last_at      integer,
    last_task_id blob,
    last_error   text,
    version      integer not null,
    created_at   integer not null,
    updated_at   integer not null,
    created_by   text    not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
) strict;
create index schedules_due on schedules (tenant_id, next_at) where paused = 0;

create table playbooks (
    tenant_id  blob    not null references tenants (id) on delete cascade,
    id         blob    not null,
    name       text    not null,
    document   text    not null,
    version    integer not null,
    created_at integer not null,
    updated_at integer not null,
    created_by text    not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
) strict;

-- A run keeps the document it was begun with; a later edit does not change what is under way.
create table playbook_runs (
    tenant_id   blob    not null references tenants (id) on delete cascade,
    id          blob    not null,
    playbook    text    not null,
    document    text    not null,
    task_id     blob,
    state       text    not null,
    error       text,
    created_at  integer not null,
    finished_at integer,
    created_by  text    not null,
    primary key (tenant_id, id)
) strict;
create index playbook_runs_open on playbook_runs (tenant_id, id) where state = 'in_progress';

create table playbook_steps (
    tenant_id   blob    not null,
    run_id      blob    not null,
    place       integer not null,
    name        text    not null,
    state       text    not null,
    task_id     blob,
    result      text,
    error       text,
    started_at  integer,
    finished_at integer,
    primary key (tenant_id, run_id, place),
    foreign key (tenant_id, run_id) references playbook_runs (tenant_id, id) on delete cascade
) strict;

-- Objects of a mapping job, each done or not; a restart goes on with those that are not.
create table bulk_objects (
    tenant_id   blob    not null references tenants (id) on delete cascade,
    task_id     blob    not null,
    place       integer not null,
    source      text    not null,
    system      text,
    object      text    not null,
    fields      text    not null,
    field_count integer not null,
    proposals   text,
    mapped      integer,
    done_at     integer,
    primary key (tenant_id, task_id, place)
) strict;
create index bulk_objects_left on bulk_objects (tenant_id, task_id, place) where done_at is null;
