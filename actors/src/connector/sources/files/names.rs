//! Names and guesses: a glob's stream, a stream's object, a stream's key and order column. Pure.

use autonomos_runtime::canonical::schema::{SourceSchema, SourceType};

/// The stream of a path or glob: its last part without wildcards and extension, or the folder above it.
pub fn stream_of(path: &str) -> String {
    let tidy = |part: &str| -> String {
        let mut out = String::new();
        let mut skip: Option<char> = None;
        for c in part.chars() {
            match (skip, c) {
                (Some(end), c) => {
                    if c == end {
                        skip = None;
                    }
                }
                (None, '[') => skip = Some(']'),
                (None, '{') => skip = Some('}'),
                (None, '*' | '?') => {}
                (None, c) => out.push(c),
            }
        }
        out.trim_matches(|c: char| matches!(c, '_' | '-' | '.' | ' ')).to_owned()
    };
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    std::iter::once(stem).chain(parts).map(tidy).find(|name| !name.is_empty()).unwrap_or_else(|| "files".to_owned())
}

/// What the rows are about: the stream's name without trailing numbers and dates.
pub fn object_of(stream: &str) -> String {
    let cut = stream.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-' | '.' | ' ' | 'T'));
    if cut.is_empty() { stream.to_owned() } else { cut.to_owned() }
}

fn flat(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies") {
        format!("{stem}y")
    } else if let Some(stem) = name.strip_suffix('s').filter(|s| !s.ends_with('s')) {
        stem.to_owned()
    } else {
        name.to_owned()
    }
}

/// The column that identifies a row: named like an id of the object (or `id`, or an id in the first place), never empty
/// and never twice the same in the sample, which `unique` tells.
pub fn key_of(object: &str, columns: &[&str], unique: impl Fn(usize) -> bool) -> Option<usize> {
    let object = singular(&flat(object.rsplit(['/', '.']).next().unwrap_or(object)));
    let rank = |index: usize, name: &str| -> Option<u8> {
        let name = flat(name.rsplit('/').next().unwrap_or(name));
        let own = [format!("{object}id"), format!("{object}uuid"), format!("{object}key")];
        match name.as_str() {
            "id" | "recordid" | "sfid" | "salesforceid" | "hsobjectid" | "vid" | "internalid" | "pk" => Some(0),
            "uuid" | "guid" | "mongoid" => Some(1),
            _ if !object.is_empty() && own.contains(&name) => Some(2),
            _ if index == 0 && (name.ends_with("id") || name.ends_with("key")) => Some(3),
            _ if index == 0 && (name.ends_with("number") || name.ends_with("code") || name.ends_with("no")) => Some(4),
            _ => None,
        }
    };
    let mut ranked: Vec<(u8, usize)> =
        columns.iter().enumerate().filter_map(|(i, name)| rank(i, name).map(|r| (r, i))).collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, i)| i).find(|&i| unique(i))
}

/// Names of columns that say when a row was last changed, the surest first.
const UPDATES: [&str; 19] = [
    "systemmodstamp",
    "lastmodifieddate",
    "lastmodified",
    "lastmodifiedat",
    "modifiedon",
    "modifiedat",
    "modifieddate",
    "updatedat",
    "updatedon",
    "updateddate",
    "lastupdated",
    "lastupdatedat",
    "updatetime",
    "updated",
    "modified",
    "hslastmodifieddate",
    "propertyhslastmodifieddate",
    "datemodified",
    "dateupdated",
];

/// Whether a column is named like the time of the last change.
pub fn is_update_time(name: &str) -> bool {
    UPDATES.contains(&flat(name).as_str())
}

/// The column that says when a row was last changed, if one is named so and holds moments.
pub fn order_of(schema: &SourceSchema) -> Option<String> {
    let moment = |kind| matches!(kind, SourceType::Datetime | SourceType::Date | SourceType::Integer);
    UPDATES.iter().find_map(|wanted| {
        schema.fields.iter().find(|f| flat(&f.name) == *wanted && moment(f.data_type)).map(|f| f.name.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_have_stems() {
        for (path, stream, object) in [
            ("crm/opportunities*.csv", "opportunities", "opportunities"),
            ("crm/opportunities_1000000.csv", "opportunities_1000000", "opportunities"),
            ("crm/*.csv", "crm", "crm"),
            ("*.csv", "files", "files"),
            ("a/**/deals-[0-9]*.{csv,tsv}", "deals", "deals"),
            ("salesforce/account.csv", "account", "account"),
            ("2024-01-01.csv", "2024-01-01", "2024-01-01"),
        ] {
            assert_eq!((stream_of(path).as_str(), object_of(stream).as_str()), (stream, object), "{path}");
        }
    }

    #[test]
    fn keys_are_ids_and_unique() {
        let yes = |_| true;
        assert_eq!(key_of("opportunities", &["Name", "Id", "AccountId"], yes), Some(1));
        assert_eq!(key_of("deal", &["deal_id", "owner_id"], yes), Some(0));
        assert_eq!(key_of("accounts_synthetic", &["accountid", "name"], yes), Some(0));
        assert_eq!(key_of("companies", &["name", "company_id"], yes), Some(1));
        assert_eq!(key_of("history", &["contact_id", "id"], |i| i == 0), Some(0));
        assert_eq!(key_of("cost", &["amount", "account_id"], yes), None);
        assert_eq!(key_of("aws", &["identity/LineItemId"], yes), Some(0));
    }
}
