//! How spun a text is: what its phrases weigh, over its length.

use super::channel::Channel;
use super::tokens::Token;

/// What is known of a whole text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpinScore {
    /// Weight a thousand words.
    pub density: f32,
    pub words: usize,
}

/// Eight in ten clean articles stay below it (8,000 counted), one in a hundred
/// spun ones does.
const MAY_BE_SPUN: f32 = 95.0;

/// Seven in a thousand clean articles reach it, nine in ten spun ones do.
const LOOKS_SPUN: f32 = 130.0;

/// Where clean and spun articles are equally likely, and how wide the doubt is.
/// Short texts scatter more.
const EVEN: f32 = 115.0;
const SCATTER: f32 = 500.0;
const DOUBT: f32 = 12.0;

/// What likely changes weigh, in log-odds, against the weight of the phrases. On texts spun
/// with pairs of unknown sites, where too few changes are sure, one to four do about as well.
const CHANGES: f32 = 1.5;

/// One likely change says no more of a shorter text than of one of so many words.
const FEW_WORDS: usize = 500;

impl SpinScore {
    pub fn of<'t>(lines: impl IntoIterator<Item = &'t Vec<Token>>, channel: &Channel) -> Self {
        let mut sum = 0.0;
        let mut words = 0;
        for tokens in lines {
            let mut at = 0;
            while at < tokens.len() {
                if !tokens[at].is_word() {
                    at += 1;
                    continue;
                }
                let found = channel.longest(&tokens[at..]);
                let (length, weight) = found.unwrap_or((1, 0.0));
                sum += weight;
                words += length;
                at += length;
            }
        }
        Self { density: sum * 1000.0 / words.max(1) as f32, words }
    }

    /// Whether it is worth decoding.
    pub fn may_be_spun(self) -> bool {
        self.density >= MAY_BE_SPUN
    }

    /// How much more it weighs than what cannot be spun.
    pub fn excess(self) -> f32 {
        self.density - MAY_BE_SPUN
    }

    /// Whether its beginning need not be asked first.
    pub fn looks_spun(self) -> bool {
        self.density >= LOOKS_SPUN
    }

    /// How likely the text is spun, 0 to 1: above a half if the changes found show it,
    /// below if not, and within either half by the weight of its phrases and by how many
    /// different changes are likely.
    pub fn likelihood(self, likely_changes: usize, shows_spinning: bool) -> f32 {
        let even = EVEN + SCATTER / (self.words.max(1) as f32).sqrt();
        let words = self.words.max(FEW_WORDS) as f32;
        let changes = (likely_changes as f32 * 1000.0 / words).ln_1p();
        let odds = (self.density - even) / DOUBT + CHANGES * changes;
        let within = 1.0 / (1.0 + (-odds).exp());
        (within + f32::from(u8::from(shows_spinning))) / 2.0
    }
}
