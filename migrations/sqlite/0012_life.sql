-- A tenant's life: its sealing key, who suspended it, its end; and the identities by which its people sign in elsewhere.

-- The key that everything sealed for the tenant is sealed under, itself sealed. Without the row all of that is noise.
create table sealing_keys (
    tenant_id blob    not null primary key references tenants (id) on delete cascade,
    sealed    blob    not null,
    made_at   integer not null
) strict;

-- Whether the platform suspended it; its own admins cannot resume it then.
alter table tenants add column held integer not null default 0;

-- Ends of tenants. A row outlives its tenant and holds nothing of it: it is what is left to do, and later the proof that it
-- was done.
create table erasures (
    tenant      blob    not null primary key,
    asked_by    text    not null,
    asked_at    integer not null,
    finished_at integer
) strict;
create index erasures_open on erasures (asked_at) where finished_at is null;

-- Who somebody is at an identity provider.
create table identities (
    issuer       text    not null,
    subject      text    not null,
    tenant_id    blob    not null,
    user_id      blob    not null,
    email        text    not null,
    made_at      integer not null,
    last_used_at integer not null,
    primary key (issuer, subject),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) strict;
create index identities_by_user on identities (tenant_id, user_id);
