//! One identity for each real thing, through the front door: two systems' accounts become entities, are explained, asked
//! about, merged and split by hand, and are the same after the process is gone.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Person, TestNode, problem};

const SALESFORCE: &str = "Id,Name,Phone,Website,Industry,BillingStreet,BillingCity,BillingPostalCode,LastModifiedDate\n\
    001A,Acme Logistics Inc,+1 212 555 0147,https://www.acme.example.com,Energy,12 Main St,Boston,02139,2026-01-01T00:00:00Z\n\
    001B,Blue Foods Ltd,+1 415 555 0101,https://blue.example.com,Media,1 Oak Ave,Lyon,69001,2026-01-02T00:00:00Z\n\
    001C,Cobalt Motors GmbH,+1 303 555 0102,,,,,,2026-01-03T00:00:00Z\n";
const OTHER: &str = "Id,Name,Phone,Website,Industry,BillingStreet,BillingCity,BillingPostalCode,LastModifiedDate\n\
    A-1,ACME Logistics,(212) 555-0147,acme.example.com,,12 Main Street,Boston,02139,2026-02-01T00:00:00Z\n\
    A-2,Acme Logistics,617-555-9000,acme.example.com,,99 Elm St,Denver,80014,2026-02-01T00:00:00Z\n\
    A-3,Cobalt Motors,,cobalt.example.com,,,,,2026-02-01T00:00:00Z\n";

impl Person {
    /// Waits until every account belongs to somebody and nothing more happens to them; the entities by the key of a member.
    pub async fn unified(&self, node: &TestNode, entities: i64) -> Value {
        self.until(node, || async {
            self.folded(node).await;
            let page = self.json("/api/v1/dcl/entities/accounts?limit=1000").await;
            (page["total"] == entities).then_some(page)
        })
        .await
    }

    /// The id of the entity that has the record of this key.
    pub async fn entity_of(&self, key: &str) -> String {
        let page = self.json(&format!("/api/v1/dcl/entities/accounts?filter[account_id]=eq:{key}")).await;
        assert_eq!(page["total"], 1, "{page}");
        page["items"][0]["id"].as_str().unwrap().to_owned()
    }

    pub async fn record_of(&self, key: &str) -> String {
        let page = self.json(&format!("/api/v1/dcl/views/accounts?filter[account_id]=eq:{key}")).await;
        page["items"][0]["id"].as_str().unwrap().to_owned()
    }

    async fn decide(&self, path: &str, body: Value) -> Value {
        let answer = self.post(&format!("/api/v1/dcl/entities/accounts{path}"), &body).await;
        let status = answer.status();
        let said: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{said}");
        said
    }

    /// A question about identity that waits, once there is one.
    async fn question(&self, node: &TestNode, kind: &str) -> Value {
        self.until(node, || async {
            let reviews = self.json("/api/v1/reviews?state=pending").await;
            reviews["items"].as_array().unwrap().iter().find(|r| r["type"] == kind).cloned()
        })
        .await
    }

    async fn reply(&self, question: &Value, decision: &str) -> Value {
        let path = format!("/api/v1/reviews/{}/decide", question["id"].as_str().unwrap());
        let asked = self.request(Method::POST, &path).header("if-match", question["version"].to_string());
        let answer = asked.json(&json!({"decision": decision})).send().await.unwrap();
        let status = answer.status();
        let said: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{said}");
        said
    }
}

