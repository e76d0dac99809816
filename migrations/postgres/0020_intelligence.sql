-- What language models were asked: calls, tokens and cost of a tenant, a row for each day, purpose and model.

create table model_use (
    tenant_id     uuid             not null references tenants (id) on delete cascade,
    day           text collate "C" not null,
    purpose       text collate "C" not null,
    model         text collate "C" not null,
    calls         bigint           not null,
    failed        bigint           not null,
    input_tokens  bigint           not null,
    output_tokens bigint           not null,
    cost_micros   bigint           not null,
    primary key (tenant_id, day, purpose, model)
);
call keep_apart('model_use');
