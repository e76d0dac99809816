//! The text of a document, looked at before anything is made of it: an alias, a key that stands twice and nesting without
//! end are found by line and column, in time and memory that grow with the text and with nothing else.
//!
//! Aliases are refused whole: a few lines of them can stand for more than a machine holds, or for themselves.

use std::collections::BTreeSet;

use autonomos_runtime::{Error, Result};
use saphyr_parser::{Event, Marker, Parser};
use serde::de::DeserializeOwned;

/// Deepest nesting that any document of ours needs, and then some.
const DEEPEST: usize = 40;

/// A list or a map that is open.
enum Open {
    List,
    /// Its keys so far, and whether the next thing is one.
    Map(BTreeSet<String>, bool),
}

/// What a text means, looked at first; what is not understood is refused with its line and column.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    look(text)?;
    serde_norway::from_str(text).map_err(|fault| not_understood(fault.to_string()))
}

/// See the module.
fn look(text: &str) -> Result<()> {
    let mut open: Vec<Open> = Vec::new();
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|fault| at(*fault.marker(), fault.info()))?;
        let here = |what: &str| at(span.start, what);
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(here("there is more than one document"));
                }
            }
            Event::Alias(_) => return Err(here("aliases are not taken: write what they stand for")),
            Event::Scalar(value, ..) => {
                if let Some(Open::Map(keys, true)) = open.last_mut()
                    && !keys.insert(value.to_string())
                {
                    return Err(here(&format!("{value} stands twice")));
                }
                turn(&mut open);
            }
            Event::SequenceStart(..) => open.push(Open::List),
            Event::MappingStart(..) => open.push(Open::Map(BTreeSet::new(), true)),
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
                turn(&mut open);
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        if open.len() > DEEPEST {
            return Err(here("this is nested too deep"));
        }
    }
    Ok(())
}

/// Something whole was read: in a map, a key is followed by a value and that by a key.
fn turn(open: &mut [Open]) {
    if let Some(Open::Map(_, key)) = open.last_mut() {
        *key = !*key;
    }
}

fn at(place: Marker, what: &str) -> Error {
    let (line, column) = (place.line(), place.col() + 1);
    not_understood(format!("{what}, at line {line} column {column}"))
}

fn not_understood(what: String) -> Error {
    Error::invalid("config.not_understood", what)
        .field("/document")
        .remedy("Correct the document at that line; `autonomos export` shows the shape.")
}
