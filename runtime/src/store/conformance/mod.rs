//! What every store must do, written once: for each noun round-trip, conflict, paging, roll-back on drop, and *tenant B
//! cannot see it*; for the whole, two writers and cancellation. A backend is named in one line:
//!
//! ```ignore
//! autonomos_runtime::store_conformance!(sqlite, my_fixture);   // async fn my_fixture() -> World
//! ```

pub mod agents;
pub mod api_keys;
pub mod audit;
pub mod bulk_mappings;
pub mod connections;
pub mod dead_letters;
pub mod decisions;
pub mod deliveries;
pub mod demo;
pub mod directory;
pub mod drifts;
pub mod files;
pub mod idempotency;
pub mod identities;
pub mod lineage;
pub mod log;
pub mod mappings;
pub mod model_use;
pub mod owners;
pub mod playbooks;
pub mod questions;
pub mod reviews;
pub mod schedules;
pub mod sealing_keys;
pub mod sessions;
pub mod settings;
pub mod streams;
pub mod tasks;
pub mod tenants;
pub mod tokens;
pub mod users;
pub mod whole;

use std::sync::Arc;

use serde_json::json;

use super::{BatchCommit, Connection, NewConnection, NewStream, NewUser, Role, Store, StreamUpdate, Tx, User};
use crate::canonical::batch_id;
use crate::canonical::mapping::{FieldRule, Mapping, Origin, Transform};
use crate::clock::ManualClock;
use crate::ids::{ConnectionId, TraceId};
use crate::{Actor, Scope};

