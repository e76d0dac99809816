# run    a living demo on this machine       test   everything that must hold
# check  formatting, lints, bans             bench  ratios against the peers, one JSON line a scenario
# cluster  three nodes on this machine, over private servers
.PHONY: run cluster test e2e check deny fuzz bench chaos eval setup-build setup-test setup-cluster
SHELL := /bin/bash
export DUCKDB_LIB_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/autonomos/duckdb-1.5.6
TARGET := $(or $(CARGO_TARGET_DIR),target)
DATA ?= data
LISTEN ?= 127.0.0.1:8080

setup-build:
	@.tools/setup build

setup-test:
	@.tools/setup test

setup-cluster:
	@.tools/setup cluster

run: setup-build
	cargo build --release --locked -p autonomos-api
	$(TARGET)/release/autonomos dev --data-dir $(DATA) --listen $(LISTEN)

# Three nodes on this machine, at this port and the two behind it; ctrl-c stops them, and what they keep stays.
cluster: setup-cluster
	cargo build --release --locked -p autonomos-api
	.tools/cluster $(TARGET)/release/autonomos $(DATA)/cluster $(lastword $(subst :, ,$(LISTEN)))

test: setup-test deny
	cargo test --workspace --locked
	cd web && npm test --silent
	cd web && npm run --silent e2e

# Only the console in a real browser against the real binary, which `make test` has built when it gets there.
e2e: setup-test
	cargo build --locked -p autonomos-api
	cd web && npm run --silent e2e

# Licences, bans, sources and known vulnerabilities of what is depended on.
deny: setup-build
	@.tools/deny

# Whatever the OpenAPI document allows, and more, as two tenants, for three minutes.
fuzz: setup-build
	cargo build --locked -p autonomos-api
	CARGO_TARGET_DIR=$(TARGET) .tools/fuzz

check: setup-build deny
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cd web && npm run --silent lint

bench: setup-build
	cargo build --release --locked -p autonomos-api -p autonomos-loadtest
	$(TARGET)/release/loadtest all --server $(TARGET)/release/autonomos

# Three nodes, their database and their Redis fail in every way, one after the other, while tenants go on.
chaos: setup-cluster
	cargo build --release --locked -p autonomos-api -p autonomos-loadtest
	$(TARGET)/release/loadtest chaos --server $(TARGET)/release/autonomos

eval: setup-build
	cargo run --release --locked -p autonomos-actors --example evaluate
