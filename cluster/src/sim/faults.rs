//! What goes wrong, planned from the seed: anything, to anybody, at any time, also at once; and then it ends.

use super::dice::Dice;

/// Something goes wrong, or right again. Nodes by index; lengths in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The process starts, if none runs.
    Start(usize),
    /// It ends, and its connections with it.
    Kill(usize),
    /// The machine ends: nobody is told.
    Power(usize),
    /// It ends, and whoever started it ends its lease.
    KillSeen(usize),
    /// It stands still, and all that comes for it waits.
    Pause(usize),
    Resume(usize),
    /// Its way to the database is cut, there or back or both.
    Cut(usize, bool, bool),
    /// So slow on average.
    Slow(usize, u64),
    Heal(usize),
    /// It renews and writes, and does not get to read the rows or to change them: stuck, with a heart that beats.
    Blind(usize),
    /// Nobody hears what it sends to other nodes, nor it them.
    Alone(usize),
    /// It is told to go.
    Depart(usize),
    /// The database stands still for so long.
    Stall(u64),
    /// It is down for so long.
    Down(u64),
    /// Its clock jumps.
    Jump(i64),
    /// A tenant has more or less to do.
    Load(usize, u32),
}

const S: u64 = 1_000_000;

/// Faults of one world, in order of time, and when all of them are over.
pub fn plan(dice: &mut Dice, nodes: usize, tenants: usize) -> (Vec<(u64, Fault)>, u64) {
    let mut plan: Vec<(u64, Fault)> = (0..nodes).map(|n| (dice.among(0..2 * S), Fault::Start(n))).collect();
    let count = dice.among(0..7);
    let window = S * dice.among(4..25);
    for _ in 0..count {
        let at = 8 * S + dice.among(0..window);
        one(dice, at, nodes, tenants, &mut plan);
    }
    let calm = plan.iter().map(|(at, _)| *at).max().unwrap_or(0).max(8 * S) + S / 2;
    for n in 0..nodes {
        plan.push((calm, Fault::Heal(n)));
        plan.push((calm, Fault::Resume(n)));
    }
    // Somebody has to be there.
    plan.push((calm, Fault::Start(dice.index(nodes))));
    (plan, calm)
}

fn one(dice: &mut Dice, at: u64, nodes: usize, tenants: usize, plan: &mut Vec<(u64, Fault)>) {
    let n = dice.index(nodes);
    let lasts = if dice.often(600) { dice.among(S / 5..8 * S) } else { dice.among(4 * S..20 * S) };
    match dice.among(0..17) {
        kind @ 0..=3 => {
            let fault = [Fault::Kill(n), Fault::Kill(n), Fault::Power(n), Fault::KillSeen(n)][kind as usize];
            plan.push((at, fault));
            if dice.often(800) {
                plan.push((at + lasts, Fault::Start(n)));
            }
        }
        4..=6 => plan.extend([(at, Fault::Pause(n)), (at + lasts, Fault::Resume(n))]),
        7 | 8 => {
            let (there, back) = [(true, true), (true, false), (false, true)][dice.index(3)];
            plan.extend([(at, Fault::Cut(n, there, back)), (at + lasts, Fault::Heal(n))]);
        }
        9 => {
            let slow = dice.among(S / 20..S * 3 / 2);
            plan.extend([(at, Fault::Slow(n, slow)), (at + lasts, Fault::Heal(n))]);
        }
        10 => plan.extend([(at, Fault::Alone(n)), (at + lasts, Fault::Heal(n))]),
        11 => plan.extend([(at, Fault::Depart(n)), (at + 2 * S + lasts, Fault::Start(n))]),
        12 => {
            // A rolling upgrade: one after the other goes and comes back.
            for other in 0..nodes {
                let at = at + other as u64 * 6 * S;
                plan.extend([(at, Fault::Depart(other)), (at + 5 * S, Fault::Start(other))]);
            }
        }
        13 => {
            let stall = [Fault::Stall(lasts), Fault::Down(lasts / 4)][dice.index(2)];
            plan.push((at, stall));
            // Over by then.
            plan.push((at + lasts, Fault::Load(dice.index(tenants), dice.among(1..20) as u32)));
        }
        14 => {
            let far = if dice.often(500) { 3600 * S } else { dice.among(S..20 * S) } as i64;
            plan.push((at, Fault::Jump(if dice.often(500) { far } else { -far })));
        }
        15 => {
            plan.push((at, Fault::Blind(n)));
            if dice.often(700) {
                plan.push((at, Fault::Slow(n, dice.among(S / 20..S / 2))));
            }
            // Reasons to move what it has.
            plan.push((at + S, Fault::Load(dice.index(tenants), dice.among(20..60) as u32)));
            plan.push((at + 2 * S, Fault::Load(dice.index(tenants), dice.among(20..60) as u32)));
            plan.push((at + 16 * S + lasts, Fault::Heal(n)));
        }
        _ => {
            // It flaps.
            for nth in 0..dice.among(2..5) {
                let at = at + nth * 3 * S;
                plan.extend([(at, Fault::Kill(n)), (at + S, Fault::Start(n))]);
            }
            plan.push((at, Fault::Load(dice.index(tenants), dice.among(1..20) as u32)));
        }
    }
}
