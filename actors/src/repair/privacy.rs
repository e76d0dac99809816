//! Pure: whether a column's values are personal data of a kind, and whether a canonical field is meant for that kind.
//!
//! Guarantee: a column whose samples are mostly e-mail addresses, phone numbers or card numbers never moves by itself into a
//! field that is not for them. No samples: nothing is known, nothing is refused.

use autonomos_runtime::canonical::entity::FieldType;

/// A kind of personal data that values themselves give away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// E-mail addresses.
    Email,
    /// Phone numbers.
    Phone,
    /// Payment card numbers.
    Card,
}

/// The kind more than half of the values are of.
pub fn class(values: &[String]) -> Option<Class> {
    let most = |test: fn(&str) -> bool| values.iter().filter(|v| test(v.trim())).count() * 2 > values.len();
    if most(email) {
        Some(Class::Email)
    } else if most(card) {
        Some(Class::Card)
    } else if most(phone) {
        Some(Class::Phone)
    } else {
        None
    }
}

/// Whether a canonical field of that name and type may hold values of the kind.
pub fn meant_for(class: Class, field: &str, kind: FieldType) -> bool {
    match class {
        Class::Email => kind == FieldType::Email || field.contains("email") || field == "username",
        Class::Phone => kind == FieldType::Phone || field.contains("phone"),
        Class::Card => false,
    }
}

fn email(value: &str) -> bool {
    value
        .split_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.') && !value.contains(char::is_whitespace))
}

/// Digits with a leading `+` or with the marks people write between them; bare digits are numbers and ids.
fn phone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let marked = value.starts_with('+') || value.contains(['(', ' ']) || value.matches('-').count() >= 2;
    let plain = value.chars().all(|c| c.is_ascii_digit() || "+()-. /x".contains(c));
    // a date has marks too
    let date = value.len() >= 10 && value.as_bytes()[4] == b'-' && value.as_bytes()[7] == b'-';
    (7..=15).contains(&digits) && marked && plain && !date
}

/// 13 to 19 digits whose check digit is right.
fn card(value: &str) -> bool {
    let digits: Vec<u32> = value.chars().filter(|c| !matches!(c, ' ' | '-')).map_while(|c| c.to_digit(10)).collect();
    let all = value.chars().filter(|c| !matches!(c, ' ' | '-')).count();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(k, d)| if k % 2 == 0 { *d } else { d * 2 - if *d > 4 { 9 } else { 0 } })
        .sum();
    digits.len() == all && (13..=19).contains(&all) && sum.is_multiple_of(10) && digits.iter().any(|d| *d != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(list: &[&str]) -> Option<Class> {
        class(&list.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn values_give_their_kind_away() {
        let table: [(&[&str], Option<Class>); 8] = [
            (&["ann@example.com", "bo@example.org", ""], Some(Class::Email)),
            (&["+49 30 901820", "(212) 555-0187"], Some(Class::Phone)),
            (&["212-555-0187"], Some(Class::Phone)),
            (&["4111 1111 1111 1111", "5500-0000-0000-0004"], Some(Class::Card)),
            (&["2182162682", "2319384765"], None),
            (&["2020-12-30 03:15:52"], None),
            (&["Berlin", "ask@"], None),
            (&[], None),
        ];
        for (values, wanted) in table {
            assert_eq!(of(values), wanted, "{values:?}");
        }
    }

    #[test]
    fn fields_take_what_they_are_meant_for() {
        assert!(meant_for(Class::Email, "email", FieldType::Email));
        assert!(!meant_for(Class::Email, "description", FieldType::Text));
        assert!(meant_for(Class::Phone, "mobile_phone", FieldType::Phone));
        assert!(!meant_for(Class::Phone, "name", FieldType::String));
        assert!(!meant_for(Class::Card, "account_id", FieldType::Id));
    }
}
