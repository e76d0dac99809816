//! Against a server that answers as the API's documents say.

use serde_json::json;

use super::*;
use crate::testkit::peer::{Peer, Reply};

const QUESTION: Question = Question { task: "Answer in JSON.", about: String::new() };

fn model(peer: &Peer, change: impl FnOnce(&mut Config)) -> LanguageModel {
    let mut config = Config::defaults().unwrap();
    config.llm.base_url = format!("http://{}/v1/", peer.address);
    config.llm.model = "small".to_owned();
    config.llm.input_price = 2.5;
    config.llm.output_price = 10.0;
    change(&mut config);
    LanguageModel::configured(&config, &Ambient::system()).unwrap().unwrap()
}

fn completion(content: &str) -> Reply {
    let body = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": "small",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 120, "completion_tokens": 8, "total_tokens": 128},
    });
    Reply { status: 200, header: Some(("content-type", "application/json".to_owned())), body: body.to_string() }
}

#[tokio::test]
async fn an_object_comes_back_with_what_it_took() {
    let peer = Peer::start().await;
    for content in [r#"{"field": "phone"}"#, "```json\n{\"field\": \"phone\"}\n```"] {
        peer.replies([completion(content)]);
        let model = model(&peer, |_| {});
        let asked = model.ask(&QUESTION).await;
        assert_eq!(asked.said.unwrap(), json!({"field": "phone"}));
        assert_eq!((asked.input_tokens, asked.output_tokens), (120, 8));
        assert_eq!(model.cost_micros(120, 8), 380);
    }
    let sent = peer.sent();
    assert_eq!(sent[0].path, "/v1/chat/completions");
    assert!(sent[0].headers.get("authorization").is_none());
    let body: Value = serde_json::from_slice(&sent[0].body).unwrap();
    assert_eq!((&body["model"], &body["response_format"]["type"]), (&json!("small"), &json!("json_object")));
    assert_eq!(body["messages"][0], json!({"role": "system", "content": "Answer in JSON."}));
}

#[tokio::test]
async fn what_is_no_object_is_not_asked_for_again_but_counted() {
    for content in ["I think it is the phone.", "[1]", ""] {
        let peer = Peer::start().await;
        peer.replies([completion(content)]);
        let asked = model(&peer, |_| {}).ask(&QUESTION).await;
        assert_eq!(asked.said.unwrap_err().code, "model.unread");
        assert_eq!((asked.input_tokens, peer.sent().len()), (120, 1));
    }
}

#[tokio::test]
async fn trouble_that_may_pass_is_waited_out_and_other_trouble_is_told() {
    let peer = Peer::start().await;
    peer.replies([Reply::status(503), Reply::status(429), completion("{}")]);
    assert_eq!(model(&peer, |_| {}).ask(&QUESTION).await.said.unwrap(), json!({}));
    for (status, code) in [(401, "model.key"), (404, "model.refused"), (400, "model.refused")] {
        let peer = Peer::start().await;
        peer.replies([Reply::status(status)]);
        assert_eq!(model(&peer, |_| {}).ask(&QUESTION).await.said.unwrap_err().code, code, "{status}");
        assert_eq!(peer.sent().len(), 1);
    }
}

#[tokio::test]
async fn a_key_goes_along_and_is_never_shown() {
    let peer = Peer::start().await;
    peer.replies([completion("{}")]);
    let model = model(&peer, |config| {
        config.llm.api_key = serde_json::from_value(json!("sk-canary")).unwrap();
    });
    model.ask(&QUESTION).await.said.unwrap();
    assert_eq!(peer.sent()[0].headers["authorization"], "Bearer sk-canary");
    assert!(!format!("{model:?}").contains("canary"));
}

#[test]
fn an_address_that_is_none_is_refused_by_name() {
    let mut config = Config::defaults().unwrap();
    assert!(LanguageModel::configured(&config, &Ambient::system()).unwrap().is_none());
    for bad in ["localhost", "ftp://models.example.com", "http://"] {
        config.llm.base_url = bad.to_owned();
        let error = LanguageModel::configured(&config, &Ambient::system()).unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), ("config.llm", Some("llm.base_url")), "{bad}");
    }
}
