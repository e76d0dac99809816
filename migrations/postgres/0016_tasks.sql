-- Tasks in great numbers, their logs, and how often a process ended while one ran.

-- Work without a key is in no index of keys, which most is.
drop index tasks_unfinished;
create unique index tasks_keyed on tasks (tenant_id, kind, key)
    where key is not null and state in ('queued', 'in_progress', 'retry_wait');
-- The few among many: what runs, waits for another attempt or ended badly is found without going through what was done.
create index tasks_by_state on tasks (tenant_id, state, id)
    where state in ('in_progress', 'retry_wait', 'failed', 'cancelled');

alter table tasks add column losses bigint not null default 0;

create table task_lines (
    tenant_id uuid             not null,
    task_id   uuid             not null,
    n         bigint           not null,
    at        bigint           not null,
    attempt   bigint           not null,
    level     text collate "C" not null,
    message   text             not null,
    data      text,
    primary key (tenant_id, task_id, n),
    foreign key (tenant_id, task_id) references tasks (tenant_id, id) on delete cascade
);
call keep_apart('task_lines');

create function count_every_task(out running bigint, out orphaned bigint, out waiting bigint)
    language sql stable security definer set search_path = autonomos, pg_temp
    as $$
        select
            (select count(*) from tasks where state = 'in_progress'),
            (select count(*) from tasks t join tenant_owner o on o.tenant_id = t.tenant_id
                where t.state = 'in_progress' and t.epoch < o.epoch),
            (select count(*) from tasks where state in ('queued', 'retry_wait'))
    $$;
