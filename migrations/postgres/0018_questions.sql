-- Questions to views that somebody saved: SQL, or said without it.

create table questions (
    tenant_id  uuid             not null references tenants (id) on delete cascade,
    id         uuid             not null,
    name       text collate "C" not null,
    body       text             not null,
    version    bigint           not null,
    created_at bigint           not null,
    updated_at bigint           not null,
    created_by text             not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
);
call keep_apart('questions');