/// A fresh store with two tenants that know nothing of each other.
pub struct World {
    /// The store under test.
    pub store: Arc<dyn Store>,
    /// The clock it was opened with.
    pub clock: Arc<ManualClock>,
    /// Tenant A.
    pub a: Scope,
    /// Tenant B.
    pub b: Scope,
    /// A's admin.
    pub admin: User,
    /// Whatever keeps the store's files until the test ends.
    pub guard: Box<dyn std::any::Any + Send + Sync>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl World {
    /// Puts the two tenants into a store.
    pub async fn new(
        store: Arc<dyn Store>,
        clock: Arc<ManualClock>,
        guard: Box<dyn std::any::Any + Send + Sync>,
    ) -> Self {
        let trace = TraceId::new(store.ambient());
        let admin = |email: &str| NewUser {
            email: email.into(),
            name: "Ada".into(),
            role: Role::Admin,
            password: Some(super::PasswordHash("$argon2id$canary".into())),
        };
        let (a, user) = store.directory().register("A", admin("Ada@A.example"), trace).await.unwrap();
        let (b, _) = store.directory().register("B", admin("ada@b.example"), trace).await.unwrap();
        // As the platform: what a person does would have to be noted, and notes are the audit's own test.
        let scope = |tenant| Scope::new(tenant, Actor::System("suite"), trace);
        let (a, b) = (scope(a.id), scope(b.id));
        Self { store, clock, a, b, admin: user, guard }
    }

    /// A writing transaction of A.
    pub async fn begin(&self) -> Box<dyn Tx> {
        self.store.begin(&self.a).await.unwrap()
    }

    /// A reading transaction of A.
    pub async fn read(&self) -> Box<dyn Tx> {
        self.store.read(&self.a).await.unwrap()
    }

    /// A writing transaction of B, who should not see A's.
    pub async fn stranger(&self) -> Box<dyn Tx> {
        self.store.begin(&self.b).await.unwrap()
    }

    /// A saved connection of A with a stream `accounts`.
    pub async fn connection(&self) -> Connection {
        let mut tx = self.begin().await;
        let connection = tx.create_connection(new_connection("crm")).await.unwrap();
        tx.ensure_stream(new_stream(connection.id)).await.unwrap();
        tx.save().await.unwrap();
        connection
    }
}

/// A connection to be.
pub fn new_connection(name: &str) -> NewConnection {
    NewConnection {
        name: name.into(),
        kind: "file".into(),
        config: json!({ "path": "crm/*.csv" }),
        policy: json!({}),
        ..NewConnection::default()
    }
}

/// A stream `accounts` to be.
pub fn new_stream(connection: ConnectionId) -> NewStream {
    NewStream { connection_id: connection, name: "accounts".into(), object: Some("Account".into()), schema: None }
}

/// A batch of the stream `accounts` under the first epoch.
pub fn batch(connection: ConnectionId, from: Option<&str>, to: &str, rows: u64) -> BatchCommit {
    BatchCommit {
        epoch: 1,
        batch_id: batch_id(&connection.to_string(), "accounts", from, to),
        connection,
        stream: "accounts".into(),
        entity: "account".into(),
        mapping_version: 1,
        fingerprint: "f".into(),
        rows,
        cursor_from: from.map(Into::into),
        cursor_to: to.into(),
        payload: format!("rows {from:?}..{to}").into_bytes().into(),
        dead_letters: Vec::new(),
        stream_update: StreamUpdate::default(),
        drifts: Vec::new(),
    }
}

/// Rules that map one field.
pub fn mapping(source: &str) -> Mapping {
    Mapping {
        version: 0,
        entity: "account".into(),
        rules: vec![FieldRule {
            source_path: source.into(),
            field: "name".into(),
            transform: Transform::None,
            confidence: 0.93,
            origin: Origin::Rule,
            lenient: false,
        }],
        key: vec!["Id".into()],
        order_by: None,
    }
}

/// Runs the whole suite against one backend: `store_conformance!(name, async fn() -> World)`.
#[macro_export]
macro_rules! store_conformance {
    ($backend:ident, $fixture:ident) => {
        $crate::store_conformance! { @all $backend, $fixture,
            agents: [round_trip, a_finding_is_updated_not_found_again, paging, a_stranger_sees_nothing];
            api_keys: [round_trip, bounded_by_its_owner_and_its_time, a_stranger_sees_nothing];
            audit: [round_trip, it_is_searched, a_person_changes_nothing_unnoted, an_edit_shows_in_the_chain,
                a_stranger_sees_nothing];
            bulk_mappings: [round_trip, a_stranger_sees_nothing];
            connections: [round_trip, a_name_is_taken_once, an_old_version_is_stale, paging, deleting_purges,
                a_stranger_sees_nothing];
            dead_letters: [round_trip, thousands_keep_their_order, replayed_ones_know_their_place,
                a_stranger_sees_nothing];
            decisions: [round_trip, a_stranger_sees_nothing];
            deliveries: [round_trip, each_end_of_a_task_is_told, secrets_rotate_with_an_overlap, a_stranger_sees_nothing];
            demo: [round_trip, a_stranger_sees_nothing];
            directory: [registering_makes_a_tenant, an_address_is_taken_once, every_tenant_is_listed,
                space_is_told_and_given_back];
            drifts: [round_trip, an_open_drift_is_not_detected_twice, a_stranger_sees_nothing];
            files: [round_trip, a_stranger_sees_nothing];
            idempotency: [round_trip, keys_end, a_stranger_sees_nothing];
            identities: [round_trip, a_stranger_sees_nothing];
            lineage: [what_others_tell, a_line_for_each_sink, a_stamp_changes_with_what_it_is_of,
                a_stranger_sees_nothing];
            log: [numbers_are_gapless, a_batch_is_taken_once, a_cursor_moves_from_where_it_stands,
                a_batch_without_rows_moves_the_cursor, everything_of_a_batch_or_nothing, reading_keeps_to_its_budget,
                entries_are_appended_once, compaction_keeps_positions, compaction_writes_over_nothing,
                an_outline_of_a_stream, a_fenced_owner_writes_nothing, two_writers_of_one_stream,
                a_stranger_sees_nothing];
            mappings: [adoption, a_stale_adoption_is_refused, a_revert_is_a_further_version,
                rules_taken_back_take_replayed_rows_along, a_stranger_sees_nothing];
            model_use: [calls_add_up, a_stranger_sees_nothing];
            owners: [the_fence, begun_as_an_owner, former_owners];
            playbooks: [round_trip, a_stranger_sees_nothing];
            questions: [round_trip, a_stranger_sees_nothing];
            reviews: [round_trip, two_deciders, waiting_and_expiry, one_question_a_key, a_stranger_sees_nothing];
            schedules: [round_trip, a_stranger_sees_nothing];
            sealing_keys: [round_trip, none_on_the_way_out, a_stranger_sees_nothing];
            sessions: [round_trip, a_spent_token_revokes_the_family, a_stranger_sees_nothing];
            settings: [round_trip, a_stranger_sees_nothing];
            streams: [round_trip, rewinding, a_stranger_sees_nothing];
            tasks: [round_trip, slots, attempts_run_out, cancelling, what_a_dead_epoch_left, done_at_once, the_log,
                one_task_a_key, paging, a_stranger_sees_nothing];
            tenants: [round_trip, deleting_leaves_nothing];
            tokens: [once, for_its_purpose_and_in_time];
            users: [round_trip, the_last_admin_stays, paging, a_stranger_sees_nothing];
            whole: [forgetting_to_save, two_writers, cancelling_leaves_nothing_open, a_reader_cannot_write,
                a_reader_sees_one_moment, a_made_up_cursor];
        }
    };
    (@all $backend:ident, $fixture:ident, $($noun:ident: [$($test:ident),+ $(,)?];)+) => {
        mod $backend {
            $(mod $noun {
                $(#[tokio::test]
                async fn $test() {
                    let world = super::super::$fixture().await;
                    $crate::store::conformance::$noun::$test(&world).await;
                })+
            })+
        }
    };
}
