-- Keys that programs sign in with, who proposed what a review asks about, and the ways the audit is searched.

-- A key is kept as its hash; `hint` is what people know it by. Its owner's rights bound what it may do.
create table api_keys (
    tenant_id    uuid   not null,
    id           uuid   not null,
    owner_id     uuid   not null,
    hash         bytea  not null unique,
    hint         text   not null,
    name         text   not null,
    scopes       text   not null,
    created_at   bigint not null,
    expires_at   bigint not null,
    last_used_at bigint,
    revoked_at   bigint,
    primary key (tenant_id, id),
    foreign key (tenant_id, owner_id) references users (tenant_id, id) on delete cascade
);
call keep_apart('api_keys');
create index api_keys_by_owner on api_keys (tenant_id, owner_id);

-- The person behind the proposal as it stands; a part of the platform is nobody.
alter table reviews add column proposed_by uuid;

create index audit_by_subject on audit (tenant_id, subject, seq);
create index audit_by_actor on audit (tenant_id, actor, seq);

call show_directory('api_keys');
call show_directory('api_keys', 'update');
call show_directory('api_keys', 'delete');

create function tenant_of_api_key(of_hash bytea) returns uuid
    language sql stable security definer set search_path = autonomos, pg_temp
    as $$ select tenant_id from api_keys where hash = of_hash $$;

-- Forgets what is past its time. Two nodes that do it at once leave each other's rows alone.
create function sweep_every_tenant(until_now bigint, ended_until bigint) returns bigint
    language sql volatile security definer set search_path = autonomos, pg_temp
    as $$ 
        with past as (select hash from tokens where expires_at <= until_now for update skip locked),
             gone as (delete from tokens t using past where t.hash = past.hash returning 1),
             late as (select tenant_id, route, key from idempotency where expires_at <= until_now for update skip locked),
             answers as (delete from idempotency i using late
                 where (i.tenant_id, i.route, i.key) = (late.tenant_id, late.route, late.key) returning 1),
             ended as (select id from sessions where coalesce(revoked_at, expires_at) <= ended_until for update skip locked),
             signed_out as (delete from sessions s using ended where s.id = ended.id returning 1),
             spent as (select hash from api_keys where coalesce(revoked_at, expires_at) <= ended_until for update skip locked),
             keys as (delete from api_keys k using spent where k.hash = spent.hash returning 1)
        select (select count(*) from gone) + (select count(*) from answers) + (select count(*) from signed_out)
             + (select count(*) from keys)
     $$;
