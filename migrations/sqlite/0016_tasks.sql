-- Tasks in great numbers, their logs, and how often a process ended while one ran.

-- Work without a key is in no index of keys, which most is.
drop index tasks_unfinished;
create unique index tasks_keyed on tasks (tenant_id, kind, key)
    where key is not null and state in ('queued', 'in_progress', 'retry_wait');
-- The few among many: what runs, waits for another attempt or ended badly is found without going through what was done.
create index tasks_by_state on tasks (tenant_id, state, id)
    where state in ('in_progress', 'retry_wait', 'failed', 'cancelled');

alter table tasks add column losses integer not null default 0;

create table task_lines (
    tenant_id blob    not null,
    task_id   blob    not null,
    n         integer not null,
    at        integer not null,
    attempt   integer not null,
    level     text    not null,
    message   text    not null,
    data      text,
    primary key (tenant_id, task_id, n),
    foreign key (tenant_id, task_id) references tasks (tenant_id, id) on delete cascade
) strict;
