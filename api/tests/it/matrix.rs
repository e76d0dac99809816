//! The security matrix: each attack or mistake that concerns a single node, and the tests that show its answer. A row that
//! names a test which is not there fails, so that nobody removes one without seeing what it was for.
//!
//! Rows that need a second node, PostgreSQL as the store, or a part that is not built yet say so; whoever builds it puts the
//! tests in their place.

use std::path::{Path, PathBuf};

enum Shown {
    /// By these, each `file::test` from the root of the repository.
    By(&'static [&'static str]),
    /// Not on one node as it stands.
    NotHere(&'static str),
}
use Shown::{By, NotHere};

const MATRIX: [(&str, &str, Shown); 36] = [
    (
        "S1",
        "another tenant's object by its id",
        By(&["api/tests/it/isolation.rs::what_is_somebody_elses_is_not_there"]),
    ),
    (
        "S2",
        "a tenant in body, query, header or path",
        By(&[
            "api/tests/it/isolation.rs::a_tenant_named_by_the_caller_is_not_believed",
            "api/tests/it/canaries.rs::marks_of_one_tenant_are_in_nothing_of_the_other",
        ]),
    ),
    ("S3", "a database role that sees everybody", NotHere("PostgreSQL as the store")),
    (
        "S4",
        "a setting of a session that leaks through the pool",
        By(&[
            // The embedded store has no such setting; what a cancelled request leaves open is the same trouble.
            "runtime/src/store/conformance/whole.rs::cancelling_leaves_nothing_open",
        ]),
    ),
    ("S5", "no tenant set", NotHere("PostgreSQL as the store; the embedded one is bound by a scope")),
    ("S6", "ways around row security", NotHere("PostgreSQL as the store")),
    ("S7", "a tenant's SQL in the store's session", By(&["runtime/tests/tidy.rs::heavy_dependencies_have_one_home"])),
    (
        "S8",
        "forged, swapped, expired and foreign tokens",
        By(&[
            "api/tests/it/forged.rs::no_forged_token_gets_in",
            "api/tests/it/forged.rs::a_token_is_only_taken_from_its_place",
            "api/tests/it/oidc.rs::a_token_that_is_wrong_in_any_way_lets_nobody_in",
            "api/tests/it/life.rs::the_operators_routes_open_to_nobody_else",
            "api/src/auth/token.rs::a_private_key_signs_what_its_public_half_proves",
            "api/src/auth/operator.rs::a_token_is_good_for_minutes_under_its_secret",
        ]),
    ),
    (
        "S9",
        "empty or default secrets, demo accounts",
        By(&[
            "api/tests/it/command_line.rs::serve_does_not_start_without_a_secret_key",
            "api/tests/it/command_line.rs::dev_does_not_listen_to_the_world",
            "runtime/tests/tidy.rs::no_key_lies_in_the_tree",
        ]),
    ),
    (
        "S10",
        "public paths in other spellings",
        By(&[
            "api/tests/it/gateway.rs::every_documented_path_but_the_public_ones_wants_a_token",
            "api/src/gateway/access.rs::only_the_exact_spelling_is_public",
        ]),
    ),
    (
        "S11",
        "a role that does more than it may",
        By(&[
            "api/tests/it/roles.rs::every_route_takes_its_role_and_no_less",
            "api/tests/it/four_eyes.rs::an_edit_waits_for_somebody_else",
            "api/tests/it/api_keys.rs::a_key_is_not_a_person_and_not_more_than_one",
        ]),
    ),
    (
        "S12",
        "fields that nobody takes",
        By(&["api/tests/it/gateway.rs::a_field_that_nobody_takes_is_refused_everywhere"]),
    ),
    (
        "S13",
        "floods",
        By(&[
            "api/tests/it/gateway.rs::floods_are_told_when_to_come_back",
            "api/src/gateway/rate_limit.rs::a_flood_of_addresses_is_bounded_and_hurts_no_tenant",
            "api/src/gateway/rate_limit.rs::sessions_keys_streams_and_costly_calls_do_not_spend_each_others",
        ]),
    ),
    (
        "S14",
        "guessing passwords, probing for accounts",
        By(&[
            "api/tests/it/auth.rs::a_wrong_password_and_a_stranger_are_one_answer_and_guessing_ends",
            "api/tests/it/auth.rs::a_stranger_costs_as_long_as_somebody_known",
        ]),
    ),
    (
        "S15",
        "slow heads, slow and huge bodies, deep JSON",
        By(&[
            "api/tests/it/slow.rs::a_head_that_does_not_come_is_not_waited_for",
            "api/tests/it/slow.rs::a_head_has_an_end",
            "api/tests/it/slow.rs::a_body_that_does_not_come_is_a_408",
            "api/tests/it/slow.rs::whoever_takes_nothing_is_cut_off",
            "api/tests/it/slow.rs::when_all_places_are_taken_the_next_one_waits",
            "api/tests/it/slow.rs::what_is_no_request_is_refused",
            "api/tests/it/gateway.rs::bodies_have_an_end_a_type_and_a_depth",
        ]),
    ),
    (
        "S16",
        "addresses that lead inside",
        By(&[
            "actors/src/outside/network.rs::every_private_form_is_inside",
            "actors/src/outside/network.rs::a_wrapped_address_is_what_it_leads_to",
            "actors/src/outside/address.rs::what_leads_inside_is_refused_in_every_notation",
            "actors/src/outside/client/tests.rs::a_name_is_judged_by_the_address_that_is_connected_to",
            "actors/src/outside/client/tests.rs::a_name_that_changes_its_mind_between_two_calls_is_looked_at_each_time",
            "actors/src/outside/client/tests.rs::one_address_inside_among_others_is_enough_to_refuse",
            "actors/src/outside/client/tests.rs::nobody_is_followed_elsewhere",
            "api/tests/it/webhooks.rs::an_address_that_leads_inside_is_refused_when_a_task_is_asked_for",
            "api/tests/it/webhooks.rs::nobody_is_followed_elsewhere_and_who_is_gone_is_left_alone",
            // The provider is the operator's choice; it is asked over TLS or on this machine, and redirects are not followed.
            "api/src/auth/oidc/fetch.rs::only_tls_or_this_machine_is_asked",
        ]),
    ),
    (
        "S17",
        "signatures of what is sent, replay of what comes",
        By(&[
            // Nothing comes in that would have to be checked; what goes out is checked as its receivers do.
            "api/tests/it/webhooks.rs::a_callback_is_signed_and_nothing_of_it_can_be_changed",
            "api/tests/it/webhooks.rs::two_secrets_sign_while_one_gives_way_to_the_next",
            "api/tests/it/webhooks.rs::a_message_survives_and_is_sent_again_under_its_id",
            "actors/src/delivery/signature.rs::it_signs_as_the_specification_has_it",
            "actors/src/delivery/signature.rs::whatever_changes_changes_the_signature",
        ]),
    ),
    (
        "S18",
        "injection into a question to a view",
        By(&[
            "actors/src/dcl/tests/views.rs::filters_of_every_type_select_what_they_say",
            "actors/src/dcl/filter.rs::operators_become_conditions_with_binds",
            "actors/src/dcl/filter.rs::wrong_filters_name_themselves_and_what_would_be_right",
        ]),
    ),
    ("S19", "raw SQL", NotHere("no tenant's SQL is run by this version")),
    ("S20", "a query that eats the node", NotHere("no tenant's SQL is run by this version")),
    (
        "S21",
        "statements of our own that read beyond the views",
        By(&["actors/src/dcl/tests/views.rs::checks_query_the_views_by_sql_and_cannot_write_or_reach_files"]),
    ),
    (
        "S22",
        "file names that lead outside",
        By(&[
            "actors/src/files/path.rs::what_may_be_named",
            "actors/src/files/disk/tests.rs::links_devices_and_pipes_are_refused",
            "actors/src/files/disk/tests.rs::a_folder_swapped_for_a_link_while_opening_never_leads_out",
        ]),
    ),
    (
        "S23",
        "files that are tricks",
        By(&[
            "actors/src/connector/sources/files/csv/tests.rs::any_bytes_are_rows_rejects_or_an_error",
            "actors/src/connector/sources/files/tests.rs::lines_that_each_bring_a_field_do_not_fill_the_memory",
            "actors/src/connector/sources/files/tests.rs::a_page_that_repeats_a_long_word_costs_what_the_limits_allow",
        ]),
    ),
    ("S24", "formulas in an export", By(&["actors/src/dcl/export.rs::cells_are_quoted_and_formulas_defused"])),
    (
        "S25",
        "secrets at rest",
        By(&[
            "runtime/src/secrets/mod.rs::a_secret_opens_for_its_tenant_purpose_and_key_only",
            "runtime/src/secrets/mod.rs::a_new_master_key_wraps_the_tenants_rows_and_touches_nothing_else",
            "api/tests/it/at_rest.rs::what_is_sealed_is_nowhere_in_the_data_and_opens_under_its_key_only",
            "api/tests/it/api_keys.rs::a_key_at_rest_is_a_hash_also_where_an_answer_is_kept",
        ]),
    ),
    (
        "S26",
        "secrets in logs, errors and metrics",
        By(&[
            "api/tests/it/canaries.rs::marks_of_one_tenant_are_in_nothing_of_the_other",
            "runtime/src/secrets/redact.rs::running_text_loses_its_secrets_and_nothing_else",
            "api/src/error.rs::a_problem_names_code_field_and_remedy_and_hides_its_source",
        ]),
    ),
    (
        "S27",
        "live streams without or with another's credential",
        By(&[
            "api/tests/it/socket.rs::strangers_and_foreign_pages_are_sent_away",
            "api/tests/it/live.rs::a_ticket_opens_one_stream_once",
            "api/tests/it/live.rs::a_stream_ends_with_its_session",
            "api/tests/it/socket.rs::a_socket_ends_with_its_session",
        ]),
    ),
    ("S28", "abuse of a socket", By(&["api/tests/it/socket.rs::large_frames_binary_and_chatter_end_a_socket"])),
    (
        "S29",
        "what a browser may do with answers",
        By(&[
            "api/tests/it/gateway.rs::no_answer_is_for_another_sites_script",
            "api/tests/it/console.rs::a_browser_gets_the_console_at_any_of_its_pages",
        ]),
    ),
    ("S30", "endpoints between nodes", NotHere("a cluster")),
    ("S31", "the bus as a way in", NotHere("a cluster")),
    (
        "S32",
        "metrics that tell of tenants",
        By(&[
            "api/tests/it/canaries.rs::marks_of_one_tenant_are_in_nothing_of_the_other",
            "api/tests/it/gateway.rs::health_and_pages_need_no_token_and_tell_little",
        ]),
    ),
    ("S33", "data that gives agents orders", NotHere("no agent calls a language model in this version")),
    ("S34", "dependencies", By(&["api/tests/it/matrix.rs::dependencies_are_asked_about_by_the_continuous_build"])),
    (
        "S35",
        "changes that leave no trace",
        By(&[
            "api/tests/it/audited.rs::every_change_is_told_of",
            "runtime/src/store/conformance/audit.rs::an_edit_shows_in_the_chain",
            "runtime/src/store/conformance/audit.rs::a_person_changes_nothing_unnoted",
        ]),
    ),
    (
        "S36",
        "what a deleted tenant leaves",
        By(&[
            "api/tests/it/life.rs::a_deleted_tenant_leaves_nothing_behind",
            "api/tests/it/life.rs::an_erasure_goes_on_after_a_crash_at_every_step",
            "runtime/src/store/conformance/tenants.rs::deleting_leaves_nothing",
        ]),
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

#[test]
fn every_row_names_tests_that_are_there() {
    let mut missing = Vec::new();
    for (at, (number, what, shown)) in MATRIX.iter().enumerate() {
        assert_eq!(*number, format!("S{}", at + 1), "{what}");
        let By(tests) = shown else { continue };
        assert!(!tests.is_empty(), "{number}: {what}");
        for test in *tests {
            let (file, name) = test.split_once("::").unwrap();
            let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
            if !text.contains(&format!("fn {name}(")) {
                missing.push(format!("{number} ({what}): {test}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    let silent = MATRIX.iter().find(|(.., shown)| matches!(shown, NotHere(why) if why.is_empty()));
    assert!(silent.is_none(), "a row that is not shown says why");
}

#[test]
fn dependencies_are_asked_about_by_the_continuous_build() {
    let of = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    assert!(of(".ci/run").lines().any(|line| line == "make test"));
    let makefile = of("Makefile");
    let before_tests = makefile.lines().find_map(|line| line.strip_prefix("test:")).unwrap();
    assert!(before_tests.split_whitespace().any(|target| target == "deny"), "what the one command asks first");
    let rules = of(".deny.toml");
    for part in ["[advisories]", "[licenses]", "[bans]", "unknown-registry = \"deny\"", "unknown-git = \"deny\""] {
        assert!(rules.contains(part), "{part}");
    }
    assert!(root().join("Cargo.lock").exists());
}
