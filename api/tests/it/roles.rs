//! Who may do what: the least role of every documented route. Whoever has less is refused before anything is read, and
//! whoever has it is not; a key without a scope for the route is refused as well. A route that is not in the table fails.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

/// Routes that take more than looking. What is not here, and reads, is for every member; what is not here and does not
/// read fails.
const LEAST: &[(&str, &str, &str)] = &[
    ("delete", "/api/v1/aam/connections/{id}", "admin"),
    ("delete", "/api/v1/api-keys/{id}", "operator"),
    ("delete", "/api/v1/auth/sessions/{id}", "viewer"),
    ("delete", "/api/v1/files/{path}", "operator"),
    ("delete", "/api/v1/bulk-mappings/{id}", "operator"),
    ("delete", "/api/v1/playbook-runs/{id}", "operator"),
    ("delete", "/api/v1/playbooks/{id}", "operator"),
    ("delete", "/api/v1/schedules/{id}", "operator"),
    ("delete", "/api/v1/tasks/{id}", "operator"),
    ("get", "/api/v1/aam/connections/{id}/discover", "operator"),
    ("get", "/api/v1/aam/connections/{id}/preview", "operator"),
    ("delete", "/api/v1/admin/tenant", "admin"),
    ("get", "/api/v1/admin/cluster", "admin"),
    ("get", "/api/v1/admin/tenant", "admin"),
    ("get", "/api/v1/admin/tenant/exports/{id}", "admin"),
    ("get", "/api/v1/api-keys", "operator"),
    ("get", "/api/v1/audit", "admin"),
    ("get", "/api/v1/audit/export", "admin"),
    ("get", "/api/v1/audit/verify", "admin"),
    ("get", "/api/v1/admin/alerts", "admin"),
    ("get", "/api/v1/admin/model-use", "admin"),
    ("get", "/api/v1/config/export", "operator"),
    ("get", "/api/v1/webhooks/deliveries", "operator"),
    ("get", "/api/v1/webhooks/deliveries/{id}", "operator"),
    ("get", "/api/v1/webhooks/secrets", "admin"),
    ("get", "/api/v1/users", "admin"),
    ("patch", "/api/v1/aam/connections/{id}", "operator"),
    ("patch", "/api/v1/admin/tenant", "admin"),
    ("patch", "/api/v1/findings/{id}", "operator"),
    ("patch", "/api/v1/schedules/{id}", "operator"),
    ("patch", "/api/v1/users/{id}", "admin"),
    ("post", "/api/v1/aam/connections", "operator"),
    ("post", "/api/v1/aam/connections/check", "operator"),
    ("post", "/api/v1/aam/connections/{id}/check", "operator"),
    ("post", "/api/v1/aam/connections/{id}/confirm", "operator"),
    ("post", "/api/v1/aam/connections/{id}/dead-letters/discard", "operator"),
    ("post", "/api/v1/aam/connections/{id}/dead-letters/replay", "operator"),
    ("post", "/api/v1/aam/connections/{id}/demo/drift", "operator"),
    ("post", "/api/v1/aam/connections/{id}/mappings/try", "operator"),
    ("post", "/api/v1/aam/connections/{id}/pause", "operator"),
    ("post", "/api/v1/aam/connections/{id}/resume", "operator"),
    ("post", "/api/v1/aam/connections/{id}/rewind", "operator"),
    ("post", "/api/v1/aam/connections/{id}/sync", "operator"),
    ("post", "/api/v1/admin/alerts/test", "admin"),
    ("post", "/api/v1/admin/tenant/export", "admin"),
    ("post", "/api/v1/admin/feature-flags/toggle", "admin"),
    ("post", "/api/v1/admin/tenant/resume", "admin"),
    ("post", "/api/v1/admin/tenant/suspend", "admin"),
    ("post", "/api/v1/agents/{id}/run", "operator"),
    ("post", "/api/v1/aoa/demo-scan", "viewer"),
    ("post", "/api/v1/aoa/discover", "viewer"),
    ("post", "/api/v1/aoa/reset", "admin"),
    ("post", "/api/v1/aoa/run", "operator"),
    ("post", "/api/v1/api-keys", "operator"),
    ("post", "/api/v1/auth/invitations", "admin"),
    ("post", "/api/v1/auth/password", "viewer"),
    ("post", "/api/v1/auth/tickets", "viewer"),
    ("post", "/api/v1/config/apply", "admin"),
    ("post", "/api/v1/dcl/connect", "operator"),
    ("post", "/api/v1/dcl/entities/{view}/merge", "operator"),
    ("post", "/api/v1/dcl/entities/{view}/{id}/split", "operator"),
    ("post", "/api/v1/dcl/rebuild", "admin"),
    ("delete", "/api/v1/dcl/questions/{id}", "operator"),
    ("patch", "/api/v1/dcl/questions/{id}", "operator"),
    ("post", "/api/v1/dcl/query", "viewer"),
    ("post", "/api/v1/dcl/questions", "operator"),
    ("post", "/api/v1/dcl/questions/{id}/run", "viewer"),
    ("post", "/api/v1/dcl/sql", "viewer"),
    ("post", "/api/v1/demo/pipeline/end-to-end", "operator"),
    ("post", "/api/v1/demo/pipeline/reset", "admin"),
    ("post", "/api/v1/drifts/{id}/revert", "operator"),
    ("post", "/api/v1/lineage/openlineage", "operator"),
    ("post", "/api/v1/mappings/propose", "viewer"),
    ("post", "/api/v1/repairs/propose", "viewer"),
    ("post", "/api/v1/reviews/{id}/decide", "operator"),
    ("post", "/api/v1/bulk-mappings", "operator"),
    ("post", "/api/v1/playbooks", "operator"),
    ("post", "/api/v1/playbooks/{id}/run", "operator"),
    ("put", "/api/v1/playbooks/{id}", "operator"),
    ("post", "/api/v1/schedules", "operator"),
    ("post", "/api/v1/schedules/{id}/run", "operator"),
    ("post", "/api/v1/tasks", "operator"),
    ("post", "/api/v1/tasks/bulk", "operator"),
    ("post", "/api/v1/tasks/{id}/retry", "operator"),
    ("post", "/api/v1/webhooks/deliveries/{id}/replay", "operator"),
    ("post", "/api/v1/webhooks/secrets/rotate", "admin"),
    ("put", "/api/v1/aam/connections/{id}/mappings", "operator"),
    ("put", "/api/v1/admin/access-policy", "admin"),
    ("put", "/api/v1/admin/alerts", "admin"),
    ("put", "/api/v1/files/{path}", "operator"),
];

