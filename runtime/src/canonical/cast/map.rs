//! Names and values: a JSON object as it is; a list of `{Key, Value}` pairs, an object without its braces, and
//! `a=b;c=d` as the object they mean. Kept as JSON text.

use std::borrow::Cow;

use arrow::array::{Array, StringArray, StringBuilder};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::word::{is_null, trim};
use super::{Fault, Parsed};

/// The object that a text means.
pub fn map(value: &str) -> Parsed<Cow<'_, str>> {
    let word = trim(value.as_bytes());
    if is_null(word) {
        return Ok(None);
    }
    let text = value.trim();
    match word[0] {
        b'{' if serde_json::from_str::<Map<String, Value>>(text).is_ok() => Ok(Some(Cow::Borrowed(text))),
        b'[' => pairs(text).map(|t| Some(Cow::Owned(t))).ok_or(Fault::NotAMap),
        b'"' => {
            let braced = format!("{{{text}}}");
            match serde_json::from_str::<Map<String, Value>>(&braced) {
                Ok(_) => Ok(Some(Cow::Owned(braced))),
                Err(_) => Err(Fault::NotAMap),
            }
        }
        b'{' => Err(Fault::NotAMap),
        _ => assignments(text).map(|t| Some(Cow::Owned(t))).ok_or(Fault::NotAMap),
    }
}

fn pairs(text: &str) -> Option<String> {
    let items: Vec<Map<String, Value>> = serde_json::from_str(text).ok()?;
    let mut out = Map::new();
    for item in items {
        let of = |names: [&str; 3]| names.iter().find_map(|n| item.get(*n));
        let name = of(["Key", "key", "name"])?.as_str()?.to_owned();
        out.insert(name, of(["Value", "value", "values"])?.clone());
    }
    Some(Value::Object(out).to_string())
}

fn assignments(text: &str) -> Option<String> {
    let mark = [';', '|', ','].into_iter().find(|m| text.contains(*m)).unwrap_or(';');
    let mut out = Map::new();
    for part in text.split(mark).filter(|p| !p.trim().is_empty()) {
        let (name, value) = part.split_once('=').or_else(|| part.split_once(':'))?;
        if name.trim().is_empty() {
            return None;
        }
        out.insert(name.trim().to_owned(), Value::String(value.trim().to_owned()));
    }
    if out.is_empty() { None } else { Some(Value::Object(out).to_string()) }
}

/// A column of maps.
pub fn maps(array: &StringArray) -> (StringArray, Vec<(u32, Fault)>) {
    let mut out = StringBuilder::with_capacity(array.len(), array.value_data().len());
    let mut faults = Vec::new();
    for (row, value) in array.iter().enumerate() {
        match value.map_or(Ok(None), map) {
            Ok(Some(text)) => out.append_value(text),
            Ok(None) => out.append_null(),
            Err(fault) => {
                out.append_null();
                faults.push((row as u32, fault));
            }
        }
    }
    (out.finish(), faults)
}

/// Whether a text is JSON of any kind.
pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_in_many_dresses() {
        for (text, expected) in [
            (r#"{"a":1}"#, r#"{"a":1}"#),
            (r#" {"a": {"b": [1]}} "#, r#"{"a": {"b": [1]}}"#),
            (r#"[{"Key":"env","Value":"prod"},{"Key":"n","Value":"1"}]"#, r#"{"env":"prod","n":"1"}"#),
            (r#""env": "prod","n": "1""#, r#"{"env": "prod","n": "1"}"#),
            ("env=prod;n=1", r#"{"env":"prod","n":"1"}"#),
            ("env:prod, n:1", r#"{"env":"prod","n":"1"}"#),
            ("[]", "{}"),
        ] {
            assert_eq!(map(text), Ok(Some(Cow::Borrowed(expected))), "{text}");
        }
        assert_eq!(map("N/A"), Ok(None));
        for text in ["[1]", "{", "plain", "\"x\"", "5", "=x"] {
            assert_eq!(map(text), Err(Fault::NotAMap), "{text}");
        }
    }
}
