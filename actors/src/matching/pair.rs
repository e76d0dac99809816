//! How much one field of a schema looks like the earlier name of another: the numbers the rename model weighs.
//!
//! Guarantee: pure and deterministic; every number lies in a small fixed range. A crash cannot do anything to it.

use hashbrown::{HashMap, HashSet};
use smallvec::SmallVec;

use super::change::RepairField;
use super::declared::{Family, Relation, relation};
use super::flags::opposite;
use super::lexicon::set_hash;
use super::likeness::{alike, contrasting, nearness, overlap, spelled_alike, stem_overlap, tables};
use super::sides::{Reading, Side};
use super::values::agreement;
use super::words::{Word, WordList, words};

/// What is measured of a pair, in the order of [`Features`].
pub const NAMES: [&str; COUNT] = [
    "bias",
    "words",
    "core",
    "core_same",
    "edit",
    "squashed",
    "notion",
    "type_same",
    "type_near",
    "type_far",
    "type_conflict",
    "slot",
    "slot_typed",
    "gap",
    "elsewhere",
    "place_unknown",
    "alone",
    "contrast",
    "opposite",
    "keys_of_others",
    "echo",
    "shared",
    "shape",
    "no_word",
    "weak_word",
    "unit_only_one",
    "flag_only_one",
    "time_only_one",
    "slot_no_word",
    "many",
    "contrast_words",
    "keys_of_kin",
    "stems",
    "list_only_one",
    "parents_differ",
    "thin_among_many",
    "keys_of_things",
    "antonym",
    "flag_unsure",
    "best_left",
    "best_right",
];

/// How many numbers a pair has.
pub const COUNT: usize = 41;

/// Where the lead over the next best on the left stands; that on the right follows it.
const BEST: usize = COUNT - 2;

/// The numbers of a pair.
pub type Features = [f64; COUNT];

/// Numbers that can only speak for a rename (1) or against it (-1); the rest may do either. Keeps the fit from learning the
/// quirks of a few histories.
pub fn sign(name: &str) -> f64 {
    match name {
        "words" | "core" | "core_same" | "edit" | "squashed" | "notion" | "type_same" | "type_near" | "slot"
        | "slot_typed" | "alone" | "echo" | "shared" | "shape" | "best_left" | "best_right" | "stems" => 1.0,
        "bias" | "place_unknown" | "slot_no_word" => 0.0,
        _ => -1.0,
    }
}

fn yes(condition: bool) -> f64 {
    f64::from(u8::from(condition))
}

/// The change of words from one name to the other, as a number; none when they share no word or no word changes.
fn change(a: &Side<'_>, b: &Side<'_>) -> Option<u64> {
    let w = words();
    let gone: Vec<Word> = a.words.iter().copied().filter(|x| !b.words.contains(x)).collect();
    let come: Vec<Word> = b.words.iter().copied().filter(|x| !a.words.contains(x)).collect();
    let share = a.words.len() > gone.len();
    let moved = (a.parent != b.parent) && share;
    if !share || (gone.is_empty() && come.is_empty() && !moved) {
        return None;
    }
    let parents = if a.parent == b.parent { 0 } else { fnv(&a.parent) ^ fnv(&b.parent).rotate_left(9) };
    Some(set_hash(w, &gone).rotate_left(1) ^ set_hash(w, &come).rotate_left(17) ^ parents)
}

fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// The numbers of every candidate pair.
pub fn measure(r: &Reading<'_>, pairs: &[(usize, usize)]) -> Vec<Features> {
    let mut echoes: HashMap<u64, (HashSet<usize>, HashSet<usize>)> = HashMap::new();
    let changes: Vec<Option<u64>> = pairs.iter().map(|(i, j)| change(&r.removed[*i], &r.added[*j])).collect();
    for ((i, j), found) in pairs.iter().zip(&changes) {
        if let Some(key) = found {
            let (from, to) = echoes.entry(*key).or_default();
            from.insert(*i);
            to.insert(*j);
        }
    }
    let mut all: Vec<Features> = pairs
        .iter()
        .zip(&changes)
        .map(|((i, j), found)| {
            let echo = found.and_then(|key| echoes.get(&key)).map_or(0, |(from, to)| from.len().min(to.len()) - 1);
            features(r, *i, *j, echo)
        })
        .collect();
    // whether either side has something that looks more like it
    let (mut left, mut right) = (vec![[0.0_f64; 2]; r.removed.len()], vec![[0.0_f64; 2]; r.added.len()]);
    let likes: Vec<f64> = all.iter().map(|f| f[1] + f[2] + f[4]).collect();
    for ((i, j), like) in pairs.iter().zip(&likes) {
        for best in [&mut left[*i], &mut right[*j]] {
            if *like > best[0] {
                *best = [*like, best[0]];
            } else if *like > best[1] {
                best[1] = *like;
            }
        }
    }
    for (((i, j), like), f) in pairs.iter().zip(&likes).zip(&mut all) {
        let lead = |best: [f64; 2]| if *like >= best[0] { like - best[1] } else { like - best[0] };
        f[BEST] = lead(left[*i]).clamp(-1.5, 1.5);
        f[BEST + 1] = lead(right[*j]).clamp(-1.5, 1.5);
    }
    all
}

fn features(reading: &Reading<'_>, left: usize, right: usize, echo: usize) -> Features {
    let (known_words, lists) = (words(), tables());
    let (a, b) = (&reading.removed[left], &reading.added[right]);
    let (full, core) = (overlap(&a.words, &b.words), overlap(&a.core, &b.core));
    let sorted = |list: &WordList| {
        let mut list: SmallVec<[Word; 10]> = list.iter().map(|x| known_words.group(*x)).collect();
        list.sort_unstable();
        list.dedup();
        list
    };
    let notion = yes(a.notions.iter().any(|x| b.notions.iter().any(|y| x.0 == y.0 && !x.1 && !y.1)));
    let known = a.notions.iter().any(|x| b.notions.iter().any(|y| x.0 == y.0));
    let has_id = |s: &Side<'_>| s.words.last() == Some(&lists.id) || s.family == Family::Uuid;
    let both_ids = has_id(a) && has_id(b);
    let kinds = match relation(a.family, b.family) {
        // numbers become text in the ids of a newer version, and the other way round
        Relation::Far if both_ids => Relation::Near,
        other => other,
    };
    let spelled = |f: &RepairField| f.data_type.as_deref().map(str::to_ascii_lowercase).filter(|s| !s.is_empty());
    let same_type = kinds == Relation::Same || (spelled(a.field).is_some() && spelled(a.field) == spelled(b.field));
    let (from, to) = (reading.order.removed[left], reading.order.added[right]);
    let slot = reading.order.telling && from == to;
    let gap = reading.order.telling && !slot && from.gap == to.gap;
    // in a gap that gained or lost others, counted from its start or its end
    let rank = gap && (from.rank == to.rank || from.count - from.rank == to.count - to.rank);
    let alone = reading.removed.len() == 1 && reading.added.len() == 1;
    let is_time =
        |s: &Side<'_>| s.words.last() == Some(&lists.date) || matches!(s.family, Family::Date | Family::Datetime);
    let is_flag = |s: &Side<'_>| s.words.first() == Some(&lists.is) || s.family == Family::Boolean;
    let is_unit = |s: &Side<'_>| s.words.iter().any(|x| lists.units.contains(x));
    let values = agreement(&a.field.samples, &b.field.samples);
    let no_word = core.matched == 0.0;
    let weak_word = !no_word && !core.heavy;
    let strange = !known;
    // both point at something, and not at what is called the same
    let things = a.core.iter().any(|x| !lists.light.contains(x)) && b.core.iter().any(|x| !lists.light.contains(x));
    let thing = |s: &Side<'_>| s.words.iter().any(|x| lists.things.contains(x));
    let same_thing = a.core.iter().any(|x| !lists.light.contains(x) && b.core.contains(x));
    let stems = stem_overlap((&a.tokens, &a.stems), (&b.tokens, &b.stems));
    let many = ((reading.removed.len() * reading.added.len()) as f64).ln() / 4.0;
    let parents = !a.parent.is_empty() && !b.parent.is_empty();
    let parents_differ = parents && !a.parents.iter().any(|x| b.parents.iter().any(|y| alike(x, y) > 0.0));
    let ((contrast, never), (contrast_words, _)) = (contrasting(&a.core, &b.core), contrasting(&a.words, &b.words));
    let lone = |x: &[Word], y: &[Word]| {
        x.iter().any(|v| !lists.light.contains(v) && !y.iter().any(|z| nearness(*v, *z) > 0.0))
    };
    // flags that share no whole meaning may well say opposite things in words nobody listed
    let flag_unsure = (is_flag(a) || is_flag(b)) && lone(&a.core, &b.core) && lone(&b.core, &a.core);
    [
        1.0,
        full.jaccard,
        core.jaccard,
        yes(sorted(&a.core) == sorted(&b.core)),
        spelled_alike(&a.leaf, &b.leaf).max(spelled_alike(&a.squashed, &b.squashed)),
        yes(a.squashed == b.squashed),
        notion,
        yes(same_type),
        yes(kinds == Relation::Near && !same_type),
        yes(kinds == Relation::Far && !same_type),
        yes(kinds == Relation::Conflict && !same_type),
        yes(slot),
        yes(slot && same_type),
        yes(gap && !rank),
        yes(reading.order.telling && !slot && !gap),
        yes(!reading.order.telling),
        yes(alone),
        contrast,
        yes(opposite(&a.saying, &b.saying)),
        yes(both_ids && things && !core.heavy),
        (echo as f64).ln_1p().min(2.0),
        values.shared,
        values.shape,
        yes(no_word && strange),
        yes(weak_word && strange),
        yes(is_unit(a) != is_unit(b)),
        yes(is_flag(a) != is_flag(b)),
        yes(is_time(a) != is_time(b)),
        yes(slot && no_word && strange),
        many,
        contrast_words,
        yes(both_ids && things && core.heavy && !same_thing),
        stems,
        yes(a.field.name.contains("[]") != b.field.name.contains("[]")),
        yes(parents_differ),
        many * (1.0 - full.jaccard.max(core.jaccard).max(notion)),
        yes(both_ids && !core.heavy && !full.heavy && thing(a) && thing(b)),
        yes(never),
        yes(flag_unsure),
        0.0,
        0.0,
    ]
}

