//! What people say about entities, as changes: these are one, these are not, and taking either back.
//!
//! No scores and no candidates: the records concerned are few and named. The same rules for ids as everywhere: the older
//! name stays, and it stays where the record is that it comes from. Pure.

use autonomos_runtime::{Error, Result};

use super::change::Change;
use super::index::pair;

/// Members of an entity that a decision may be about.
pub const MOST_MEMBERS: usize = 400;

/// A record of an entity, as a decision sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub record: u64,
    /// Its entity.
    pub entity: u64,
    /// How old it is.
    pub born: i64,
    /// Whether it is in its source still.
    pub live: bool,
}

/// What a decision came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decided {
    /// The entities there are afterwards.
    pub entities: Vec<u64>,
    /// For the log.
    pub changes: Vec<ChangeKey>,
}

/// A change without evidence: what people decide has none but their word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKey {
    /// A record belongs to an entity.
    Moved(u64, u64),
    /// Two records are one.
    Together(u64, u64),
    /// Two records are not.
    Apart(u64, u64),
    /// Neither is said of them any more.
    Unlinked(u64, u64),
}

impl From<ChangeKey> for Change {
    fn from(key: ChangeKey) -> Self {
        match key {
            ChangeKey::Moved(record, entity) => Self::Moved { record, entity },
            ChangeKey::Together(a, b) => Self::Together { a, b },
            ChangeKey::Apart(a, b) => Self::Apart { a, b },
            ChangeKey::Unlinked(a, b) => Self::Unlinked { a, b },
        }
    }
}

const fn age(member: &Member) -> (i64, u64) {
    (member.born, member.record)
}

/// The name of what these become: the oldest name of an entity whose own record is among them, else their oldest record's.
fn name(members: &[Member]) -> Option<u64> {
    members.iter().min_by_key(|m| (m.record != m.entity, age(m))).map(|m| m.record)
}

fn bounded(members: &[Member]) -> Result<()> {
    if members.len() > MOST_MEMBERS {
        return Err(Error::too_large(
            "entity.too_many_members",
            format!("more than {MOST_MEMBERS} records are concerned"),
        )
        .remedy("Decide about smaller parts."));
    }
    Ok(())
}

/// Makes the entities of these members one; `parted` are the pairs that people parted before.
pub fn merge(members: &[Member], parted: &[(u64, u64)]) -> Result<Decided> {
    bounded(members)?;
    let Some(into) = name(members) else { return Ok(Decided::default()) };
    let mut changes = Vec::new();
    // The word that parted them holds no more.
    let here = |record: u64| members.iter().any(|m| m.record == record);
    changes.extend(parted.iter().filter(|(a, b)| here(*a) && here(*b)).map(|&(a, b)| ChangeKey::Unlinked(a, b)));
    let mut entities: Vec<u64> = members.iter().map(|m| m.entity).collect();
    entities.sort_unstable();
    entities.dedup();
    if entities.len() < 2 {
        return Err(Error::conflict("entity.one_already", "These are one entity already.")
            .remedy("Name two entities that are not the same."));
    }
    let speaker = |entity: u64| {
        let of = members.iter().filter(|m| m.entity == entity);
        of.min_by_key(|m| (!m.live, age(m))).map_or(entity, |m| m.record)
    };
    let anchor = members.iter().find(|m| m.record == into).map_or(into, |m| speaker(m.entity));
    for &entity in &entities {
        let other = speaker(entity);
        if other != anchor {
            let (a, b) = pair(anchor, other);
            changes.push(ChangeKey::Together(a, b));
        }
    }
    changes.extend(members.iter().filter(|m| m.entity != into).map(|m| ChangeKey::Moved(m.record, into)));
    Ok(Decided { entities: vec![into], changes })
}

/// Takes these records out of their entity, to be one of their own.
pub fn split(members: &[Member], out: &[u64], joined: &[(u64, u64)]) -> Result<Decided> {
    bounded(members)?;
    let (gone, rest): (Vec<Member>, Vec<Member>) = members.iter().partition(|m| out.contains(&m.record));
    if let Some(stranger) = out.iter().find(|id| !members.iter().any(|m| m.record == **id)) {
        return Err(Error::invalid("entity.not_a_member", format!("{stranger:016x} is no record of this entity"))
            .field("/records")
            .remedy("Name records that are among its members."));
    }
    if gone.is_empty() || !rest.iter().any(|m| m.live) {
        return Err(Error::invalid(
            "entity.nothing_left",
            "a part of the records, not none and not all, can be split off",
        )
        .field("/records")
        .remedy("Name some of its members."));
    }
    // A record that is gone from its source stays with the part that has the oldest of those that are not.
    let (mut gone, mut rest) = (gone, rest);
    let live_first = |part: &[Member]| part.iter().filter(|m| m.live).map(age).min();
    let with_gone = live_first(&gone) < live_first(&rest) && live_first(&gone).is_some();
    if with_gone {
        let (dead, alive): (Vec<Member>, Vec<Member>) = rest.iter().partition(|m| !m.live);
        gone.extend(dead);
        rest = alive;
    }
    let (Some(new), Some(old)) = (name(&gone), name(&rest)) else { return Ok(Decided::default()) };
    let mut changes: Vec<ChangeKey> = joined
        .iter()
        .filter(|(a, b)| out.contains(a) != out.contains(b))
        .map(|&(a, b)| ChangeKey::Unlinked(a, b))
        .collect();
    for one in &gone {
        for other in &rest {
            let (a, b) = pair(one.record, other.record);
            changes.push(ChangeKey::Apart(a, b));
        }
    }
    let moved = gone.iter().map(|m| (m, new)).chain(rest.iter().map(|m| (m, old)));
    changes
        .extend(moved.filter(|(m, entity)| m.entity != *entity).map(|(m, entity)| ChangeKey::Moved(m.record, entity)));
    Ok(Decided { entities: vec![old, new], changes })
}

