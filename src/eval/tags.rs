//! How well the tag stage finds an article's title, authors and day of publication.
//!
//! A title is right if it is the gold title once white space is collapsed and
//! quotation marks are straight. Authors are sets of names in lower case; a
//! page's F1 is that of the two sets, the figure is the mean over pages that
//! have authors. An author on a page without one is counted apart. Labels hold desks,
//! agencies and degrees as well; what is tagged are people, so a second figure takes
//! those of the labels that read like people, by the tag stage's own rules for names.
//! A date is right if its day is.

use std::collections::HashSet;
use std::fmt;
use std::io::BufRead;

use super::labelled::{self, EvalError, Labelled};
use crate::pipeline::Pipeline;
use crate::stages::tag::people_named;
use crate::tags::Tags;

#[derive(Debug, Clone, PartialEq)]
pub struct PageScore {
    pub id: String,
    pub title: Option<bool>,
    /// F1 of the sets, on a page that has authors.
    pub authors: Option<f64>,
    /// The same with the labels that read like people, on a page that has any.
    pub people: Option<f64>,
    /// Whether authors were named on a page that has none.
    pub invented: Option<bool>,
    pub date: Option<bool>,
}

#[derive(Debug, Clone, Default)]
pub struct Report {
    pub pages: Vec<PageScore>,
}

/// Reads labelled pages and runs `pipeline` on each.
pub fn evaluate(gold: impl BufRead, pipeline: &Pipeline) -> Result<Report, EvalError> {
    let mut report = Report::default();
    for labelled in labelled::read::<Labelled>(gold) {
        let (line, labelled) = labelled?;
        let mut article = labelled.article().ok_or(EvalError::NoInput { line })?;
        // A page that a stage cannot finish is one without tags.
        let tags = pipeline.run(&mut article).map_or_else(|_| Tags::default(), |_| article.tags);
        report.pages.push(score(&labelled, &tags));
    }
    if report.pages.is_empty() { Err(EvalError::Empty) } else { Ok(report) }
}

pub fn score(gold: &Labelled, tags: &Tags) -> PageScore {
    let headline = tags.headline.as_ref().map(|headline| plain(headline.text()));
    let names = gold.gold_author.as_deref().unwrap_or_default();
    let wanted = set(names);
    let people: Vec<String> = names.iter().flat_map(|name| people_named(name)).collect();
    let people = set(&people);
    let found = set(&tags.authors);
    let day = |date: &str| date.get(..10).map(str::to_owned);
    PageScore {
        id: gold.id.clone(),
        title: gold.gold_title.as_deref().map(|title| headline == Some(plain(title))),
        authors: (!wanted.is_empty()).then(|| f1(&wanted, &found)),
        people: (!people.is_empty()).then(|| f1(&people, &found)),
        invented: wanted.is_empty().then_some(!found.is_empty()),
        date: gold.gold_date.as_deref().map(|date| {
            day(date).is_some() && tags.date_published.as_deref().and_then(day) == day(date)
        }),
    }
}

fn set(names: &[String]) -> HashSet<String> {
    names.iter().map(|name| plain(name).to_lowercase()).collect()
}

fn f1(wanted: &HashSet<String>, found: &HashSet<String>) -> f64 {
    2.0 * wanted.intersection(found).count() as f64 / (wanted.len() + found.len()) as f64
}

fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace(['“', '”', '„'], "\"").replace(['’', '‘'], "'")
}

impl Report {
    pub fn title(&self) -> f64 {
        share(self.pages.iter().filter_map(|page| page.title.map(f64::from)))
    }

    pub fn authors(&self) -> f64 {
        share(self.pages.iter().filter_map(|page| page.authors))
    }

    pub fn people(&self) -> f64 {
        share(self.pages.iter().filter_map(|page| page.people))
    }

    pub fn invented(&self) -> f64 {
        share(self.pages.iter().filter_map(|page| page.invented.map(f64::from)))
    }

    pub fn date(&self) -> f64 {
        share(self.pages.iter().filter_map(|page| page.date.map(f64::from)))
    }
}

fn share(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / f64::from(count) }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let without = self.pages.iter().filter(|page| page.invented.is_some()).count();
        write!(
            formatter,
            "{} pages  title {:.3}  authors F1 {:.3}  people F1 {:.3}  invented {:.3} of {without}  date {:.3}",
            self.pages.len(),
            self.title(),
            self.authors(),
            self.people(),
            self.invented(),
            self.date(),
        )
    }
}