/// The signs a person would name for or against the pair, strongest first.
pub fn reasons(f: &Features) -> Vec<String> {
    let of = |name: &str| NAMES.iter().position(|n| *n == name).map_or(0.0, |at| f[at]);
    let mut out = Vec::new();
    let mut say = |condition: bool, text: &str| {
        if condition {
            out.push(text.to_owned());
        }
    };
    say(of("opposite") > 0.0, "the names say opposite things: every value would have to be inverted");
    say(of("squashed") > 0.0, "the same name but for case and separators");
    say(of("squashed") == 0.0 && of("core_same") > 0.0, "the same words");
    say(of("notion") > 0.0, "both are known names of one field");
    say(of("shared") > 0.15, "sampled values are shared");
    say(of("words").max(of("core")) > 0.3 && of("core_same") == 0.0, "words in common");
    say(of("edit") > 0.8 && of("squashed") == 0.0, "spelled almost alike");
    say(of("slot") > 0.0, "stands where the other stood");
    say(of("echo") > 0.0, "other fields changed in the same way");
    say(of("type_same") > 0.0, "the same declared type");
    say(of("alone") > 0.0, "nothing else was removed or added");
    say(of("type_conflict") > 0.0, "declared types do not go together");
    say(of("contrast") > 0.0, "the names set different things apart");
    say(of("keys_of_others") > 0.0, "keys of different things");
    say(of("unit_only_one") > 0.0, "only one names a unit");
    out
}
