-- Many nodes over one database: who is there, who owns which tenant and who did, who places them, how busy they are.
-- Every change is one function with its preconditions in it, so that whoever was frozen or cut off changes nothing.

-- The database's own clock, in whole milliseconds: the only one that leases go by.
create function clock_millis() returns bigint language sql volatile
    as $$ select (extract(epoch from clock_timestamp()) * 1000)::bigint $$;

-- A row a start of a process: `active` or `draining` while it lives, `dead` or `left` for good.
create table cluster_nodes (
    node_id     text collate "C" not null,
    incarnation text collate "C" not null,
    address     text             not null,
    version     text             not null,
    state       text             not null,
    weight      bigint           not null,
    beat        bigint           not null,
    renewed_at  bigint           not null,
    lease_until bigint           not null,
    joined_at   bigint           not null,
    ended_at    bigint,
    primary key (node_id, incarnation)
) with (fillfactor = 50);

-- The right to place tenants: one row, which nobody holds at first.
create table cluster_placer (
    only_one    boolean          not null primary key default true check (only_one),
    node_id     text collate "C" not null,
    incarnation text collate "C" not null,
    epoch       bigint           not null
);
insert into cluster_placer (node_id, incarnation, epoch) values ('', '', 0);

-- Where the placer wants a tenant instead, and where an operator wants it whatever the load.
alter table tenant_owner add column want_node text collate "C";
alter table tenant_owner add column want_since bigint;
alter table tenant_owner add column pinned text collate "C";

-- Who owned a tenant under which epoch: the last thousand, written with the change itself.
create table owner_history (
    tenant_id   uuid   not null references tenants (id) on delete cascade,
    epoch       bigint not null,
    node_id     text   not null,
    incarnation text   not null,
    at          bigint not null,
    primary key (tenant_id, epoch)
);
call keep_apart('owner_history');
call show_directory('owner_history');
call show_directory('owner_history', 'delete');
create policy directory_insert on owner_history for insert to current_user with check (current_user <> session_user);

create function note_owner() returns trigger language plpgsql set search_path = autonomos, pg_temp as $$
begin
    insert into owner_history (tenant_id, epoch, node_id, incarnation, at)
        values (new.tenant_id, new.epoch, new.node_id, new.incarnation, clock_millis())
        on conflict do nothing;
    delete from owner_history where tenant_id = new.tenant_id and epoch <= new.epoch - 1000;
    return null;
end $$;
create trigger owner_changed after insert or update of epoch on tenant_owner
    for each row execute function note_owner();

-- How busy a tenant is, in hundreds of rows a second and one, apart from its owner row: that one is locked by every commit.
create table tenant_load (
    tenant_id   uuid   not null primary key references tenants (id) on delete cascade,
    load        bigint not null,
    log_rows    bigint not null,
    active_at   bigint not null,
    measured_at bigint not null
);
call keep_apart('tenant_load');
call show_directory('tenant_load');
call show_directory('tenant_load', 'update');
create policy directory_insert on tenant_load for insert to current_user with check (current_user <> session_user);
call show_directory('tenant_counters');

-- The fence: the first statement of every transaction that is begun under an ownership. A take-over waits for the end of
-- the transaction, or this one finds another owner.
create function fence(of_incarnation text, of_epoch bigint) returns void language plpgsql volatile as $$
begin
    perform 1 from tenant_owner
        where tenant_id = current_tenant() and incarnation = of_incarnation and epoch = of_epoch for share;
    if not found then
        raise exception using errcode = 'AU001', message = 'the tenant is owned otherwise';
    end if;
end $$;

-- A start of a process joins, unless another one of the same name was heard of within `quiet`: that one is told instead.
create function join_cluster(
    of_node text, of_incarnation text, at_address text, of_version text, of_weight bigint, ttl bigint, quiet bigint
) returns table (address text, heard bigint) language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(hashtext('autonomos.join'));
    return query select n.address, clock_millis() - n.renewed_at from cluster_nodes n
        where n.node_id = of_node and n.state in ('active', 'draining')
            and n.renewed_at > clock_millis() - quiet and n.lease_until <= clock_millis() + ttl
        order by n.renewed_at desc limit 1;
    if found then
        return;
    end if;
    delete from cluster_nodes n where n.ended_at < clock_millis() - 3600000;
    insert into cluster_nodes
        (node_id, incarnation, address, version, state, weight, beat, renewed_at, lease_until, joined_at)
        values (of_node, of_incarnation, at_address, of_version, 'active', of_weight, 1,
                clock_millis(), clock_millis() + ttl, clock_millis());
