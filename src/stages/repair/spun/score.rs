//! How spun a text is: what its phrases weigh, over its length.

use super::channel::{Channel, Entry};
use super::tokens::Token;

/// What is known of a whole text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpinScore {
    /// Weight a thousand words.
    pub density: f32,
    /// Different phrases that clean news hardly holds.
    pub telltales: usize,
    pub words: usize,
}

/// From this weight a phrase is a telltale.
const TELLTALE: f32 = 2.5;

/// Clean news reaches a density of 119 (1,120 articles), half of it 43; spun
/// news starts at 165. Short texts scatter more.
const MIN_DENSITY: f32 = 120.0;
const SCATTER: f32 = 500.0;
const MIN_TELLTALES: usize = 3;

impl SpinScore {
    pub fn of(tokens: &[Token], channel: &Channel) -> Self {
        let mut sum = 0.0;
        let mut words = 0;
        let mut telltales: Vec<*const Entry> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            if !tokens[at].is_word() {
                at += 1;
                continue;
            }
            let found = channel.matches(&tokens[at..]).into_iter().next();
            let length = found.map_or(1, |entry| entry.spun.len());
            if let Some(entry) = found {
                sum += entry.weight;
                if entry.weight >= TELLTALE && !telltales.contains(&std::ptr::from_ref(entry)) {
                    telltales.push(entry);
                }
            }
            words += length;
            at += length;
        }
        Self { density: sum * 1000.0 / words.max(1) as f32, telltales: telltales.len(), words }
    }

    /// Whether the text as a whole shows that it was spun.
    pub fn is_spun(self) -> bool {
        let scatter = SCATTER / (self.words.max(1) as f32).sqrt();
        self.telltales >= MIN_TELLTALES && self.density >= MIN_DENSITY + scatter
    }
}
