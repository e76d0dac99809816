//! Chance, from a seed: the same throws for the same seed, on every machine. (The ambient's entropy would do, but a seed
//! throws some ten thousand times, and this is a few instructions.)

use std::ops::Range;

/// See the module (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(0x9e37_79b9_7f4a_7c15))
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of a range; its start if it is empty.
    pub const fn among(&mut self, range: Range<u64>) -> u64 {
        let wide = range.end.saturating_sub(range.start);
        if wide == 0 { range.start } else { range.start + ((self.next() as u128 * wide as u128) >> 64) as u64 }
    }

    /// An index below a count.
    pub const fn index(&mut self, count: usize) -> usize {
        self.among(0..count as u64) as usize
    }

    /// So many times in a thousand.
    pub const fn often(&mut self, permille: u64) -> bool {
        self.among(0..1000) < permille
    }

    /// In `0.0..1.0`.
    pub const fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
