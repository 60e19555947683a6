//! Halts when so much is dead-lettered that the fault is likelier here (a bad
//! deploy, a changed input) than in the articles.

use std::collections::VecDeque;

use crate::error::LimitExceeded;
use crate::settings::WorkerSettings;

pub(super) struct Limiter {
    ratio: f64,
    window: usize,
    in_a_row: usize,
    recent: VecDeque<bool>,
    recent_dead: usize,
    row: usize,
}

impl Limiter {
    pub fn new(settings: &WorkerSettings) -> Self {
        Self {
            ratio: settings.dead_letter_ratio,
            window: settings.dead_letter_window,
            in_a_row: settings.dead_letters_in_a_row,
            recent: VecDeque::with_capacity(settings.dead_letter_window),
            recent_dead: 0,
            row: 0,
        }
    }

    /// Counts one message. The ratio is judged over full windows only, so that
    /// a bad first message does not halt a fresh worker.
    pub fn count(&mut self, dead: bool) -> Result<(), LimitExceeded> {
        self.row = if dead { self.row + 1 } else { 0 };
        if self.in_a_row > 0 && self.row >= self.in_a_row {
            return Err(LimitExceeded::ConsecutiveDeadLetters { count: self.row });
        }
        if self.window == 0 {
            return Ok(());
        }
        if self.recent.len() == self.window && self.recent.pop_front() == Some(true) {
            self.recent_dead -= 1;
        }
        self.recent.push_back(dead);
        self.recent_dead += usize::from(dead);
        if self.recent.len() == self.window
            && self.recent_dead as f64 > self.ratio * self.window as f64
        {
            return Err(LimitExceeded::DeadLetterRatio {
                dead_letters: self.recent_dead,
                window: self.window,
            });
        }
        Ok(())
    }
}