async fn two_systems(node: &TestNode) -> Person {
    let ana = node.register("ana").await;
    ana.upload("sf/accounts.csv", SALESFORCE).await;
    ana.upload("other/accounts.csv", OTHER).await;
    for (name, path) in [("first", "sf/*.csv"), ("second", "other/*.csv")] {
        let id = ana.connect(name, "file", json!({"path": path, "system": "salesforce", "entity": "account"})).await;
        ana.sync(node, &id).await;
    }
    ana
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_two_systems_become_entities_that_explain_themselves() {
    let node = TestNode::start().await;
    let ana = two_systems(&node).await;
    ana.unified(&node, 5).await;
    let id = ana.entity_of("001A").await;
    assert_eq!(ana.entity_of("A-1").await, id);
    assert_ne!(ana.entity_of("A-2").await, id, "a branch with the same name and domain is another");

    // By any id of any of its records; the golden record has the latest of each value, and says whose it is.
    let (first, second) = (ana.record_of("001A").await, ana.record_of("A-1").await);
    let entity = ana.json(&format!("/api/v1/dcl/entities/accounts/{second}")).await;
    assert_eq!(entity["id"], id.as_str());
    assert_eq!(entity["record"]["name"], "ACME Logistics");
    assert_eq!((&entity["sources"]["name"], &entity["sources"]["industry"]), (&json!(second), &json!(first)));
    assert_eq!(entity["record"]["industry"], "Energy");
    assert_eq!(entity["members"].as_array().unwrap().len(), 2);
    let pair = &entity["pairs"][0];
    assert!(pair["probability"].as_f64().unwrap() >= 0.9, "{pair}");
    let phone = pair["comparisons"].as_array().unwrap().iter().find(|c| c["comparison"] == "phone").unwrap();
    assert_eq!(phone["level"], "equal");
    assert!(phone["bits"].as_f64().unwrap() > 5.0);

    // Another tenant has no such entity; nonsense is absent as well, and what is not unified says so.
    let bob = node.register("bob").await;
    for path in [format!("accounts/{id}"), "accounts/nonsense".into(), format!("opportunities/{id}")] {
        assert_eq!(bob.get(&format!("/api/v1/dcl/entities/{path}")).await.status(), StatusCode::NOT_FOUND);
    }
    let said = problem(ana.get("/api/v1/dcl/entities/accounts?filter[nmae]=eq:x").await).await;
    assert_eq!(said["code"], "view.unknown_field");

    // A later batch joins who is there; the id stays.
    ana.upload("sf/accounts_2.csv", SALESFORCE.replace("001A", "001Z")).await;
    let connections = ana.json("/api/v1/aam/connections").await;
    let first = connections["items"].as_array().unwrap().iter().find(|c| c["name"] == "first").unwrap();
    ana.sync(&node, first["id"].as_str().unwrap()).await;
    ana.until(&node, || async {
        let page = ana.json("/api/v1/dcl/entities/accounts?filter[account_id]=eq:001Z").await;
        (page["items"][0]["id"] == id.as_str()).then_some(())
    })
    .await;

    // The process goes; who is who stays.
    ana.folded(&node).await;
    let before = ana.json("/api/v1/dcl/entities/accounts?limit=1000").await["items"].clone();
    let node = node.restart().await;
    let ana = node.sign_in(&ana.email, &ana.tenant).await;
    let ids = |items: &Value| -> Vec<(Value, Value)> {
        items.as_array().unwrap().iter().map(|e| (e["id"].clone(), e["members"].clone())).collect()
    };
    let after = ana.json("/api/v1/dcl/entities/accounts?limit=1000").await["items"].clone();
    assert_eq!(ids(&after), ids(&before));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_merge_split_and_answer_and_take_it_back() {
    let node = TestNode::start().await;
    let ana = two_systems(&node).await;
    ana.unified(&node, 5).await;
    let (acme, branch) = (ana.entity_of("001A").await, ana.entity_of("A-2").await);

    // Merged: the older keeps its id, the other leads to it. Split again: everybody has back what they had.
    let merged = ana.decide("/merge", json!({"ids": [branch, acme], "reason": "one customer"})).await;
    let kept = merged["entities"][0].as_str().unwrap().to_owned();
    assert!([&acme, &branch].contains(&&kept));
    ana.unified(&node, 4).await;
    for id in [&acme, &branch] {
        let entity = ana.json(&format!("/api/v1/dcl/entities/accounts/{id}")).await;
        assert_eq!((&entity["id"], entity["members"].as_array().unwrap().len()), (&json!(kept), 3));
        assert!(entity["said"].as_array().unwrap().iter().any(|s| s["said"] == "together"));
    }
    let record = ana.record_of("A-2").await;
    ana.decide(&format!("/{acme}/split"), json!({"records": [record]})).await;
    ana.unified(&node, 5).await;
    assert_eq!((ana.entity_of("001A").await, ana.entity_of("A-2").await), (acme.clone(), branch.clone()));

    // What cannot be decided says why.
    let again = ana.post("/api/v1/dcl/entities/accounts/merge", &json!({"ids": [acme, acme]})).await;
    assert_eq!(problem(again).await["code"], "entity.one_already");
    let stranger =
        ana.post(&format!("/api/v1/dcl/entities/accounts/{acme}/split"), &json!({"records": [branch]})).await;
    assert_eq!(problem(stranger).await["code"], "entity.not_a_member");
    let nobody = ana.post("/api/v1/dcl/entities/accounts/merge", &json!({"ids": [acme, "0000000000000001"]})).await;
    assert_eq!(nobody.status(), StatusCode::NOT_FOUND);

    // Too little is known of the two Cobalts: somebody is asked, and the answer holds.
    let question = ana.question(&node, "merge").await;
    assert_eq!(question["subject"]["entity"], "account");
    assert!(question["confidence"].as_f64().unwrap() < 0.9);
    assert_eq!(question["evidence"]["records"].as_array().unwrap().len(), 2);
    let answered = ana.reply(&question, "approve").await;
    assert_eq!(answered["state"], "approved");
    ana.unified(&node, 4).await;
    assert_eq!(ana.entity_of("001C").await, ana.entity_of("A-3").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_somebody_else_by_now_is_asked_about() {
    let node = TestNode::start().await;
    let ana = two_systems(&node).await;
    ana.unified(&node, 5).await;
    let acme = ana.entity_of("A-1").await;

    // The other system gives the record to another company. It stays where it is until somebody says so.
    let other = "A-1,Zenith Foods,+49 30 5559999,zenith.example.de,,1 Oak Ave,Oslo,0150,2026-03-01T00:00:00Z\n";
    let head = OTHER.lines().next().unwrap();
    ana.upload("other/accounts_2.csv", format!("{head}\n{other}")).await;
    let connections = ana.json("/api/v1/aam/connections").await;
    let second = connections["items"].as_array().unwrap().iter().find(|c| c["name"] == "second").unwrap();
    ana.sync(&node, second["id"].as_str().unwrap()).await;
    let question = ana.question(&node, "split").await;
    assert_eq!(question["subject"]["id"], acme.as_str());
    assert_eq!(ana.entity_of("A-1").await, acme);

    ana.reply(&question, "approve").await;
    ana.unified(&node, 6).await;
    let (first, second) = (ana.entity_of("001A").await, ana.entity_of("A-1").await);
    assert_ne!(first, second);
    assert!([&first, &second].contains(&&acme), "one of the two has the id that both had");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_two_people_are_wanted_a_merge_waits_for_the_second() {
    let node = TestNode::start().await;
    let ana = two_systems(&node).await;
    let bob = node.join(&ana, "bob", "operator").await;
    ana.unified(&node, 5).await;
    let on = ana.request(Method::PUT, "/api/v1/admin/access-policy").json(&json!({"four_eyes": true})).send();
    assert_eq!(on.await.unwrap().status(), StatusCode::OK);
    let (acme, branch) = (ana.entity_of("001A").await, ana.entity_of("A-2").await);

    let asked = ana.decide("/merge", json!({"ids": [acme, branch], "reason": "one customer"})).await;
    let review = asked["reviews"][0].as_str().unwrap().to_owned();
    assert_eq!(asked["entities"], json!([]));
    assert_ne!(ana.entity_of("001A").await, ana.entity_of("A-2").await, "nothing is done yet");
    let path = format!("/api/v1/reviews/{review}/decide");
    let approve =
        |who: &Person| who.request(Method::POST, &path).header("if-match", "1").json(&json!({"decision": "approve"}));
    let own = approve(&ana).send().await.unwrap();
    assert_eq!(own.status(), StatusCode::FORBIDDEN);
    assert_eq!(problem(own).await["code"], "review.own_proposal");
    assert_eq!(approve(&bob).send().await.unwrap().status(), StatusCode::OK);
    ana.unified(&node, 4).await;
    assert_eq!(ana.entity_of("001A").await, ana.entity_of("A-2").await);

    // What cannot be done is said to whoever asks, and not to whoever would approve it.
    let again = ana.post("/api/v1/dcl/entities/accounts/merge", &json!({"ids": [acme, branch]})).await;
    assert_eq!(problem(again).await["code"], "entity.one_already");
    let record = ana.record_of("A-2").await;
    let asked = bob.decide(&format!("/{acme}/split"), json!({"records": [record]})).await;
    let review = ana.json(&format!("/api/v1/reviews/{}", asked["reviews"][0].as_str().unwrap())).await;
    ana.reply(&review, "approve").await;
    ana.unified(&node, 5).await;
    assert_ne!(ana.entity_of("001A").await, ana.entity_of("A-2").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_tells_where_an_entity_came_from_and_who_used_it() {
    let node = TestNode::start().await;
    let ana = two_systems(&node).await;
    // The same company twice in one system: that is a duplicate; that another system has it as well is none.
    let twice = SALESFORCE.lines().take(2).collect::<Vec<_>>().join("\n").replace("001A", "001X") + "\n";
    ana.upload("sf/twice.csv", twice).await;
    let connections = ana.json("/api/v1/aam/connections").await;
    let first = connections["items"].as_array().unwrap().iter().find(|c| c["name"] == "first").unwrap();
    ana.sync(&node, first["id"].as_str().unwrap()).await;
    let finding = ana.until(&node, || async {
        let found = ana.json("/api/v1/findings?state=open").await;
        let items = found["items"].as_array().unwrap();
        items.iter().find(|f| f["check"] == "duplicate_account").cloned()
    });
    let finding = finding.await;
    // Who it is is decided by now; before, each record may still have been by itself.
    let entity = ana.entity_of("001A").await;
    let row = &finding["evidence"]["rows"][0];
    assert_eq!((&row["entity"], &row["copies"], &row["connection_id"]), (&json!(entity), &json!(2), &first["id"]));

    let journey = ana.json(&format!("/api/v1/flow-monitor/journey/accounts/{}", ana.record_of("A-1").await)).await;
    assert_eq!(journey["id"], entity.as_str());
    let steps = journey["steps"].as_array().unwrap();
    let count = |layer: &str, step: &str| steps.iter().filter(|s| s["layer"] == layer && s["step"] == step).count();
    assert_eq!((count("aam", "normalized"), count("dcl", "stored"), count("dcl", "merged")), (3, 3, 1), "{journey}");
    let told = steps.iter().find(|s| s["step"] == "finding" && s["data"]["check"] == "duplicate_account").unwrap();
    assert_eq!(told["data"]["finding_id"], finding["id"]);
    assert!(steps.iter().filter(|s| s["step"] == "stored").all(|s| s["at"].is_string()), "{journey}");
}
