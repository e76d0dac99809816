-- Who owned a tenant under which epoch: the last thousand, written with the change itself. One process owns all of them here,
-- so who else is there, who places tenants and how busy they are has no rows.

create table owner_history (
    tenant_id   blob    not null references tenants (id) on delete cascade,
    epoch       integer not null,
    node_id     text    not null,
    incarnation text    not null,
    at          integer not null,
    primary key (tenant_id, epoch)
) strict;

create trigger owner_made after insert on tenant_owner begin
    insert or ignore into owner_history (tenant_id, epoch, node_id, incarnation, at)
        values (new.tenant_id, new.epoch, new.node_id, new.incarnation,
                cast((julianday('now') - 2440587.5) * 86400000 as integer));
end;

create trigger owner_changed after update of epoch on tenant_owner begin
    insert or ignore into owner_history (tenant_id, epoch, node_id, incarnation, at)
        values (new.tenant_id, new.epoch, new.node_id, new.incarnation,
                cast((julianday('now') - 2440587.5) * 86400000 as integer));
    delete from owner_history where tenant_id = new.tenant_id and epoch <= new.epoch - 1000;
end;
