//! How spun a text is: what its phrases weigh, over its length, and which way its words lean.

use super::evidence::Line;
use super::leaning::share;
use super::model::Model;
use super::rewording::{Counted, ENOUGH_WORDS};

/// What is known of a whole text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpinScore {
    /// Weight a thousand words.
    pub density: f32,
    /// See [`super::leaning`].
    pub leaning: f32,
    /// See [`super::rewording`].
    pub rewording: f32,
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

/// What a text is taken for reworded from, which shorter ones must pass by more; and how wide
/// the doubt is. None of 12,698 clean news articles passed it.
const REWORDED: f32 = 3.8;
const REWORDED_SCATTER: f32 = 80.0;
const REWORDED_DOUBT: f32 = 2.0;

/// From where to where the table's likelihood goes on the same scale, of a text whose changes do
/// not show it spun: its words weigh much in clean texts of a trade as well.
const BY_TABLE: std::ops::Range<f32> = -10.0..-5.5;

/// One likely change says no more of a shorter text than of one of so many words.
const FEW_WORDS: usize = 500;

impl SpinScore {
    pub fn of(lines: &[Line], model: &Model) -> Self {
        let Model { vocabulary, channel, news, .. } = model;
        let mut counts = vec![0u8; vocabulary.len()];
        let (mut density, mut leaning, mut rewording) = (0.0, 0.0, 0.0);
        let mut words = 0usize;
        let mut counted = Counted::default();
        for Line { text, tokens } in lines {
            let mut behind_phrase = 0;
            counted.begin_line();
            vocabulary.fetch(tokens);
            for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.is_word()) {
                words += 1;
                let word = vocabulary.get(token.hash);
                let has_enough = counted.has_enough();
                if !has_enough {
                    counted.add(text, token, word, news);
                }
                let Some(word) = word else { continue };
                let more = vocabulary.once_more.of(&mut counts[word.number()]);
                leaning += word.leaning * more;
                if !has_enough {
                    rewording += word.rewording * more;
                }
                if at >= behind_phrase
                    && let Some((length, weight)) = channel.longest(word, &tokens[at..])
                {
                    density += weight;
                    behind_phrase = at + length;
                }
            }
        }
        Self {
            density: density * 1000.0 / words.max(1) as f32,
            leaning: model.leaning + leaning * share(words),
            rewording: model.rewording.of(&counted, rewording, news),
            words,
        }
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

    /// How likely the text is spun, 0 to 1: above a half if the changes found show it, or
    /// if it reads as reworded by some other spinner; of others by what tells of either.
    pub fn likelihood(self, likely_changes: usize, shows_spinning: bool) -> f32 {
        let even = EVEN + SCATTER / (self.words.max(1) as f32).sqrt();
        let words = self.words.max(FEW_WORDS) as f32;
        let changes = (likely_changes as f32 * 1000.0 / words).ln_1p();
        let by_table = logistic((self.weight() - even) / DOUBT + CHANGES * changes);
        let of_table = BY_TABLE.start + by_table * (BY_TABLE.end - BY_TABLE.start);
        let by_any = logistic(of_table.max(self.rewording_beyond()) / REWORDED_DOUBT);
        if shows_spinning { by_any.max((1.0 + by_table) / 2.0) } else { by_any }
    }

    /// Whether it reads as reworded by a spinner, whichever.
    pub fn looks_reworded(self) -> bool {
        self.rewording_beyond() >= 0.0
    }

    fn rewording_beyond(self) -> f32 {
        let asked = self.words.clamp(1, ENOUGH_WORDS) as f32;
        self.rewording - REWORDED - REWORDED_SCATTER / asked.sqrt()
    }
}

fn logistic(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}
