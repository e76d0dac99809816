-- A tenant's life: its sealing key, who suspended it, its end; and the identities by which its people sign in elsewhere.

-- The key that everything sealed for the tenant is sealed under, itself sealed. Without the row all of that is noise.
create table sealing_keys (
    tenant_id uuid   not null primary key references tenants (id) on delete cascade,
    sealed    bytea  not null,
    made_at   bigint not null
);
call keep_apart('sealing_keys');

-- Whether the platform suspended it; its own admins cannot resume it then.
alter table tenants add column held boolean not null default false;

-- Ends of tenants. A row outlives its tenant and holds nothing of it: it is what is left to do, and later the proof that it
-- was done.
create table erasures (
    tenant      uuid   not null primary key,
    asked_by    text   not null,
    asked_at    bigint not null,
    finished_at bigint
);
call keep_apart('erasures', 'tenant');
create index erasures_open on erasures (asked_at) where finished_at is null;

-- Who somebody is at an identity provider.
create table identities (
    issuer       text collate "C" not null,
    subject      text collate "C" not null,
    tenant_id    uuid             not null,
    user_id      uuid             not null,
    email        text             not null,
    made_at      bigint           not null,
    last_used_at bigint           not null,
    primary key (issuer, subject),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
call keep_apart('identities');
create index identities_by_user on identities (tenant_id, user_id);

call show_directory('erasures');
call show_directory('identities');

create function every_erasure(at_most bigint) returns setof erasures
    language sql stable security definer set search_path = autonomos, pg_temp
    as $$ select * from erasures order by finished_at is not null, asked_at desc limit at_most $$;
create function tenant_of_identity(of_issuer text, of_subject text) returns uuid
    language sql stable security definer set search_path = autonomos, pg_temp
    as $$ select tenant_id from identities where issuer = of_issuer and subject = of_subject $$;
