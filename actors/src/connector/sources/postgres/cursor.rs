//! How far a table has been read, as JSON text.

use super::super::position::Position;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cursor {
    /// Names of the order terms: a place among rows in another order is no place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Vec<String>>,
    /// Texts of the order terms of the last row read: the cursor column's, then the key's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<String>>,
    /// Keys of the last row read among those without a cursor value, while they are being read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nulls: Option<Vec<String>>,
    /// This pass has read the rows without a cursor value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_done: bool,
    /// Which transactions were done when the last whole pass began (a snapshot, as the server writes it).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
    /// The same of the pass under way; a cursor without it lies between two passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// Number of the last full pass that was done; 0: none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pass: u64,
    /// Key of the last row that was told to be gone, while those are being told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
    /// Rows before, for numbering.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub row: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape serde asks for")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Position for Cursor {}

impl Cursor {
    /// The same position for rows that come in this order; the beginning, when it was a place in another one. What is then
    /// read again is an update of what is known.
    pub fn ordered(self, by: Vec<String>) -> Self {
        let placed = self.after.as_ref().is_none_or(|after| after.len() == by.len());
        let same = self.by.as_ref().map_or(placed, |known| *known == by);
        if same { Self { by: Some(by), ..self } } else { Self { by: Some(by), row: self.row, ..Self::default() } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_another_order_is_the_beginning() {
        let names = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let at = Cursor { after: Some(names("5 7")), pass: 3, row: 9, ..Cursor::default() };
        // One from before orders were noted is believed as far as its length goes.
        let noted = at.clone().ordered(names("changed id"));
        assert_eq!((noted.after.clone(), noted.pass), (Some(names("5 7")), 3));
        assert_eq!(noted.clone().ordered(names("changed id")), noted);
        for other in ["updated id", "id", "changed id region"] {
            let again = noted.clone().ordered(names(other));
            assert_eq!(again, Cursor { by: Some(names(other)), row: 9, ..Cursor::default() }, "{other}");
        }
        assert_eq!(at.ordered(names("id")).after, None);
        let rest = Cursor { pass: 3, ..Cursor::default() }.ordered(names("id"));
        assert_eq!((rest.pass, rest.ordered(names("region")).pass), (3, 0));
    }
}
