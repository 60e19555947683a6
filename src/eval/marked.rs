//! Text in which every place that a spinner changed is marked `{spun|original}`,
//! the originals, if several would do, divided by slashes.

use std::ops::Range;

use crate::text::words::words;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    pub spun: String,
    pub marks: Vec<Mark>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// In the spun text.
    pub span: Range<usize>,
    /// The first is the likeliest.
    pub originals: Vec<String>,
    /// Whether the spinner wrote other words than stood there.
    pub differs: bool,
}

impl Marked {
    pub fn read(text: &str) -> Self {
        let mut marked = Self { spun: String::with_capacity(text.len()), marks: Vec::new() };
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            marked.spun.push_str(before);
            let (inside, behind) = after.split_once('}').unwrap_or((after, ""));
            let (spun, originals) = inside.split_once('|').unwrap_or((inside, inside));
            let start = marked.spun.len();
            marked.spun.push_str(spun);
            let originals: Vec<String> = originals.split('/').map(str::to_owned).collect();
            let differs = originals.iter().all(|original| folded(original) != folded(spun));
            marked.marks.push(Mark { span: start..marked.spun.len(), originals, differs });
            rest = behind;
        }
        marked.spun.push_str(rest);
        marked
    }

    /// The text before it was spun.
    pub fn original(&self) -> String {
        self.truths(&(0..self.spun.len()), 1).pop().unwrap_or_default()
    }

    /// What a stretch of the spun text stood for; several where several would do.
    pub fn truths(&self, region: &Range<usize>, most: usize) -> Vec<String> {
        let mut truths = vec![String::new()];
        let mut done = region.start;
        let inside = |mark: &&Mark| mark.span.start >= region.start && mark.span.end <= region.end;
        for mark in self.marks.iter().filter(inside) {
            let gap = &self.spun[done..mark.span.start];
            let longer = truths.iter().flat_map(|truth| {
                mark.originals.iter().map(move |original| format!("{truth}{gap}{original}"))
            });
            truths = longer.take(most).collect();
            done = mark.span.end;
        }
        let gap = &self.spun[done..region.end];
        truths.into_iter().map(|truth| truth + gap).collect()
    }
}

/// The words of a text, in lower case, with straight apostrophes.
pub fn folded(text: &str) -> Vec<String> {
    words(text).map(|span| text[span].to_lowercase().replace('’', "'")).collect()
}
