//! Signing in, going on, signing out.

use autonomos_runtime::Ambient;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{PASSWORD, TestNode, problem};

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_registered_and_its_admin_signs_in() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let me: Value = ann.get("/api/v1/auth/me").await.json().await.unwrap();
    assert_eq!(me["email"], "ann@example.org");
    assert_eq!(me["role"], "admin");
    assert_eq!(me["tenant"]["id"], ann.tenant.as_str());

    let body = json!({"email": "ANN@example.org", "password": PASSWORD, "name": "x", "tenant_name": "y"});
    let again = node.post("/api/v1/auth/register", &body).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    problem(again).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_a_stranger_are_one_answer_and_guessing_ends() {
    let node = TestNode::start().await;
    node.register("ann").await;
    let mut answers = Vec::new();
    for email in ["ann@example.org", "nobody@example.org"] {
        let answer = node.post("/api/v1/auth/login", &json!({"email": email, "password": "wrong wrong"})).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let mut body = problem(answer).await;
        body["trace_id"] = Value::Null;
        answers.push(body);
    }
    assert_eq!(answers[0], answers[1]);
    for _ in 0..9 {
        node.post("/api/v1/auth/login", &json!({"email": "ann@example.org", "password": "wrong wrong"})).await;
    }
    let shut = node.post("/api/v1/auth/login", &json!({"email": "ann@example.org", "password": PASSWORD})).await;
    assert_eq!(shut.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(shut.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_works_once_and_its_reuse_ends_the_session() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let first = node.post("/api/v1/auth/refresh", &json!({"refresh_token": ann.refresh})).await;
    assert_eq!(first.status(), StatusCode::OK);
    let cookie = first.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let grant: Value = first.json().await.unwrap();
    let (access, next) = (grant["access_token"].as_str().unwrap(), grant["refresh_token"].as_str().unwrap());
    let me = node.request(Method::GET, "/api/v1/auth/me").bearer_auth(access).send().await.unwrap();
    assert_eq!(me.status(), StatusCode::OK);

    let reused = node.post("/api/v1/auth/refresh", &json!({"refresh_token": ann.refresh})).await;
    assert_eq!(problem(reused).await["code"], "auth.refresh_reused");
    let after = node.post("/api/v1/auth/refresh", &json!({"refresh_token": next})).await;
    assert_eq!(after.status(), StatusCode::UNAUTHORIZED);
    let me = node.request(Method::GET, "/api/v1/auth/me").bearer_auth(access).send().await.unwrap();
    assert_eq!(me.status(), StatusCode::UNAUTHORIZED, "the access tokens of the session end with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_refreshes_and_signing_out_ends_it() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let cookie = format!("other=1; aos-refresh={}", ann.refresh);
    let answer = node.request(Method::POST, "/api/v1/auth/refresh").header("cookie", &cookie).send().await.unwrap();
    let grant: Value = answer.json().await.unwrap();
    let cookie = format!("aos-refresh={}", grant["refresh_token"].as_str().unwrap());
    let out = node.request(Method::POST, "/api/v1/auth/logout").header("cookie", &cookie).send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    let after = node.request(Method::POST, "/api/v1/auth/refresh").header("cookie", &cookie).send().await.unwrap();
    assert_eq!(after.status(), StatusCode::UNAUTHORIZED);

    let ben = node.register("ben").await;
    let out = ben.request(Method::POST, "/api/v1/auth/logout").send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert_eq!(ben.get("/api/v1/auth/me").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_the_other_sessions() {
    let node = TestNode::start().await;
    let ann = node.register("ann").await;
    let other: Value =
        node.post("/api/v1/auth/login", &json!({"email": ann.email, "password": PASSWORD})).await.json().await.unwrap();
    let wrong = ann.post("/api/v1/auth/password", &json!({"current": "no no no no", "password": "new password"})).await;
    assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
    let changed = ann.post("/api/v1/auth/password", &json!({"current": PASSWORD, "password": "new password"})).await;
    assert_eq!(changed.status(), StatusCode::NO_CONTENT);
    assert_eq!(ann.get("/api/v1/auth/me").await.status(), StatusCode::OK);
    let token = other["access_token"].as_str().unwrap();
    let me = node.request(Method::GET, "/api/v1/auth/me").bearer_auth(token).send().await.unwrap();
    assert_eq!(me.status(), StatusCode::UNAUTHORIZED);
    let sessions: Value = ann.get("/api/v1/auth/sessions").await.json().await.unwrap();
    assert_eq!(sessions["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn registration_can_be_closed_and_bad_input_is_named() {
    let node = TestNode::with(|args| args.open_registration = Some(false)).await;
    let body = json!({"email": "a@b.org", "password": PASSWORD, "name": "a", "tenant_name": "t"});
    assert_eq!(node.post("/api/v1/auth/register", &body).await.status(), StatusCode::FORBIDDEN);

    let node = TestNode::start().await;
    for (body, pointer) in [
        (json!({"email": "nonsense", "password": PASSWORD, "name": "a", "tenant_name": "t"}), "/email"),
        (json!({"email": "a@b.org", "password": "short", "name": "a", "tenant_name": "t"}), "/password"),
        (json!({"email": "a@b.org", "password": PASSWORD, "name": " ", "tenant_name": "t"}), "/name"),
        (json!({"email": "a@b.org", "password": PASSWORD, "name": "a"}), "/tenant_name"),
        (json!({"email": "a@b.org", "password": PASSWORD, "name": "a", "tenant_name": "t", "role": "admin"}), "/role"),
        (json!({"email": "a@b.org", "password": PASSWORD, "name": "a", "tenant_id": "x"}), "/tenant_id"),
    ] {
        let answer = node.post("/api/v1/auth/register", &body).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(problem(answer).await["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_lets_its_address_join_with_its_role_once() {
    let node = TestNode::with(|args| args.open_registration = Some(false)).await;
    let admin = node.founder("ann").await;
    let made = admin.post("/api/v1/auth/invitations", &json!({"email": "ben@example.org", "role": "viewer"})).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let made: Value = made.json().await.unwrap();
    let body = json!({"email": "ben@example.org", "password": PASSWORD, "name": "b", "invitation": made["invitation"]});
    let joined = node.post("/api/v1/auth/register", &body).await;
    assert_eq!(joined.status(), StatusCode::CREATED);
    let joined: Value = joined.json().await.unwrap();
    assert_eq!(joined["user"]["role"], "viewer");
    assert_eq!(joined["tenant"]["id"], admin.tenant.as_str());
    assert_eq!(node.post("/api/v1/auth/register", &body).await.status(), StatusCode::FORBIDDEN);

    let ben = node.sign_in("ben@example.org", &admin.tenant).await;
    assert_eq!(ben.get("/api/v1/auth/me").await.status(), StatusCode::OK);
    let refused = ben.post("/api/v1/tasks", &json!({"kind": "noop"})).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(problem(refused).await["code"], "auth.role");
    assert_eq!(ben.get("/api/v1/admin/cluster").await.status(), StatusCode::FORBIDDEN);
    let cluster: Value = admin.get("/api/v1/admin/cluster").await.json().await.unwrap();
    assert_eq!(cluster["tenants"][0]["tenant_id"], admin.tenant.as_str());
}

/// Whether there is an account is not told by how long the answer takes.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_costs_as_long_as_somebody_known() {
    let node = TestNode::start().await;
    node.register("ann").await;
    let (ambient, mut known, mut strangers) = (Ambient::system(), Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does falls on both; fewer than end guessing.
    for n in 0..9 {
        for (email, times) in
            [("ann@example.org".to_owned(), &mut known), (format!("nobody{n}@example.org"), &mut strangers)]
        {
            let began = ambient.elapsed();
            let answer =
                node.post("/api/v1/auth/login", &json!({"email": email, "password": "not the password"})).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
            times.push((ambient.elapsed().saturating_sub(began)).as_secs_f64());
        }
    }
    let middle = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let ratio = middle(&mut strangers) / middle(&mut known);
    assert!((0.5..2.0).contains(&ratio), "{ratio}: {known:?} {strangers:?}");
}
