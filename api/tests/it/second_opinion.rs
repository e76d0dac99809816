//! A second opinion of a language model, through the front door: asked once for each question, beside the question, counted
//! for the tenant, and never done by itself. The model is a server that answers as the API's documents say.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::TestNode;
use crate::receiver::Receiver;

const BEFORE: &str = "Id,Name,BillingCity\n1,Ann AG,Berlin\n2,Bo BV,Utrecht\n3,Cy SA,Lyon\n";
/// The city is gone, and something came whose name and values say little.
const AFTER: &str = "Id,Name,Zzq\n4,Di KG,1704\n5,Ed OY,2209\n6,Fe NV,907\n";

/// The same answer to everything: right for the column that left, and no candidate for the one that came.
fn answer() -> Value {
    let content = json!({"choice": "Zzq", "why": "the only one left"}).to_string();
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": "small",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_says_what_it_thinks_and_a_person_does_it() {
    let model = Receiver::start().await;
    model.reply(503, None);
    for _ in 0..2 {
        model.reply_json(200, &answer());
    }
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("a.toml");
    let url = model.url("/v1");
    let text = format!(
        "[llm]\nbase_url = \"{url}\"\nmodel = \"small\"\napi_key = \"sk-canary\"\ninput_price = 2.5\noutput_price = 10.0\n"
    );
    std::fs::write(&config, text).unwrap();
    let node = TestNode::with(|args| args.config = Some(config)).await;
    let ana = node.register("ana").await;
    let id = {
        ana.upload("crm/1.csv", BEFORE).await;
        let id = ana.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await;
        ana.sync(&node, &id).await;
        ana.upload("crm/2.csv", AFTER).await;
        ana.sync(&node, &id).await;
        id
    };
    let reviews = ana
        .until(&node, async || {
            let reviews = ana.json("/api/v1/reviews?state=pending").await;
            let items = reviews["items"].as_array().unwrap();
            let all = items.len() == 2 && items.iter().all(|r| !r["evidence"]["opinion"].is_null());
            all.then(|| items.clone())
        })
        .await;
    let of = |kind: &str| reviews.iter().find(|r| r["subject"]["kind"] == kind).unwrap();
    let (lost, new) = (of("removed"), of("added"));
    assert_eq!(new["evidence"]["opinion"]["says"], "failed", "{new}");
    assert_eq!(lost["evidence"]["opinion"], json!({"model": "small", "says": "proposes", "why": "the only one left"}));
    let option = &lost["evidence"]["options"][0];
    assert_eq!(option["proposal"], json!({"action": "rename", "from": "BillingCity", "to": "Zzq"}));
    assert_eq!((&option["by"], &option["gates"]["schema"]["passed"]), (&json!("model"), &json!(true)));
    assert_eq!(lost["proposal"]["action"], "unmap", "what is proposed is still the platform's");

    let path = format!("/api/v1/reviews/{}/decide", lost["id"].as_str().unwrap());
    let decide = ana.request(Method::POST, &path).header("If-Match", lost["version"].to_string());
    let decided = decide.json(&json!({"decision": "edit", "edit": option["proposal"]})).send().await.unwrap();
    assert_eq!(decided.status(), StatusCode::OK);
    ana.folded(&node).await;
    let rows = ana.json("/api/v1/dcl/views/accounts?sort=account_id&limit=10").await;
    let cities: Vec<&Value> = rows["items"].as_array().unwrap().iter().map(|row| &row["billing_city"]).collect();
    assert_eq!(cities, ["Berlin", "Utrecht", "Lyon", "1704", "2209", "907"]);

    let told = ana.json("/api/v1/admin/model-use").await;
    assert_eq!((&told["model"], &told["tokens_today"]), (&json!("small"), &json!(2040)));
    let row = &told["items"][0];
    let counted = ["purpose", "calls", "failed", "input_tokens", "output_tokens", "cost"].map(|name| row[name].clone());
    assert_eq!(json!(counted), json!(["repair", 2, 0, 2000, 40, 0.0054]));
    // Values stay here, the key is sent and kept to itself, and a question that has an opinion is not asked again.
    let sent = model.sent();
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|one| one.header("authorization") == "Bearer sk-canary"));
    assert!(sent.iter().all(|one| !String::from_utf8_lossy(&one.body).contains("1704")));
    assert!(!ana.json(&format!("/api/v1/aam/connections/{id}")).await.to_string().contains("canary"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_model_nothing_is_asked_and_the_page_says_so() {
    let node = TestNode::start().await;
    let ana = node.register("ana").await;
    let told = ana.json("/api/v1/admin/model-use?days=400").await;
    assert_eq!((&told["model"], &told["items"]), (&Value::Null, &json!([])));
    for days in ["0", "401", "x"] {
        let refused = ana.get(&format!("/api/v1/admin/model-use?days={days}")).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{days}");
    }
}
