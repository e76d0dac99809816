-- Lineage that others tell us, and what we have still to tell others.

-- Datasets of jobs that run elsewhere.
create table lineage_datasets (
    tenant_id uuid             not null references tenants (id) on delete cascade,
    namespace text collate "C" not null,
    name      text collate "C" not null,
    fields    text             not null,
    seen_at   bigint           not null,
    primary key (tenant_id, namespace, name)
);
call keep_apart('lineage_datasets');

-- Those jobs, as their last events said: what they read, what they write, and which column feeds which.
create table lineage_jobs (
    tenant_id uuid             not null references tenants (id) on delete cascade,
    namespace text collate "C" not null,
    name      text collate "C" not null,
    run       text,
    state     text,
    inputs    text             not null,
    outputs   text             not null,
    columns   text             not null,
    event_at  bigint,
    seen_at   bigint           not null,
    primary key (tenant_id, namespace, name)
);
call keep_apart('lineage_jobs');

-- Run events that wait for a receiver, each sink its own line of them.
create table lineage_outbox (
    tenant_id uuid             not null references tenants (id) on delete cascade,
    sink      text collate "C" not null,
    seq       bigint           not null,
    event     text             not null,
    made_at   bigint           not null,
    primary key (tenant_id, sink, seq)
);
call keep_apart('lineage_outbox');