/// Without a body to refuse: they would be done.
const ACTS: [&str; 4] =
    ["/api/v1/dcl/rebuild", "/api/v1/auth/tickets", "/api/v1/admin/tenant/suspend", "/api/v1/admin/tenant/export"];

const ROLES: [&str; 3] = ["viewer", "operator", "admin"];

/// The least role of each documented route that is not public.
async fn table(who: &Person) -> BTreeMap<(String, String), usize> {
    let document: Value = who.get("/openapi.json").await.json().await.unwrap();
    let mut table = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            // Nobody of a tenant gets in there: `life.rs` asks.
            let operators = path.starts_with("/api/v1/operator/");
            if operation["security"].is_null() || operators {
                continue;
            }
            let said = LEAST.iter().find(|(m, p, _)| m == method && p == path).map(|(.., role)| *role);
            let role = said.or((method == "get").then_some("viewer"));
            let role = role.unwrap_or_else(|| panic!("{method} {path}: say in the table who may"));
            table.insert((method.clone(), path.clone()), ROLES.iter().position(|r| *r == role).unwrap());
        }
    }
    table
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_takes_its_role_and_no_less() {
    let node = TestNode::start().await;
    let admin = node.register("ann").await;
    let people = [node.join(&admin, "vic", "viewer").await, node.join(&admin, "olga", "operator").await, admin.clone()];
    let made = admin.post("/api/v1/api-keys", &json!({"name": "none", "scopes": ["files:read"]})).await;
    let key = made.json::<Value>().await.unwrap()["key"].as_str().unwrap().to_owned();
    let table = table(&admin).await;
    for (method, path, _) in LEAST {
        assert!(table.contains_key(&((*method).to_owned(), (*path).to_owned())), "{method} {path} is gone");
    }
    let (mut refused, mut let_in) = (0, 0);
    for ((method, template), least) in &table {
        if template.starts_with("/ws/") {
            continue;
        }
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let path = template
            .replace("{id}", "01920000-0000-7000-8000-000000000000")
            .replace("{view}", "accounts")
            .replace("{path}", "a.csv");
        // A body that no route takes: nothing is done by whoever is let in.
        let body = json!({"nobody takes this": true});
        let ask = |who: &Person| {
            let request = who.request(method.clone(), &path);
            if method == Method::GET || template.contains("/files/") { request } else { request.json(&body) }
        };
        for (role, person) in people.iter().enumerate() {
            let acts = method == Method::POST && ACTS.contains(&&**template);
            if role >= *least && (acts || template.contains("/files/")) {
                continue;
            }
            let answer = ask(person).send().await.unwrap();
            if role < *least {
                assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{} at {method} {template}", ROLES[role]);
                assert_eq!(problem(answer).await["code"], "auth.role");
                refused += 1;
            } else {
                let status = answer.status();
                assert!(
                    status != StatusCode::FORBIDDEN && status != StatusCode::UNAUTHORIZED && !status.is_server_error(),
                    "{} at {method} {template}: {status}",
                    ROLES[role]
                );
                let_in += 1;
            }
        }
        if !template.contains("/files") {
            let answer = ask(&admin).header("authorization", format!("Bearer {key}")).send().await.unwrap();
            assert!(answer.status() == StatusCode::UNAUTHORIZED, "two credentials at {method} {template}");
            let answer = node.request(method.clone(), &path).header("x-api-key", &key).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "a key for files at {method} {template}");
            refused += 1;
        }
    }
    assert!(refused > 80 && let_in > 90, "{refused} {let_in}");
}
