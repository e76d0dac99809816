//! What a text is, judged by the tree that DuckDB reads it as: exactly one `SELECT`, over the tenant's views and what the
//! statement itself defines, with table functions that make rows out of nothing. Pure.
//!
//! Everything else is refused by name, before it is bound. DuckDB is told to refuse the same by its own means as well:
//! neither of the two is trusted alone. The tree comes as a list, so that no depth of it is too deep.

use std::collections::HashMap;

use super::{Refusal, Why};

/// Functions in `FROM` that read nothing but their arguments.
const SOURCES: [&str; 7] = ["generate_series", "json_each", "json_tree", "range", "repeat", "repeat_row", "unnest"];
/// Functions that tell of the process, not of the data.
const TELLTALES: [&str; 6] = ["current_setting", "getenv", "getvariable", "nextval", "currval", "write_log"];

const ONE: &str = "Write one SELECT (WITH, UNION and the like included); everything else has its own place in the API.";

/// A value of the tree, in the order of `json_tree`: whatever it is in comes before it.
#[derive(Debug)]
pub(super) struct Part {
    /// What it is in, by its place in the list.
    pub(super) parent: Option<usize>,
    /// Its name or number there.
    pub(super) key: String,
    /// Its text, unless it has parts itself.
    pub(super) atom: Option<String>,
}

/// A tree that can be asked.
struct Tree<'a> {
    parts: &'a [Part],
    /// Texts of objects, by object and name.
    texts: HashMap<(usize, &'a str), &'a str>,
    /// The function of a table function.
    functions: HashMap<usize, usize>,
    /// Statements of a `WITH` by the list that they are in, with their names.
    named: HashMap<usize, Vec<(usize, &'a str)>>,
    /// That list, by what the `WITH` belongs to.
    lists: HashMap<usize, usize>,
}

impl<'a> Tree<'a> {
    fn of(parts: &'a [Part]) -> Self {
        let mut tree = Self {
            parts,
            texts: HashMap::new(),
            functions: HashMap::new(),
            named: HashMap::new(),
            lists: HashMap::new(),
        };
        for (at, part) in parts.iter().enumerate() {
            let Some(parent) = part.parent else { continue };
            match &part.atom {
                Some(text) => {
                    tree.texts.insert((parent, &part.key), text);
                    if part.key == "key" {
                        tree.name(parent, text);
                    }
                }
                None if part.key == "function" => drop(tree.functions.insert(parent, at)),
                None => {}
            }
        }
        tree
    }

    /// Notes the name of a statement of a `WITH`: `cte_map.map[n]` is what it is in.
    fn name(&mut self, entry: usize, name: &'a str) {
        let up = |at: usize, key: &str| self.parts.get(at).filter(|part| part.key == key).and_then(|part| part.parent);
        let list = self.parts.get(entry).and_then(|part| part.parent);
        if let Some(list) = list
            && let Some(node) = up(list, "map").and_then(|map| up(map, "cte_map"))
        {
            self.named.entry(list).or_default().push((entry, name));
            self.lists.insert(node, list);
        }
    }

    fn text(&self, at: usize, name: &str) -> &'a str {
        self.texts.get(&(at, name)).copied().unwrap_or_default()
    }

    /// Whether a name is defined by the statement around a part of it.
    fn defines(&self, name: &str, mut at: usize) -> bool {
        let mut within = false;
        while let Some(parent) = self.parts.get(at).and_then(|part| part.parent) {
            // A recursive part may name itself; the parts of a WITH may name those before them.
            let before = self.named.get(&parent).filter(|_| self.parts[parent].key == "map");
            let known = match before {
                Some(named) => {
                    within = true;
                    named.iter().any(|(entry, known)| *entry < at && known.eq_ignore_ascii_case(name))
                }
                None => self.text(parent, "cte_name").eq_ignore_ascii_case(name),
            };
            if known {
                return true;
            }
            if let Some(list) = self.lists.get(&parent) {
                let named = self.named.get(list).filter(|_| !std::mem::take(&mut within));
                if named.is_some_and(|named| named.iter().any(|(_, known)| known.eq_ignore_ascii_case(name))) {
                    return true;
                }
            }
            at = parent;
        }
        false
    }
}

