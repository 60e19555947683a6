//! What is known of an article's site when the stages see it.

use std::sync::Arc;

use crate::site::page::{Page, Shown, Wording};

/// The other pages of a site, as they were known at one moment. It travels with the
/// article and does not change, so that the stages stay functions of the article.
#[derive(Debug, Clone, Default)]
pub struct SiteView {
    pages: Vec<Arc<Page>>,
    /// Whether what is known may decide anything, or the page is only learned from.
    applies: bool,
}

impl SiteView {
    /// A view to decide by. `pages` are without the article's own.
    pub fn new(pages: Vec<Arc<Page>>) -> Self {
        Self { pages, applies: true }
    }

    /// Decides nothing: the article's page is to be learned from.
    pub fn learning() -> Self {
        Self::default()
    }

    pub fn applies(&self) -> bool {
        self.applies
    }

    /// Pages known of the site.
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// Alike for views that know the same: with it, two decisions can be told to have
    /// been made by the same memory.
    pub fn digest(&self) -> u64 {
        // A sum, as the order in which pages were learned has no meaning.
        self.pages.iter().fold(0, |digest, page| digest.wrapping_add(page.digest()))
    }

    /// The pages that do not tell the story that `shown` tells: the words that two
    /// versions of one article share are the article's.
    pub fn others<'a>(&'a self, shown: &Shown) -> Others<'a> {
        let tells_another = |page: &&'a Arc<Page>| !page.shown().tells_same_story(shown);
        Others(self.pages.iter().filter(tells_another).map(|page| page.shown()).collect())
    }

    /// The same before it is known which of a page's paragraphs are its article's: the pages
    /// whose story is not among them.
    pub fn others_than(&self, paragraphs: impl Iterator<Item = Wording>) -> Others<'_> {
        let mut paragraphs: Vec<Wording> = paragraphs.collect();
        paragraphs.sort_unstable();
        let tells_another = |page: &&Arc<Page>| !page.shown().is_told_by(&paragraphs);
        Others(self.pages.iter().filter(tells_another).map(|page| page.shown()).collect())
    }
}

/// Pages with other articles.
pub struct Others<'a>(Vec<&'a Shown>);

impl Others<'_> {
    pub fn pages(&self) -> usize {
        self.0.len()
    }

    /// How many of the pages had the wording.
    pub fn with(&self, wording: Wording) -> usize {
        self.0.iter().filter(|shown| shown.has(wording)).count()
    }
}
