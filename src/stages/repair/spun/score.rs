//! How spun a text is: what its phrases weigh, over its length, and which way its words lean.

use super::model::Model;
use super::tokens::Token;

/// What is known of a whole text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpinScore {
    /// Weight a thousand words.
    pub density: f32,
    /// See [`super::leaning`].
    pub leaning: f32,
    pub words: usize,
}

/// What the leaning of a text's words weighs beside its phrases.
const LEANING: f32 = 10.0;

/// The density of a text that cannot be spun.
const UNSPUN: f32 = 95.0;

/// Nine in ten clean articles stay below it (1,120 counted), two in a thousand spun ones do
/// at most.
const MAY_BE_SPUN: f32 = 35.0;

/// Seven in a thousand clean articles reach it, 19 in 20 spun ones do.
const LOOKS_SPUN: f32 = 75.0;

/// Where clean and spun articles are equally likely, and how wide the doubt is.
/// Short texts scatter more.
const EVEN: f32 = 38.0;
const SCATTER: f32 = 1000.0;
const DOUBT: f32 = 12.0;

/// What likely changes weigh, in log-odds, against the weight of the phrases. On texts spun
/// with pairs of unknown sites, where too few changes are sure, one to four do about as well.
const CHANGES: f32 = 1.5;

/// One likely change says no more of a shorter text than of one of so many words.
const FEW_WORDS: usize = 500;

impl SpinScore {
    pub fn of<'t>(lines: impl IntoIterator<Item = &'t Vec<Token>> + Clone, model: &Model) -> Self {
        let leaning = model.leaning.of(lines.clone().into_iter().flatten());
        let mut sum = 0.0;
        let mut words = 0;
        for tokens in lines {
            let mut at = 0;
            while at < tokens.len() {
                if !tokens[at].is_word() {
                    at += 1;
                    continue;
                }
                let found = model.channel.longest(&tokens[at..]);
                let (length, weight) = found.unwrap_or((1, 0.0));
                sum += weight;
                words += length;
                at += length;
            }
        }
        Self { density: sum * 1000.0 / words.max(1) as f32, leaning, words }
    }

    fn weight(self) -> f32 {
        self.density + LEANING * self.leaning
    }

    /// Whether it is worth decoding.
    pub fn may_be_spun(self) -> bool {
        self.weight() >= MAY_BE_SPUN
    }

    /// How much more it weighs than what cannot be spun.
    pub fn excess(self) -> f32 {
        self.density - UNSPUN
    }

    /// Whether its beginning need not be asked first.
    pub fn looks_spun(self) -> bool {
        self.weight() >= LOOKS_SPUN
    }

    /// How likely the text is spun, 0 to 1: above a half if the changes found show it,
    /// below if not, and within either half by the weight of its phrases and by how many
    /// different changes are likely.
    pub fn likelihood(self, likely_changes: usize, shows_spinning: bool) -> f32 {
        let even = EVEN + SCATTER / (self.words.max(1) as f32).sqrt();
        let words = self.words.max(FEW_WORDS) as f32;
        let changes = (likely_changes as f32 * 1000.0 / words).ln_1p();
        let odds = (self.weight() - even) / DOUBT + CHANGES * changes;
        let within = 1.0 / (1.0 + (-odds).exp());
        (within + f32::from(u8::from(shows_spinning))) / 2.0
    }
}
