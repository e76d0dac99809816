//! Things done wrong on purpose: each takes one guard out, and the checkers have to notice. A checker that does not is
//! decoration.

/// What is done wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// Nothing.
    None,
    /// Transactions do not check their title.
    NoFence,
    /// They read the row without locking it.
    FenceWithoutLock,
    /// An owner believes in its lease for longer than it was granted.
    LateSelfFence,
    /// A death is declared whatever the row says by then.
    DeathWithoutCas,
    /// An expired lease is enough for a death: nobody watches.
    NoWatch,
    /// A renewal is granted to whoever was declared dead.
    DeadRenew,
    /// The owner transfers with batches in hand.
    NoDrain,
    /// The owner transfers without having written where its views are.
    NoCheckpoint,
    /// A takeover keeps the epoch.
    EpochStays,
    /// The server lets an idle transaction hold its locks.
    NoIdleTimeout,
    /// The ledger knows neither batch ids nor where a stream stands.
    NoLedger,
    /// A mutation is answered before its transaction was.
    EarlyAnswer,
}

impl Sabotage {
    /// Every one but none.
    pub const ALL: [Self; 12] = [
        Self::NoFence,
        Self::FenceWithoutLock,
        Self::LateSelfFence,
        Self::DeathWithoutCas,
        Self::NoWatch,
        Self::DeadRenew,
        Self::NoDrain,
        Self::NoCheckpoint,
        Self::EpochStays,
        Self::NoIdleTimeout,
        Self::NoLedger,
        Self::EarlyAnswer,
    ];
}
