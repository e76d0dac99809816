-- Lineage that others tell us, and what we have still to tell others.

-- Datasets of jobs that run elsewhere.
create table lineage_datasets (
    tenant_id blob    not null references tenants (id) on delete cascade,
    namespace text    not null,
    name      text    not null,
    fields    text    not null,
    seen_at   integer not null,
    primary key (tenant_id, namespace, name)
) strict;

-- Those jobs, as their last events said: what they read, what they write, and which column feeds which.
create table lineage_jobs (
    tenant_id blob    not null references tenants (id) on delete cascade,
    namespace text    not null,
    name      text    not null,
    run       text,
    state     text,
    inputs    text    not null,
    outputs   text    not null,
    columns   text    not null,
    event_at  integer,
    seen_at   integer not null,
    primary key (tenant_id, namespace, name)
) strict;

-- Run events that wait for a receiver, each sink its own line of them.
create table lineage_outbox (
    tenant_id blob    not null references tenants (id) on delete cascade,
    sink      text    not null,
    seq       integer not null,
    event     text    not null,
    made_at   integer not null,
    primary key (tenant_id, sink, seq)
) strict;
