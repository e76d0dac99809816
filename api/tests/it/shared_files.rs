//! Files where `files.url` says: a folder that other nodes share, and settings that name no place.

use autonomos_api::boot::Node;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::harness::{SECRET, TestNode};

const ROWS: &str = "Id,Name\n1,Acme\n2,Globex\n";

#[tokio::test]
async fn uploads_and_archives_lie_in_the_shared_folder() {
    let shared = tempfile::tempdir().unwrap();
    let config = shared.path().join("node.toml");
    let room = shared.path().join("shared folder");
    let url = format!("file://{}/shared%20folder", shared.path().display());
    std::fs::write(&config, format!("[files]\nurl = \"{url}\"\n")).unwrap();
    let node = TestNode::with(|args| args.config = Some(config)).await;
    let ann = node.register("ann").await;
    let put = ann.request(Method::PUT, "/api/v1/files/crm/accounts.csv").body(ROWS).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::CREATED);
    let home = room.join("files").join(&ann.tenant);
    assert_eq!(std::fs::read_to_string(home.join("crm/accounts.csv")).unwrap(), ROWS);
    assert!(!node.data_dir().join("files").exists(), "nothing is left to the data directory");
    let got = ann.request(Method::GET, "/api/v1/files/crm/accounts.csv").send().await.unwrap();
    assert_eq!(got.text().await.unwrap(), ROWS);
    let body = json!({"name": "crm", "type": "file", "config": {"path": "crm/*.csv", "system": "salesforce"}});
    let made = ann.post("/api/v1/aam/connections", &body).await;
    assert_eq!(made.status(), StatusCode::CREATED, "{}", made.text().await.unwrap());
    let gone = ann.request(Method::DELETE, "/api/v1/files/crm/accounts.csv").send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert!(!home.join("crm/accounts.csv").exists() && room.join("exports").exists());
}

#[tokio::test]
async fn a_setting_that_names_no_place_is_refused_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("node.toml");
    let node = TestNode::start().await;
    for url in ["ftp://host/folder", "file://host/folder", "s3://"] {
        std::fs::write(&config, format!("[files]\nurl = \"{url}\"\n")).unwrap();
        let args = node.args(|args| {
            args.config = Some(config.clone());
            args.data_dir = dir.path().join("data");
        });
        let error = Node::start(&args, SECRET).await.unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), ("config.bad", Some("files.url")), "{url}");
        assert!(error.remedy.is_some());
    }
}
