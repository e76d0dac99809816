-- What language models were asked: calls, tokens and cost of a tenant, a row for each day, purpose and model.

create table model_use (
    tenant_id     blob    not null references tenants (id) on delete cascade,
    day           text    not null,
    purpose       text    not null,
    model         text    not null,
    calls         integer not null,
    failed        integer not null,
    input_tokens  integer not null,
    output_tokens integer not null,
    cost_micros   integer not null,
    primary key (tenant_id, day, purpose, model)
) strict;