end $$;

-- Locked first and stamped then: a moment that is worked out before a wait for the lock is as old as the wait was long. One
-- whose name a younger start has taken is over.
create function renew_lease(of_node text, of_incarnation text, ttl bigint) returns boolean language plpgsql volatile as $$
begin
    perform 1 from cluster_nodes where node_id = of_node and incarnation = of_incarnation for no key update;
    update cluster_nodes n
        set beat = n.beat + 1, renewed_at = clock_millis(), lease_until = clock_millis() + ttl
        where n.node_id = of_node and n.incarnation = of_incarnation and n.state in ('active', 'draining')
            and not exists (
                select 1 from cluster_nodes y
                where y.node_id = n.node_id and y.state in ('active', 'draining')
                    and (y.joined_at, y.incarnation) > (n.joined_at, n.incarnation));
    return found;
end $$;

-- Dead is whose lease ran out and who was not heard of since `seen_beat`. A lease longer than any that is granted says that the
-- clock went back, and nothing else.
create function declare_dead(of_node text, of_incarnation text, seen_beat bigint, ttl bigint) returns boolean
    language plpgsql volatile as $$
begin
    perform 1 from cluster_nodes where node_id = of_node and incarnation = of_incarnation for no key update;
    update cluster_nodes set state = 'dead', ended_at = clock_millis()
        where node_id = of_node and incarnation = of_incarnation and state in ('active', 'draining') and beat = seen_beat
            and (lease_until < clock_millis() or lease_until > clock_millis() + ttl);
    return found;
end $$;

-- Whether an instance can own tenants.
create function node_lives(of_node text, of_incarnation text) returns boolean language sql stable as $$
    select exists (select 1 from cluster_nodes
        where node_id = of_node and incarnation = of_incarnation and state in ('active', 'draining'))
$$;

-- Every tenant that is served, as the sweep of a node needs it.
create function every_tenure() returns table (
    tenant_id uuid, node_id text, incarnation text, epoch bigint, want_node text, wanted_for bigint, pinned text,
    load bigint, idle bigint
) language sql volatile security definer set search_path = autonomos, pg_temp as $$
    select o.tenant_id, o.node_id, o.incarnation, o.epoch, o.want_node, clock_millis() - o.want_since, o.pinned,
           coalesce(l.load, 1), clock_millis() - coalesce(l.active_at, t.created_at)
    from tenant_owner o join tenants t on t.id = o.tenant_id left join tenant_load l on l.tenant_id = o.tenant_id
    where t.state <> 'deleting'
$$;

-- Those of the tenants whose owner is over, a batch of them; those that somebody's transaction holds come round again.
create function take_over_tenants(by_node text, by_incarnation text, tenants uuid[]) returns table (tenant_id uuid, epoch bigint)
    language plpgsql volatile security definer set search_path = autonomos, pg_temp as $$
begin
    perform 1 from cluster_nodes n
        where n.node_id = by_node and n.incarnation = by_incarnation and n.state = 'active' for share;
    if not found then
        return;
    end if;
    return query
        with free as (
            select o.tenant_id from tenant_owner o
            where o.tenant_id = any (tenants) and not node_lives(o.node_id, o.incarnation)
            order by o.tenant_id limit 200 for no key update of o skip locked
        )
        update tenant_owner o
        set node_id = by_node, incarnation = by_incarnation, epoch = o.epoch + 1, want_node = null, want_since = null
        from free where o.tenant_id = free.tenant_id
        returning o.tenant_id, o.epoch;
end $$;

create function claim_placing(by_node text, by_incarnation text) returns boolean language plpgsql volatile as $$
begin
    perform 1 from cluster_nodes where node_id = by_node and incarnation = by_incarnation and state = 'active' for share;
    if not found then
        return false;
    end if;
    perform 1 from cluster_placer for no key update;
    update cluster_placer p set node_id = by_node, incarnation = by_incarnation, epoch = p.epoch + 1
        where not node_lives(p.node_id, p.incarnation);
    return found;
