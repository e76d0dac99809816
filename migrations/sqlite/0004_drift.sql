-- Drifts of sources, questions to people, and what was said before.

create table drifts (
    tenant_id      blob    not null,
    id             blob    not null,
    connection_id  blob    not null,
    stream         text    not null,
    kind           text    not null,
    was            text,
    became         text,
    severity       text    not null,
    state          text    not null,
    confidence     real,
    evidence       text    not null,
    detected_seq   integer not null,
    mapping_before integer,
    mapping_after  integer,
    review_id      blob,
    detected_at    integer not null,
    updated_at     integer not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
) strict;
-- A batch that has a known open drift does not detect it again.
create unique index drifts_open on drifts (tenant_id, connection_id, stream, kind, coalesce(was, ''), coalesce(became, ''))
    where state in ('detected', 'review', 'quarantined');

create table reviews (
    tenant_id     blob    not null references tenants (id) on delete cascade,
    id            blob    not null,
    kind          text    not null,
    key           text,
    connection_id blob,
    subject       text    not null,
    proposal      text    not null,
    evidence      text    not null,
    confidence    real,
    state         text    not null,
    version       integer not null,
    assignee      blob,
    decided_by    text,
    decided_at    integer,
    decision      text,
    snoozed_until integer,
    expires_at    integer,
    created_at    integer not null,
    updated_at    integer not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id) on delete cascade
) strict;
create unique index reviews_waiting on reviews (tenant_id, kind, key) where state in ('pending', 'snoozed');
create index reviews_by_state on reviews (tenant_id, state, id);

create table decisions (
    tenant_id    blob    not null references tenants (id) on delete cascade,
    kind         text    not null,
    system       text    not null,
    object       text    not null,
    source_field text    not null,
    target       text    not null,
    verdict      text    not null,
    confidence   real,
    decided_by   text    not null,
    times        integer not null,
    decided_at   integer not null,
    primary key (tenant_id, kind, system, object, source_field, target)
) strict;