/// Whether a statement may run. `parts` are what `json_serialize_sql` makes of `sql`.
pub(super) fn judge(parts: &[Part], sql: &str, views: &[String]) -> Result<(), Refusal> {
    let tree = Tree::of(parts);
    if tree.text(0, "error") != "false" {
        return Err(unparsed(&tree, sql));
    }
    let list = parts.iter().position(|part| part.parent == Some(0) && part.key == "statements");
    match parts.iter().filter(|part| part.parent.is_some() && part.parent == list).count() {
        0 => return Err(Refusal::new(Why::Wrong, "there is no statement", ONE)),
        1 => {}
        _ => return Err(Refusal::new(Why::NotAllowed, "there is more than one statement", ONE)),
    }
    (0..parts.len()).try_for_each(|at| look(&tree, at, sql, views))
}

fn unparsed(tree: &Tree<'_>, sql: &str) -> Refusal {
    if tree.text(0, "error_type") == "not implemented" {
        return Refusal::new(Why::NotAllowed, "only SELECT is run here", ONE);
    }
    let at = tree.text(0, "position").parse().ok();
    let message = placed(sql, at, tree.text(0, "error_message"));
    Refusal::new(Why::Wrong, message, "Correct it there; the dialect is DuckDB's.")
}

/// A message with the line and column of a byte in front of it.
pub(super) fn placed(sql: &str, at: Option<usize>, message: &str) -> String {
    let Some(before) = at.and_then(|at| sql.as_bytes().get(..at)) else { return message.to_owned() };
    let before = String::from_utf8_lossy(before);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}: {message}")
}

fn look(tree: &Tree<'_>, at: usize, sql: &str, views: &[String]) -> Result<(), Refusal> {
    let place = |message: &str| placed(sql, tree.text(at, "query_location").parse().ok(), message);
    let unfit = |function: &str| {
        let message = place(&format!("the function {function:?} is not for queries"));
        let remedy = format!("In FROM use views, subqueries and {}.", SOURCES.join(", "));
        Err(Refusal::new(Why::NotAllowed, message, remedy))
    };
    match tree.text(at, "type") {
        "BASE_TABLE" => {
            let whole = ["catalog_name", "schema_name", "table_name"].map(|name| tree.text(at, name));
            let [catalog, schema, name] = whole;
            let plain = catalog.is_empty() && schema.is_empty();
            let main = catalog.is_empty() && schema.eq_ignore_ascii_case("main");
            let view = (plain || main) && views.iter().any(|view| view.eq_ignore_ascii_case(name));
            if view || plain && tree.defines(name, at) {
                return Ok(());
            }
            let whole: Vec<&str> = whole.into_iter().filter(|part| !part.is_empty()).collect();
            let message = place(&format!("there is no view {:?}", whole.join(".")));
            Err(Refusal::new(Why::NoView, message, format!("Use one of {}.", views.join(", "))))
        }
        "TABLE_FUNCTION" => {
            let name = tree.functions.get(&at).map_or("", |function| tree.text(*function, "function_name"));
            if SOURCES.contains(&name.to_lowercase().as_str()) { Ok(()) } else { unfit(name) }
        }
        "FUNCTION" => {
            let name = tree.text(at, "function_name");
            if TELLTALES.contains(&name.to_lowercase().as_str()) { unfit(name) } else { Ok(()) }
        }
        "SHOW_REF" => {
            let message = place("SHOW, DESCRIBE and SUMMARIZE are not run here");
            Err(Refusal::new(Why::NotAllowed, message, "GET /api/v1/dcl/views has the views and their fields."))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_in_lines_and_characters() {
        let sql = "select é,\n  x from";
        assert_eq!(placed(sql, Some(0), "m"), "line 1, column 1: m");
        assert_eq!(placed(sql, sql.find('x'), "m"), "line 2, column 3: m");
        assert_eq!(placed(sql, sql.find(','), "m"), "line 1, column 9: m");
        assert_eq!(placed(sql, Some(usize::MAX), "m"), "m");
        assert_eq!(placed(sql, None, "m"), "m");
    }
}