end $$;

-- What the placer does is fenced by its own row, as what an owner does is by the tenant's.
create function places(by_node text, by_incarnation text, by_epoch bigint) returns boolean language plpgsql volatile as $$
begin
    perform 1 from cluster_placer
        where node_id = by_node and incarnation = by_incarnation and epoch = by_epoch for share;
    return found;
end $$;

create function want_tenant(
    by_node text, by_incarnation text, by_epoch bigint, of_tenant uuid, of_epoch bigint, to_node text
) returns boolean language plpgsql volatile security definer set search_path = autonomos, pg_temp as $$
begin
    if not places(by_node, by_incarnation, by_epoch) then
        return false;
    end if;
    update tenant_owner
        set want_node = to_node, want_since = case when to_node is null then null else clock_millis() end
        where tenant_id = of_tenant and epoch = of_epoch;
    return found;
end $$;

-- Gives a tenant that is owned so to the youngest active start of the node it is wanted on.
create function give_tenant(of_tenant uuid, of_node text, of_incarnation text, of_epoch bigint, to_node text)
    returns table (incarnation text, epoch bigint)
    language plpgsql volatile security definer set search_path = autonomos, pg_temp as $$
declare
    heir text;
begin
    select n.incarnation into heir from cluster_nodes n where n.node_id = to_node and n.state = 'active'
        order by n.joined_at desc, n.incarnation desc limit 1 for share;
    if heir is null then
        return;
    end if;
    return query
        update tenant_owner o
        set node_id = to_node, incarnation = heir, epoch = o.epoch + 1, want_node = null, want_since = null
        where o.tenant_id = of_tenant and o.epoch = of_epoch and o.want_node = to_node
            and (of_node is null or (o.node_id = of_node and o.incarnation = of_incarnation))
        returning o.incarnation, o.epoch;
end $$;

create function give_tenant_anyway(
    by_node text, by_incarnation text, by_epoch bigint, of_tenant uuid, of_epoch bigint, to_node text
) returns table (incarnation text, epoch bigint)
    language plpgsql volatile security definer set search_path = autonomos, pg_temp as $$
begin
    if places(by_node, by_incarnation, by_epoch) then
        return query select * from give_tenant(of_tenant, null, null, of_epoch, to_node);
    end if;
end $$;

-- A new epoch for the owner that stays: whatever it sent under the old one is refused whenever it arrives.
create function reclaim_tenant(of_tenant uuid, of_node text, of_incarnation text, of_epoch bigint) returns bigint
    language sql volatile security definer set search_path = autonomos, pg_temp as $$
        update tenant_owner set epoch = epoch + 1, want_node = null, want_since = null
        where tenant_id = of_tenant and node_id = of_node and incarnation = of_incarnation and epoch = of_epoch
        returning epoch
$$;

-- Looks how busy tenants were since they were looked at, `period` ago at most; answers how many were.
create function measure_tenants(period bigint) returns bigint
    language plpgsql volatile security definer set search_path = autonomos, pg_temp as $$
declare
    moment bigint := clock_millis();
    measured bigint;
begin
    insert into tenant_load (tenant_id, load, log_rows, active_at, measured_at)
        select c.tenant_id, 1, c.log_rows, moment, moment from tenant_counters c
        where not exists (select 1 from tenant_load l where l.tenant_id = c.tenant_id)
        on conflict do nothing;
    update tenant_load l set
            load = (l.load + 1 + least(1000000, greatest(0, c.log_rows - l.log_rows) * 10
                / greatest(1, least(period, moment - l.measured_at)))) / 2,
            active_at = case when c.log_rows <> l.log_rows then moment else l.active_at end,
            log_rows = c.log_rows, measured_at = moment
        from tenant_counters c
        where c.tenant_id = l.tenant_id and (c.log_rows <> l.log_rows or l.load > 1);
    get diagnostics measured = row_count;
    return measured;
end $$;

-- A node that runs alone owns every tenant, so it may not begin while others live: the address of one of them, if there is one.
create function somebody_else() returns text language sql volatile
    as $$ select address from cluster_nodes
          where state in ('active', 'draining') and lease_until > clock_millis() order by joined_at limit 1 $$;