/// Says that two entities are not one, so that nobody asks again.
pub fn apart(one: &[Member], other: &[Member]) -> Result<Decided> {
    bounded(one)?;
    bounded(other)?;
    if one.len() * other.len() > MOST_MEMBERS * 10 {
        return Err(
            Error::too_large("entity.too_many_members", "too many records are concerned").remedy("Split them first.")
        );
    }
    let pairs = one.iter().flat_map(|x| other.iter().map(|y| pair(x.record, y.record)));
    let changes = pairs.filter(|(a, b)| a != b).map(|(a, b)| ChangeKey::Apart(a, b)).collect();
    Ok(Decided { entities: one.iter().chain(other).map(|m| m.entity).collect(), changes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ChangeKey::{Apart, Moved, Together, Unlinked};

    const fn member(record: u64, entity: u64, born: i64) -> Member {
        Member { record, entity, born, live: true }
    }

    #[test]
    fn the_older_name_stays() {
        let members = [member(9, 9, 1), member(4, 9, 3), member(2, 2, 2)];
        let decided = merge(&members, &[(2, 9), (2, 77)]).unwrap();
        assert_eq!(decided.entities, [9]);
        assert_eq!(decided.changes, [Unlinked(2, 9), Together(2, 9), Moved(2, 9)]);
        assert_eq!(merge(&members[..2], &[]).unwrap_err().code, "entity.one_already");
        // An older record that came to an entity later does not give it its name.
        let members = [member(4, 9, 1), member(9, 9, 2), member(2, 2, 3)];
        assert_eq!(merge(&members, &[]).unwrap().entities, [9]);
    }

    #[test]
    fn a_split_keeps_the_name_where_its_record_is() {
        let members = [member(9, 9, 1), member(4, 9, 3), member(2, 9, 2)];
        let decided = split(&members, &[4, 2], &[(2, 9)]).unwrap();
        assert_eq!(decided.entities, [9, 2]);
        assert_eq!(decided.changes, [Unlinked(2, 9), Apart(4, 9), Apart(2, 9), Moved(4, 2), Moved(2, 2)]);
        // The record that it is named after may leave: it takes the name along.
        let decided = split(&members, &[9], &[]).unwrap();
        assert_eq!(decided.entities, [2, 9]);
        assert_eq!(decided.changes, [Apart(4, 9), Apart(2, 9), Moved(4, 2), Moved(2, 2)]);
    }

    #[test]
    fn what_cannot_be_split_is_said() {
        let members = [member(9, 9, 1), member(4, 9, 3)];
        assert_eq!(split(&members, &[], &[]).unwrap_err().code, "entity.nothing_left");
        assert_eq!(split(&members, &[9, 4], &[]).unwrap_err().code, "entity.nothing_left");
        assert_eq!(split(&members, &[5], &[]).unwrap_err().code, "entity.not_a_member");
    }

    #[test]
    fn a_record_that_is_gone_goes_with_the_older_part() {
        let gone = Member { live: false, ..member(1, 1, 1) };
        let members = [gone, member(5, 1, 2), member(6, 1, 3)];
        assert_eq!(split(&members, &[6], &[]).unwrap().entities, [1, 6]);
        assert_eq!(split(&members, &[5], &[]).unwrap().entities, [6, 1]);
    }

    #[test]
    fn merge_and_split_take_each_other_back() {
        let mut members = vec![member(9, 9, 1), member(2, 2, 2), member(3, 2, 3)];
        let before: Vec<u64> = members.iter().map(|m| m.entity).collect();
        let apply = |members: &mut Vec<Member>, decided: &Decided| {
            for change in &decided.changes {
                if let Moved(record, entity) = change {
                    members.iter_mut().filter(|m| m.record == *record).for_each(|m| m.entity = *entity);
                }
            }
        };
        let merged = merge(&members, &[]).unwrap();
        apply(&mut members, &merged);
        assert!(members.iter().all(|m| m.entity == 9));
        let parted = split(&members, &[2, 3], &[(2, 9)]).unwrap();
        apply(&mut members, &parted);
        assert_eq!(members.iter().map(|m| m.entity).collect::<Vec<_>>(), before);
    }
}
