//! A second whole story below the article, in an article element of its own: with its own
//! headline, and its own byline or date. Silent about an article in several such elements,
//! whose parts have no byline, and about entries of a live blog, which stand under the
//! page's heading and have no main heading and no page of their own.

use super::{Rule, Scene};
use crate::edit::RuleId;
use crate::stages::boilerplate::phrases::Phrase;
use crate::stages::boilerplate::segment::{Marks, Segment};

pub const RULE: Rule = Rule { id: RuleId("boilerplate.layout.other_story"), clue: None, judge };

/// Fewer words of prose under the main heading are no article that could have another below.
const LEAST_WORDS: u32 = 60;

fn judge(scene: &Scene, index: usize) -> Option<f32> {
    scene.other_stories.get(index).copied()?.then_some(0.85)
}

/// One a segment: whether it belongs to another story; empty if none does.
pub fn find(text: &str, segments: &[Segment], kept: &[bool]) -> Vec<bool> {
    let mut elements = segments
        .chunk_by(|one, next| one.place.article == next.place.article)
        .scan(0, |end, element| {
            *end += element.len();
            Some((*end - element.len(), element))
        })
        .filter(|(_, element)| element[0].place.article != 0);
    let words = |start: usize, element: &[Segment]| -> u32 {
        let prose =
            element.iter().zip(&kept[start..]).filter(|(one, kept)| **kept && one.is_prose());
        prose.map(|(segment, _)| segment.measure.words).sum()
    };
    let written = |segment: &Segment| &text[segment.span.clone()];
    let main = elements.find_map(|(start, element)| {
        let heading = heading(element).filter(|head| head.place.marks.has(Marks::MAIN_HEADING))?;
        (words(start, element) >= LEAST_WORDS).then(|| (element[0].place.article, written(heading)))
    });
    let Some((main, headline)) = main else { return Vec::new() };
    let mut others = Vec::new();
    for (start, element) in elements {
        let is_other = element[0].place.article != main
            && heading(element).is_some_and(|head| {
                let has_page =
                    head.place.marks.has(Marks::MAIN_HEADING) || head.linked_share() > 0.8;
                has_page && written(head) != headline
            })
            && element.iter().take_while(|segment| !segment.is_prose()).any(is_signed);
        if is_other {
            others.resize(segments.len(), false);
            others[start..start + element.len()].fill(true);
        }
    }
    others
}

/// What stands above the first prose as its headline.
fn heading(element: &[Segment]) -> Option<&Segment> {
    let mut front = element.iter().take_while(|segment| !segment.is_prose() || is_heading(segment));
    front.find(|segment| is_heading(segment))
}

fn is_heading(segment: &Segment) -> bool {
    segment.place.marks.has(Marks::MAIN_HEADING.union(Marks::HEADING))
}

fn is_signed(segment: &Segment) -> bool {
    matches!(segment.phrase, Some(Phrase::Byline)) || segment.place.marks.has(Marks::NAMED_BYLINE)
}
