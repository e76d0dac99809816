-- Keys that programs sign in with, who proposed what a review asks about, and the ways the audit is searched.

-- A key is kept as its hash; `hint` is what people know it by. Its owner's rights bound what it may do.
create table api_keys (
    tenant_id    blob    not null,
    id           blob    not null,
    owner_id     blob    not null,
    hash         blob    not null unique,
    hint         text    not null,
    name         text    not null,
    scopes       text    not null,
    created_at   integer not null,
    expires_at   integer not null,
    last_used_at integer,
    revoked_at   integer,
    primary key (tenant_id, id),
    foreign key (tenant_id, owner_id) references users (tenant_id, id) on delete cascade
) strict;
create index api_keys_by_owner on api_keys (tenant_id, owner_id);

-- The person behind the proposal as it stands; a part of the platform is nobody.
alter table reviews add column proposed_by blob;

create index audit_by_subject on audit (tenant_id, subject, seq);
create index audit_by_actor on audit (tenant_id, actor, seq);
