-- Drifts of sources, questions to people, and what was said before.

create table drifts (
    tenant_id      uuid             not null,
    id             uuid             not null,
    connection_id  uuid             not null,
    stream         text collate "C" not null,
    kind           text collate "C" not null,
    was            text collate "C",
    became         text collate "C",
    severity       text             not null,
    state          text collate "C" not null,
    confidence     double precision,
    evidence       text             not null,
    detected_seq   bigint           not null,
    mapping_before bigint,
    mapping_after  bigint,
    review_id      uuid,
    detected_at    bigint           not null,
    updated_at     bigint           not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
);
call keep_apart('drifts');
-- A batch that has a known open drift does not detect it again.
create unique index drifts_open on drifts (tenant_id, connection_id, stream, kind, coalesce(was, ''), coalesce(became, ''))
    where state in ('detected', 'review', 'quarantined');

create table reviews (
    tenant_id     uuid             not null references tenants (id) on delete cascade,
    id            uuid             not null,
    kind          text collate "C" not null,
    key           text collate "C",
    connection_id uuid,
    subject       text             not null,
    proposal      text             not null,
    evidence      text             not null,
    confidence    double precision,
    state         text collate "C" not null,
    version       bigint           not null,
    assignee      uuid,
    decided_by    text,
    decided_at    bigint,
    decision      text,
    snoozed_until bigint,
    expires_at    bigint,
    created_at    bigint           not null,
    updated_at    bigint           not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
);
call keep_apart('reviews');
create unique index reviews_waiting on reviews (tenant_id, kind, key) where state in ('pending', 'snoozed');
create index reviews_by_state on reviews (tenant_id, state, id);

create table decisions (
    tenant_id    uuid             not null references tenants (id) on delete cascade,
    kind         text collate "C" not null,
    system       text collate "C" not null,
    object       text collate "C" not null,
    source_field text collate "C" not null,
    target       text collate "C" not null,
    verdict      text             not null,
    confidence   double precision,
    decided_by   text             not null,
    times        bigint           not null,
    decided_at   bigint           not null,
    primary key (tenant_id, kind, system, object, source_field, target)
);
call keep_apart('decisions');
