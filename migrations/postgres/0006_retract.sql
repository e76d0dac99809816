-- Where the row of a replayed dead letter went, so that a repair that is taken back takes it along: the position of the
-- log entry, and the row inside. Set as long as the letter is replayed; unknown for those replayed before this.
alter table dead_letters add column replayed_seq bigint;
alter table dead_letters add column replayed_row bigint;
create index dead_letters_replayed on dead_letters (tenant_id, connection_id, stream, replayed_seq, replayed_row)
    where replayed_seq is not null;
