//! When it was published or updated. Silent about sentences.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::Marks;
use crate::text::calendar::{find_moment, month_named};

pub const RULE: Rule = Rule { id: RuleId("boilerplate.front.date"), clue: None, judge };

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene
        .reads(index, Phrase::Date)
        .or_else(|| scene.stands_in(index, Marks::TIME.union(Marks::NAMED_DATE)))
        .or_else(|| {
            let is_front =
                scene.headline.is_some_and(|headline| headline < index) && index < scene.body.start;
            (is_front && is_bare(scene.written(index))).then_some(0.9)
        })
}

/// Whether a line is a date and no more: "12 Mar, 2031 18:05 IST", "Tue 4 de marzo de 2031".
fn is_bare(line: &str) -> bool {
    let words = || line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let long = words().filter(|word| {
        let is_figure = word.starts_with(|c: char| c.is_ascii_digit());
        word.chars().count() > LONGEST_PARTICLE
            && !is_figure
            && month_named(&word.to_lowercase()).is_none()
    });
    // A date has figures, and most lines have none.
    line.contains(char::is_numeric)
        && words().count() <= MOST_WORDS
        && long.count() <= 1
        && find_moment(line, false).is_some()
}

/// "at", "de", "CET": of the longer ones only a day of the week may stand there.
const LONGEST_PARTICLE: usize = 4;
const MOST_WORDS: usize = 12;
