//! Text that may be shown: what looks like a secret is taken out. A belt besides the types: nothing should get here that
//! needs it. Pure.

/// What starts a secret in running text; everything up to white space, a quote or a separator is taken out.
const MARKS: [&str; 13] = [
    "password=",
    "passwd=",
    "pwd=",
    "secret=",
    "token=",
    "api_key=",
    "apikey=",
    "access_key=",
    "bearer ",
    "basic ",
    "aos_",
    "sig=",
    "signature=",
];

/// Text that may go into a log or to people, whatever a vendor's error message had in it: passwords in addresses, bearer
/// tokens, keys and web tokens become `***`. A belt besides the types: nothing should get here that needs it.
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let boundary = out.chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        if let Some((kept, len)) = boundary.then(|| secret_at(rest)).flatten() {
            out.push_str(rest.get(..kept).unwrap_or_default());
            out.push_str("***");
            rest = rest.get(kept + len..).unwrap_or_default();
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// Where the text starts with something secret: how much of it may stay, and how much has to go.
fn secret_at(text: &str) -> Option<(usize, usize)> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '&' | ',' | ';' | ')' | '}' | ']' | '<' | '>');
    let word = |from: usize| text.get(from..).map_or(0, |rest| rest.find(ends).unwrap_or(rest.len()));
    for mark in MARKS {
        if text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark)) {
            let len = word(mark.len());
            return (len > 0).then_some((mark.len(), len));
        }
    }
    // A web token: header, claims and signature in base64.
    if text.starts_with("eyJ") {
        let len = word(0);
        return text.get(..len).is_some_and(|t| t.matches('.').count() == 2).then_some((0, len));
    }
    // scheme://user:password@host
    let scheme = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '+')?;
    if scheme == 0 || !text.get(scheme..).is_some_and(|rest| rest.starts_with("://")) {
        return None;
    }
    let start = scheme + 3;
    let address = text.get(start..start + word(start))?;
    let authority = address.split(['/', '?', '#']).next().unwrap_or(address);
    // A password may hold a slash that nobody escaped: the last @ of the word ends it.
    let user = authority.rfind('@').or_else(|| address.rfind('@'))?;
    let colon = address.get(..user)?.find(':')?;
    Some((start + colon + 1, user - colon - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_text_loses_its_secrets_and_nothing_else() {
        for (text, expected) in [
            ("connect postgres://ada:pa55@db/x failed", "connect postgres://ada:***@db/x failed"),
            ("rediss://:p/a@55@h:1/0", "rediss://:***@h:1/0"),
            ("postgres://db:5432/x failed for a@b", "postgres://db:5432/x failed for a@b"),
            ("401 for Authorization: Bearer abc.def-1, retry", "401 for Authorization: Bearer ***, retry"),
            ("host=db password=pa55 user=ada", "host=db password=*** user=ada"),
            ("GET /x?token=t0k&limit=5", "GET /x?token=***&limit=5"),
            ("{\"key\":\"aos_live_1\"}", "{\"key\":\"aos_***\"}"),
            ("got eyJhbGciOi.eyJzdWIi.c2ln", "got ***"),
            ("eyJust a word, broken_token=x, price 5€", "eyJust a word, broken_token=***, price 5€"),
            ("nothing: to see", "nothing: to see"),
        ] {
            assert_eq!(redact(text), expected);
        }
    }
}
