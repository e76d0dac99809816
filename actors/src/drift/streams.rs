//! Pure: the streams a source offers, against those the connection knows.
//!
//! What a first look finds is taken in whole. Later a stream that the settings ask for (by name, or by a pattern it is
//! within) is taken in as well; one that nobody asked for is off until somebody says so. One that is not offered any more
//! is told and not read; what was read of it stays, and if it comes back it is read on from where it stood. A source
//! that suddenly offers nothing at all is no source whose streams went: something stands in the way.

use autonomos_runtime::store::{NewDrift, StreamState};
use autonomos_runtime::{Error, Result};
use serde_json::json;

use super::severity::Severity;

/// A stream that a source offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether the settings ask for it.
    pub chosen: bool,
}

/// What is to be done; names in the order they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// To be read from now on.
    pub take: Vec<String>,
    /// New, and asked for by nobody.
    pub added: Vec<String>,
    /// Not offered any more.
    pub removed: Vec<String>,
    /// Offered again.
    pub back: Vec<String>,
}

/// See the module.
pub fn census(known: &[(&str, StreamState)], offered: &[Offered<'_>]) -> Result<Census> {
    if offered.is_empty() && known.iter().any(|(_, state)| is_read(*state)) {
        return Err(Error::not_found("source.nothing_offered", "The source offers none of its streams any more.")
            .field("/config")
            .remedy("Check that the connection's user may still see and read them; what was read stays."));
    }
    let mut census = Census::default();
    for stream in offered {
        let list = match known.iter().find(|(name, _)| *name == stream.name) {
            Some((_, StreamState::Gone)) => &mut census.back,
            Some(_) => continue,
            None if known.is_empty() || stream.chosen => &mut census.take,
            None => &mut census.added,
        };
        list.push(stream.name.to_owned());
    }
    let gone = known.iter().filter(|(name, state)| is_read(*state) && !offered.iter().any(|o| o.name == *name));
    census.removed = gone.map(|(name, _)| (*name).to_owned()).collect();
    Ok(census)
}

const fn is_read(state: StreamState) -> bool {
    !matches!(state, StreamState::Disabled | StreamState::Gone)
}

/// A stream came that nobody asked for.
pub fn added(name: &str, columns: &[&str]) -> NewDrift {
    NewDrift {
        kind: "stream_added".to_owned(),
        from: None,
        to: Some(name.to_owned()),
        severity: Severity::Info.as_str().to_owned(),
        confidence: None,
        evidence: json!({
            "reasons": [format!("the source offers {name}, which it did not before; it is not read yet")],
            "columns": columns,
        }),
    }
}

/// A stream is not offered any more.
pub fn removed(name: &str, rows: i64) -> NewDrift {
    NewDrift {
        kind: "stream_removed".to_owned(),
        from: Some(name.to_owned()),
        to: None,
        severity: Severity::Warning.as_str().to_owned(),
        confidence: None,
        evidence: json!({
            "reasons": [format!("the source does not offer {name} any more; the {rows} rows read of it are kept")],
            "rows": rows,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Case<'a> = (&'a [(&'a str, StreamState)], &'a [Offered<'a>], [&'a [&'a str]; 4]);

    #[test]
    fn streams_come_and_go() {
        use StreamState::{Active, Disabled, Drifted, Gone, Stopped};
        let asked = |name| Offered { name, chosen: true };
        let found = |name| Offered { name, chosen: false };
        let names = |list: &[&str]| list.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let (a, b) = (("a", Active), ("b", Drifted));
        let table: [Case<'_>; 8] = [
            (&[], &[found("a"), found("b")], [&["a", "b"], &[], &[], &[]]),
            (&[], &[], [&[], &[], &[], &[]]),
            (&[a], &[found("a")], [&[], &[], &[], &[]]),
            (&[a], &[found("a"), found("new")], [&[], &["new"], &[], &[]]),
            (&[a], &[asked("a"), asked("new")], [&["new"], &[], &[], &[]]),
            (&[a, b, ("c", Stopped)], &[found("a")], [&[], &[], &["b", "c"], &[]]),
            (&[a, ("c", Gone)], &[found("a"), found("c")], [&[], &[], &[], &["c"]]),
            (&[a, ("c", Gone), ("d", Disabled)], &[found("a")], [&[], &[], &[], &[]]),
        ];
        for (known, offered, [take, added, removed, back]) in table {
            let wanted = Census { take: names(take), added: names(added), removed: names(removed), back: names(back) };
            assert_eq!(census(known, offered).unwrap(), wanted, "{known:?} {offered:?}");
        }
        assert_eq!(census(&[a, b], &[]).unwrap_err().code, "source.nothing_offered");
        assert!(census(&[("d", Disabled)], &[]).is_ok());
    }
}
