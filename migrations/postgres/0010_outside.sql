-- What calls out (callbacks, alerts) and what calls by itself (schedules, playbooks, mapping of many sources at once).

-- What callbacks of a tenant are signed with. The one that does not retire is in force; those that do sign as well until then.
create table signing_secrets (
    tenant_id  uuid   not null references tenants (id) on delete cascade,
    id         uuid   not null,
    sealed     bytea  not null,
    made_at    bigint not null,
    retires_at bigint,
    primary key (tenant_id, id)
);
call keep_apart('signing_secrets');

-- Messages to the outside. The id is the message's own and stays the same however often it is sent; `key` is what it is
-- about, so that nothing is told twice.
create table deliveries (
    tenant_id   uuid             not null references tenants (id) on delete cascade,
    id          uuid             not null,
    channel     text collate "C" not null,
    key         text collate "C" not null,
    subject     text             not null,
    address     bytea,
    body        text             not null,
    state       text collate "C" not null,
    attempts    bigint           not null,
    log         text             not null,
    next_at     bigint           not null,
    created_at  bigint           not null,
    finished_at bigint,
    primary key (tenant_id, id),
    unique (tenant_id, channel, key)
);
call keep_apart('deliveries');
create index deliveries_waiting on deliveries (tenant_id, next_at) where state = 'waiting';

-- The end of a task that somebody wants to be told of, and the end that was put into a delivery.
alter table tasks add column told_at bigint;
create index tasks_to_tell on tasks (tenant_id, finished_at)
    where callback_url is not null and finished_at is not null and (told_at is null or told_at <> finished_at);

create table schedules (
    tenant_id    uuid             not null references tenants (id) on delete cascade,
    id           uuid             not null,
    name         text collate "C" not null,
    set_off_by   text             not null,
    work         text             not null,
    missed       text             not null,
    paused       boolean          not null,
    next_at      bigint,
    last_at      bigint,
    last_task_id uuid,
    last_error   text,
    version      bigint           not null,
    created_at   bigint           not null,
    updated_at   bigint           not null,
    created_by   text             not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
);
call keep_apart('schedules');
create index schedules_due on schedules (tenant_id, next_at) where not paused;

create table playbooks (
    tenant_id  uuid             not null references tenants (id) on delete cascade,
    id         uuid             not null,
    name       text collate "C" not null,
    document   text             not null,
    version    bigint           not null,
    created_at bigint           not null,
    updated_at bigint           not null,
    created_by text             not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
);
call keep_apart('playbooks');

-- A run keeps the document it was begun with; a later edit does not change what is under way.
create table playbook_runs (
    tenant_id   uuid             not null references tenants (id) on delete cascade,
    id          uuid             not null,
    playbook    text             not null,
    document    text             not null,
    task_id     uuid,
    state       text collate "C" not null,
    error       text,
    created_at  bigint           not null,
    finished_at bigint,
    created_by  text             not null,
    primary key (tenant_id, id)
);
call keep_apart('playbook_runs');
create index playbook_runs_open on playbook_runs (tenant_id, id) where state = 'in_progress';

create table playbook_steps (
    tenant_id   uuid             not null,
    run_id      uuid             not null,
    place       bigint           not null,
    name        text collate "C" not null,
    state       text collate "C" not null,
    task_id     uuid,
    result      text,
    error       text,
    started_at  bigint,
    finished_at bigint,
    primary key (tenant_id, run_id, place),
    foreign key (tenant_id, run_id) references playbook_runs (tenant_id, id) on delete cascade
);
call keep_apart('playbook_steps');

-- Objects of a mapping job, each done or not; a restart goes on with those that are not.
create table bulk_objects (
    tenant_id   uuid   not null references tenants (id) on delete cascade,
    task_id     uuid   not null,
    place       bigint not null,
    source      text   not null,
    system      text,
    object      text   not null,
    fields      text   not null,
    field_count bigint not null,
    proposals   text,
    mapped      bigint,
    done_at     bigint,
    primary key (tenant_id, task_id, place)
);
call keep_apart('bulk_objects');
create index bulk_objects_left on bulk_objects (tenant_id, task_id, place) where done_at is null;

-- Tenants as the start of a node needs them: whether there is something to run, and whose they are. It shows what whoever
-- asks may see: a transaction its tenant, the directory all.
call show_directory('connections');
call show_directory('tasks');
call show_directory('deliveries');
call show_directory('schedules');
call show_directory('playbook_runs');

create view tenant_refs with (security_invoker = true) as
select t.id, t.state, o.node_id, o.incarnation, o.epoch,
       exists (select 1 from connections c where c.tenant_id = t.id)
       or exists (select 1 from tasks w where w.tenant_id = t.id and w.state in ('queued', 'retry_wait'))
       or exists (select 1 from tasks w where w.tenant_id = t.id and w.state = 'in_progress')
       or exists (select 1 from deliveries d where d.tenant_id = t.id and d.state = 'waiting')
       or exists (select 1 from schedules s where s.tenant_id = t.id and not s.paused)
       or exists (select 1 from playbook_runs p where p.tenant_id = t.id and p.state = 'in_progress') as has_work
from tenants t join tenant_owner o on o.tenant_id = t.id;

create function every_tenant_ref() returns setof tenant_refs
    language sql stable security definer set search_path = autonomos, pg_temp
    as $$ select * from tenant_refs order by id $$;
