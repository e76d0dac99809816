//! Pure: what must happen to the values of a field whose new name says the opposite of the old one, or another unit.
//!
//! A rename that would flip every value is never applied by itself (the matcher holds it below the band); this is what the
//! question to a person then offers: the same field, with its values turned round.

use autonomos_runtime::canonical::entity::FieldType;
use autonomos_runtime::canonical::mapping::Transform;

use crate::matching::flags::{opposite, saying, tokens};

const CENTS: &str = "0.01";

/// The transform a rule needs when its column `from` is now called `to`; none when the one it has still fits, or nobody
/// can say.
pub fn conversion(from: &str, to: &str, kind: FieldType, now: &Transform) -> Option<Transform> {
    if kind == FieldType::Boolean && opposite(&saying(from), &saying(to)) {
        return match now {
            Transform::None => Some(Transform::Negate),
            Transform::Negate => Some(Transform::None),
            _ => None,
        };
    }
    let cents = |name: &str| tokens(name).iter().any(|t| t == "cents");
    match (cents(from), cents(to), now) {
        (false, true, Transform::None) if matches!(kind, FieldType::Money | FieldType::Number) => {
            Some(Transform::Scale(CENTS.to_owned()))
        }
        (true, false, Transform::Scale(factor)) if factor == CENTS => Some(Transform::None),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_turned_round_with_the_name() {
        let cents = || Transform::Scale(CENTS.to_owned());
        let table = [
            ("deactivated", "is_active", FieldType::Boolean, Transform::None, Some(Transform::Negate)),
            ("deactivated", "is_active", FieldType::Boolean, Transform::Negate, Some(Transform::None)),
            ("deactivated", "is_inactive", FieldType::Boolean, Transform::None, None),
            ("active", "is_deleted", FieldType::String, Transform::None, None),
            ("balance", "balance_cents", FieldType::Money, Transform::None, Some(cents())),
            ("amount_cents", "amount", FieldType::Money, cents(), Some(Transform::None)),
            ("amount_cents", "total_cents", FieldType::Money, cents(), None),
            ("phone", "phone_number", FieldType::Phone, Transform::None, None),
        ];
        for (from, to, kind, now, wanted) in table {
            assert_eq!(conversion(from, to, kind, &now), wanted, "{from} {to}");
        }
    }
}
