//! Nudges that come in waves, taken as one: work begins when nothing has moved for a while, or when the wave has lasted so
//! long that waiting further would help nobody.
//!
//! It is an [`Alarm`] that each nudge puts off; a crash takes it along, and the actor's first look for work stands in.

use std::time::Duration;

use ractor::ActorRef;

use super::Alarm;

/// See the module.
#[derive(Debug)]
pub struct Wave {
    quiet: Duration,
    longest: Duration,
    began: Option<Duration>,
    alarm: Alarm,
}

impl Wave {
    /// No wave yet. One ends when nothing has moved for `quiet`, or when it has lasted for `longest`.
    pub const fn new(quiet: Duration, longest: Duration) -> Self {
        Self { quiet, longest, began: None, alarm: Alarm::new() }
    }

    /// Something moved, at a moment of the monotonic clock. The message comes when the wave ends.
    pub fn nudge<M: Send + 'static>(
        &mut self,
        myself: &ActorRef<M>,
        now: Duration,
        message: impl FnOnce() -> M + Send + 'static,
    ) {
        let wait = self.wait(now);
        self.alarm.set(myself, wait, message);
    }

    /// How long to wait from now.
    fn wait(&mut self, now: Duration) -> Duration {
        let began = *self.began.get_or_insert(now);
        self.quiet.min(self.longest.saturating_sub(now.saturating_sub(began)))
    }

    /// The message has come: what moves from now on begins another wave.
    pub const fn over(&mut self) {
        self.began = None;
    }

    /// Sends the message after a pause, unless something moves before: what could not be done is tried again.
    pub fn again<M: Send + 'static>(
        &mut self,
        myself: &ActorRef<M>,
        pause: Duration,
        message: impl FnOnce() -> M + Send + 'static,
    ) {
        self.alarm.set(myself, pause, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_wave_ends_when_it_is_quiet_or_has_lasted() {
        let mut wave = Wave::new(ms(300), ms(1000));
        let waits = [5000, 5200, 5600, 5800, 5999, 6500].map(|now| wave.wait(ms(now)).as_millis());
        assert_eq!(waits, [300, 300, 300, 200, 1, 0]);
        wave.over();
        assert_eq!(wave.wait(ms(6500)), ms(300), "what comes later is another wave");
    }
}
