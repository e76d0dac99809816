//! What is there to be used: streams that are read, files that nobody reads yet, and the demo's systems. Found in what the
//! tenant has, never made up: what nobody looked at has no risk and no owner.

use std::collections::BTreeSet;

use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::Page;
use autonomos_runtime::{Error, Result, Scope};
use serde_json::json;

use super::shapes::{Asset, DiscoverAssets, Discovered, ScanView};
use super::{Listing, Platform};
use crate::agent::definition::Definition;
use crate::connector::catalog;
use crate::demo;

/// Words that say nothing about what is looked for.
const FILLER: [&str; 22] = [
    "a", "all", "an", "and", "any", "are", "discover", "find", "for", "from", "have", "in", "is", "list", "me", "my",
    "of", "our", "show", "the", "we", "what",
];
/// A recommendation whose assets are this sure on average goes first.
const SURE: f64 = 0.9;

impl Platform {
    /// Finds what the words of a question name, among everything that is read or could be.
    pub async fn discover_assets(&self, scope: &Scope, asked: &DiscoverAssets) -> Result<Discovered> {
        let words = words(&asked.nlp_query);
        if words.is_empty() {
            return Err(Error::invalid("aoa.no_words", "the question names nothing that could be looked for")
                .field("/nlp_query")
                .remedy("Name an entity, a system or a field: \"opportunities in salesforce\"."));
        }
        let (most, least) = (asked.max_results.unwrap_or(20), asked.min_confidence.unwrap_or(0.7));
        if !(1..=100).contains(&most) {
            return Err(Error::invalid("aoa.max_results", "max_results is 1 to 100").field("/max_results"));
        }
        if !(0.0..=1.0).contains(&least) {
            return Err(Error::invalid("aoa.min_confidence", "min_confidence is 0 to 1").field("/min_confidence"));
        }
        let mut found: Vec<Asset> = self
            .assets(scope)
            .await?
            .into_iter()
            .filter_map(|asset| {
                let confidence = likeness(&words, &asset);
                (confidence > 0.0).then_some(Asset { confidence_score: Some(confidence), ..asset })
            })
            .collect();
        let total = found.len();
        found.retain(|asset| asset.confidence_score.is_some_and(|c| c >= least));
        found.sort_by(|a, b| b.confidence_score.partial_cmp(&a.confidence_score).unwrap_or(std::cmp::Ordering::Equal));
        found.truncate(most);
        let sum: f64 = found.iter().filter_map(|asset| asset.confidence_score).sum();
        let overall = if found.is_empty() { 0.0 } else { sum / found.len() as f64 };
        let entities: BTreeSet<&str> = found.iter().filter_map(|asset| asset.entity_type.as_deref()).collect();
        let agents = Definition::shipped().iter().filter(|d| d.entities.iter().any(|e| entities.contains(e.as_str())));
        let priority = if overall >= SURE { "high" } else { "medium" };
        let recommend =
            |d: &Definition| json!({"agent_id": d.id, "name": d.name, "priority": priority, "purpose": d.purpose});
        Ok(Discovered {
            agent_recommendations: agents.map(recommend).collect(),
            filtered_count: total - found.len(),
            total_entities_found: total,
            overall_confidence: overall,
            entities: found,
            timestamp: self.parts().ambient().now(),
        })
    }

    /// The demo's systems, each asked what it offers, and whether it is connected.
    pub async fn demo_scan(&self, scope: &Scope) -> Result<ScanView> {
        let there = self.connections(scope, Listing { page: Page::first(1000), ..Listing::default() }).await?.items;
        let mut assets = Vec::new();
        for (name, source) in demo::SYSTEMS {
            let config = json!({"source": source});
            let system = catalog::system_of("demo", &config);
            let connected = there.iter().find(|c| c.kind == "demo" && c.name == name);
            let id = connected.map_or_else(|| ConnectionId::new(self.parts().ambient()), |c| c.id);
            let offered = catalog::open_plain(self.parts(), scope, "demo", id, &config)?.discover(scope).await?;
            for stream in offered {
                assets.push(Asset {
                    entity_name: stream.name,
                    entity_type: None,
                    source_system: system.clone().unwrap_or_else(|| source.to_owned()),
                    connection_id: connected.map(|c| c.id),
                    state: if connected.is_some() { "CONNECTED" } else { "READY_FOR_CONNECT" }.to_owned(),
                    fields: stream.schema.fields.iter().map(|f| f.name.clone()).collect(),
                    confidence_score: None,
                });
            }
        }
        let connected = assets.iter().filter(|asset| asset.connection_id.is_some()).count();
        Ok(ScanView { total_assets: assets.len(), connected, assets, timestamp: self.parts().ambient().now() })
    }

