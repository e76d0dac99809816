//! Secrets in a document: names in their place, and what becomes of them when it is applied.

use std::collections::BTreeMap;

/// The name of a secret, made of whose it is: `CRM_URL` of the connection `crm` and its setting `url`.
pub fn name(connection: &str, setting: &str) -> String {
    let upper = |text: &str| -> String {
        let plain = text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
        plain.collect()
    };
    let name = format!("{}_{}", upper(connection), upper(setting));
    // A shell takes no variable that begins with a digit.
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// What stands in a document in the place of a secret.
pub fn reference(name: &str) -> String {
    format!("${{{name}}}")
}

/// The name, if a text is nothing but a reference.
pub fn referred(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

/// Every name that a document refers to, as it stands in its text, whatever it is there for.
pub fn names_in(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text
        .match_indices("${")
        .filter_map(|(at, _)| {
            let end = text.get(at..)?.find('}')? + at;
            referred(text.get(at..=end)?)
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Secrets by the name they were given under; shown to nobody.
#[derive(Clone, Default)]
pub struct Given(BTreeMap<String, String>);

impl Given {
    /// Of names and secrets.
    pub const fn new(secrets: BTreeMap<String, String>) -> Self {
        Self(secrets)
    }

    /// The secret of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_a_shell_and_found_again() {
        assert_eq!(name("Salesforce (demo)", "client_secret"), "SALESFORCE__DEMO__CLIENT_SECRET");
        assert_eq!(name("2nd", "url"), "_2ND_URL");
        for (connection, setting) in [("crm", "url"), ("2nd", "api_key"), ("größe", "token")] {
            let name = name(connection, setting);
            assert_eq!(referred(&reference(&name)), Some(name.as_str()));
        }
        for text in ["${}", "$A", "${A B}", "x${A}", "${A}x", "${A"] {
            assert_eq!(referred(text), None, "{text}");
        }
        assert_eq!(names_in("a: ${B}\nb: '${A}' # ${B}\nc: ${not one}"), ["A", "B"]);
        assert!(!format!("{:?}", Given::new([("A".to_owned(), "hidden".to_owned())].into())).contains("hidden"));
    }
}
