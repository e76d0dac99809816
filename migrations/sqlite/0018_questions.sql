-- Questions to views that somebody saved: SQL, or said without it.

create table questions (
    tenant_id  blob    not null references tenants (id) on delete cascade,
    id         blob    not null,
    name       text    not null,
    body       text    not null,
    version    integer not null,
    created_at integer not null,
    updated_at integer not null,
    created_by text    not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
) strict;
