//! Pure: what a drift does to the rows of a demo source.

use std::collections::BTreeMap;

use super::rows::Made;

/// What a stream was told to do to its schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Drift {
    /// Old name to new.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// No longer sent.
    #[serde(default)]
    pub remove: Vec<String>,
    /// Newly sent.
    #[serde(default)]
    pub add: Vec<String>,
    /// Field to type: `string` puts words around numbers, `number` and `integer` digits in the place of text.
    #[serde(default)]
    pub retype: BTreeMap<String, String>,
}

impl Drift {
    /// This and what comes on top of it.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        self.rename.extend(more.rename);
        self.remove.extend(more.remove);
        self.add.extend(more.add);
        self.retype.extend(more.retype);
        self
    }
}

/// The rows under a drift.
pub fn apply(made: &Made, drift: &Drift) -> Made {
    let kept: Vec<usize> = (0..made.columns.len()).filter(|at| !drift.remove.contains(&made.columns[*at])).collect();
    let name = |at: &usize| {
        let old = &made.columns[*at];
        drift.rename.get(old).unwrap_or(old).clone()
    };
    let mut columns: Vec<String> = kept.iter().map(name).collect();
    columns.extend(drift.add.iter().cloned());
    let rows = made.rows.iter().enumerate().map(|(n, row)| {
        let value = |at: &usize| {
            let value = row[*at].clone();
            match drift.retype.get(&made.columns[*at]).map(String::as_str) {
                Some("string") => value.map(|v| format!("about {v}")),
                Some(_) => value.map(|v| v.bytes().map(u64::from).sum::<u64>().to_string()),
                None => value,
            }
        };
        let mut out: Vec<Option<String>> = kept.iter().map(value).collect();
        out.extend(drift.add.iter().map(|name| Some(format!("{name} {}", n % 7))));
        out
    });
    Made { columns, rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drift_renames_removes_retypes_and_adds() {
        let made = Made {
            columns: ["Id", "Phone", "Fax", "Size"].map(str::to_owned).to_vec(),
            rows: vec![["1", "555", "556", "12"].map(|v| Some(v.to_owned())).to_vec()],
        };
        let drift = Drift {
            rename: [("Phone".to_owned(), "PhoneNumber".to_owned())].into(),
            remove: vec!["Fax".to_owned()],
            add: vec!["Tier".to_owned()],
            retype: [("Size".to_owned(), "string".to_owned())].into(),
        };
        let out = apply(&made, &drift);
        assert_eq!(out.columns, ["Id", "PhoneNumber", "Size", "Tier"]);
        let row: Vec<&str> = out.rows[0].iter().flatten().map(String::as_str).collect();
        assert_eq!(row, ["1", "555", "about 12", "Tier 0"]);
        assert_eq!(apply(&made, &Drift::default()), made);
    }
}