    /// Streams of connections, and files that no connection reads.
    async fn assets(&self, scope: &Scope) -> Result<Vec<Asset>> {
        let mut tx = self.parts().store.read(scope).await?;
        let mut assets = Vec::new();
        let mut patterns = Vec::new();
        for connection in tx.connections(None, &Page::first(1000)).await?.items {
            let system = connection.system.clone().unwrap_or_else(|| connection.kind.clone());
            patterns.extend(connection.config["path"].as_str().and_then(|path| globset::Glob::new(path).ok()));
            for stream in tx.streams(connection.id).await? {
                let fields = stream.schema.iter().flat_map(|s| &s.fields).map(|f| f.name.clone());
                assets.push(Asset {
                    entity_name: format!("{}/{}", connection.name, stream.name),
                    entity_type: stream.entity,
                    source_system: system.clone(),
                    connection_id: Some(connection.id),
                    state: "CONNECTED".to_owned(),
                    fields: fields.collect(),
                    confidence_score: None,
                });
            }
        }
        drop(tx);
        let read: Vec<_> = patterns.iter().map(globset::Glob::compile_matcher).collect();
        let unread =
            self.list_files(scope, "").await?.into_iter().filter(|f| !read.iter().any(|p| p.is_match(&f.path)));
        assets.extend(unread.map(|file| Asset {
            entity_name: file.path,
            entity_type: None,
            source_system: "file".to_owned(),
            connection_id: None,
            state: "READY_FOR_CONNECT".to_owned(),
            fields: Vec::new(),
            confidence_score: None,
        }));
        Ok(assets)
    }
}

/// The words of a question that say something, without their plurals.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !FILLER.contains(word));
    let mut words: Vec<String> = words.map(singular).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn singular(word: &str) -> String {
    match (word.strip_suffix("ies"), word.strip_suffix('s')) {
        (Some(stem), _) if stem.len() > 2 => format!("{stem}y"),
        (_, Some(stem)) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// The share of the words that an asset's names hold; a word that only a field holds counts half.
fn likeness(wanted: &[String], asset: &Asset) -> f64 {
    let own: Vec<String> = [Some(&asset.entity_name), asset.entity_type.as_ref(), Some(&asset.source_system)]
        .into_iter()
        .flatten()
        .flat_map(|name| words(name))
        .collect();
    let fields: Vec<String> = asset.fields.iter().flat_map(|name| words(&split_camel(name))).collect();
    let worth = |word: &String| match (own.contains(word), fields.contains(word)) {
        (true, _) => 1.0,
        (false, true) => 0.5,
        _ => 0.0,
    };
    wanted.iter().map(worth).sum::<f64>() / wanted.len().max(1) as f64
}

/// `BillingCity` as `Billing City`.
fn split_camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut small = false;
    for c in name.chars() {
        if c.is_uppercase() && small {
            out.push(' ');
        }
        small = c.is_lowercase();
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_finds_what_its_words_name() {
        let asset = Asset {
            entity_name: "crm/Opportunity".into(),
            entity_type: Some("opportunity".into()),
            source_system: "salesforce".into(),
            connection_id: None,
            state: "CONNECTED".into(),
            fields: vec!["StageName".into(), "CloseDate".into()],
            confidence_score: None,
        };
        for (question, likely) in [
            ("show me all opportunities in Salesforce", 1.0),
            ("stage of opportunities", 0.75),
            ("invoices", 0.0),
            ("invoices in salesforce", 0.5),
        ] {
            assert!((likeness(&words(question), &asset) - likely).abs() < 1e-9, "{question}");
        }
        assert!(words("show me all of the").is_empty());
    }
}
