//! Work spread over a few threads that end before the call does; results in the order of the items, so that nothing
//! depends on who was faster. Blocking: for a blocking pool, never for a runtime thread.

use parking_lot::Mutex;

/// Does the work for every item. One item, or one thread, is done here.
pub(crate) fn spread<I: Send, T: Send>(threads: usize, items: Vec<I>, work: impl Fn(I) -> T + Sync) -> Vec<T> {
    if threads < 2 || items.len() < 2 {
        return items.into_iter().map(work).collect();
    }
    let threads = threads.min(items.len());
    let queue = Mutex::new(items.into_iter().enumerate());
    let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
        let mine = || {
            let mut mine = Vec::new();
            loop {
                let next = queue.lock().next();
                let Some((at, item)) = next else { return mine };
                mine.push((at, work(item)));
            }
        };
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(mine)).collect();
        let mut all = mine();
        for other in others {
            // Its panic is ours.
            all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for threads in [1, 2, 5] {
            let squares = spread(threads, (0..1_000_u64).collect(), |i| i * i);
            assert!(squares.iter().enumerate().all(|(i, s)| *s == (i * i) as u64));
        }
    }
}
