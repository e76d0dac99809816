//! Paging by opaque cursors: a page says where the next one starts, and a list that grows meanwhile neither repeats nor
//! skips what was there. Cursors are keys, not offsets, so a deep page costs what the first one costs.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Error, Result};

/// The largest page anybody gets.
pub const MAX_LIMIT: u32 = 1000;

/// Which part of a list is wanted.
#[derive(Clone, Debug)]
pub struct Page {
    limit: u32,
    after: Option<String>,
}

impl Default for Page {
    fn default() -> Self {
        Self::first(100)
    }
}

impl Page {
    /// The first items; at most [`MAX_LIMIT`], at least one.
    pub fn first(limit: u32) -> Self {
        Self { limit: limit.clamp(1, MAX_LIMIT), after: None }
    }

    /// What a request asked for: its limit and the cursor of the page before.
    pub fn asked(limit: Option<u32>, cursor: Option<&str>) -> Result<Self> {
        let after = cursor.map(open).transpose()?;
        Ok(Self { after, ..Self::first(limit.unwrap_or(100)) })
    }

    /// How many items at most.
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// The key after which the page starts.
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// The key after which the page starts, as what the list is sorted by.
    pub fn after_key<T: std::str::FromStr>(&self) -> Result<Option<T>> {
        self.after.as_deref().map(|key| key.parse().map_err(|_| bad_cursor())).transpose()
    }
}

/// One page, and the cursor of the next if there is one.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Paged<T> {
    /// The items.
    pub items: Vec<T>,
    /// Cursor of the next page; none: this was the last.
    pub next_cursor: Option<String>,
}

impl<T> Paged<T> {
    /// Makes a page of a query that was asked for one item more than the limit, so that it knows whether there is more.
    pub fn of(mut items: Vec<T>, page: &Page, key: impl Fn(&T) -> String) -> Self {
        let limit = page.limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = if more { items.last().map(|last| seal(&key(last))) } else { None };
        Self { items, next_cursor }
    }

    /// The same page of something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Paged<U> {
        Paged { items: self.items.into_iter().map(f).collect(), next_cursor: self.next_cursor }
    }
}

fn seal(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

fn open(cursor: &str) -> Result<String> {
    URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(bad_cursor)
}

fn bad_cursor() -> Error {
    Error::invalid("page.cursor", "the cursor is not one this list gave out")
        .field("cursor")
        .remedy("Use next_cursor of the page before, or leave cursor out to start again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_whether_there_is_more() {
        let page = Page::first(2);
        let last = Paged::of(vec![1, 2], &page, ToString::to_string);
        assert_eq!((last.items.len(), last.next_cursor), (2, None));
        let first = Paged::of(vec![1, 2, 3], &page, ToString::to_string);
        assert_eq!(first.items, [1, 2]);
        let next = Page::asked(Some(5000), first.next_cursor.as_deref()).unwrap();
        assert_eq!((next.limit(), next.after_key::<i64>().unwrap()), (MAX_LIMIT, Some(2)));
    }

    #[test]
    fn a_made_up_cursor_is_refused_by_name() {
        let error = Page::asked(None, Some("%%%")).unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), ("page.cursor", Some("cursor")));
        let wrong_kind = Page::asked(None, Some(&seal("abc"))).unwrap();
        assert!(wrong_kind.after_key::<i64>().is_err());
    }
}
