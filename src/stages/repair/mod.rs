//! Mends the text: characters first, then prose, then what a synonym spinner
//! wrote. Of the clues, those that are text get the characters, titles are put on one
//! line, and those that are sentences of a spun article are mended with it.

/// The names of the rules of a registry.
macro_rules! ids_of {
    ($registry:expr) => {{
        let mut ids = [RuleId(""); $registry.len()];
        let mut index = 0;
        while index < ids.len() {
            ids[index] = $registry[index].id;
            index += 1;
        }
        ids
    }};
}

mod characters;
mod prose;
pub(crate) mod spun;

use crate::article::{Article, Fact};
use crate::edit::{Proposal, RuleId};
use crate::passage::Passage;
use crate::stage::{Deadline, Stage, StageName, Verdict};

/// Every rule of the stage, in running order.
pub const RULES: &[RuleId] = &ALL;

const ALL: [RuleId; characters::IDS.len() + prose::IDS.len() + spun::IDS.len()] = {
    let groups = [characters::IDS, prose::IDS, spun::IDS];
    let mut all = [RuleId(""); characters::IDS.len() + prose::IDS.len() + spun::IDS.len()];
    let (mut group, mut index, mut filled) = (0, 0, 0);
    while group < groups.len() {
        while index < groups[group].len() {
            all[filled] = groups[group][index];
            (index, filled) = (index + 1, filled + 1);
        }
        (group, index) = (group + 1, 0);
    }
    all
};

/// Clues that are text a person wrote, as opposed to dates, codes and addresses.
const TEXT_FACTS: [Fact; 7] = [
    Fact::Title,
    Fact::AlternativeTitle,
    Fact::Description,
    Fact::Notice,
    Fact::Author,
    Fact::Section,
    Fact::Publisher,
];

/// Clues that are one line, also where a scraper kept the line breaks of the page's markup.
const TITLES: [Fact; 2] = [Fact::Title, Fact::AlternativeTitle];

/// What prose closes up may bring characters together that mean something; more
/// turns than this were never seen to be needed.
const MAX_TURNS: usize = 6;

pub use spun::Mode as SpunMode;
/// The model that scores and mends spun text, as provenance names it.
pub use spun::model::VERSION as SPUN_MODEL;

#[derive(Default)]
pub struct Repair {
    spun: SpunMode,
    /// Instead of the one that ships.
    model: Option<&'static spun::model::Model>,
}

impl Repair {
    pub fn new(spun: SpunMode) -> Self {
        Self { spun, model: None }
    }

    /// To measure a model that does not ship.
    #[cfg(feature = "train")]
    pub fn with_model(model: &'static spun::model::Model) -> Self {
        Self { spun: SpunMode::Repair, model: Some(model) }
    }
}

impl Stage for Repair {
    fn name(&self) -> StageName {
        StageName::Repair
    }

    fn apply(&self, article: &mut Article, deadline: &Deadline) -> Verdict {
        for _ in 0..MAX_TURNS {
            characters::mend(article, deadline);
            if !prose::mend(article, deadline) {
                break;
            }
        }
        for clue in &mut article.evidence.clues {
            if TEXT_FACTS.contains(&clue.fact) {
                characters::mend(&mut clue.value, deadline);
            }
            if TITLES.contains(&clue.fact) {
                prose::mend_line(&mut clue.value);
            }
        }
        if self.spun != SpunMode::Off {
            let model = self.model.unwrap_or_else(|| spun::model::Model::shipped());
            // Two changes beside each other may have doubled a word, or brought back what
            // a rule compares with.
            if spun::mend(article, model, self.spun, deadline) {
                prose::mend(article, deadline);
            }
        }
        Verdict::Keep
    }
}

/// A text that takes proposals and keeps the log of them.
trait Mendable {
    fn text(&self) -> &str;
    fn apply(&mut self, proposals: Vec<Proposal>);
}

impl Mendable for Article {
    fn text(&self) -> &str {
        Article::text(self)
    }

    fn apply(&mut self, proposals: Vec<Proposal>) {
        Article::apply(self, proposals);
    }
}

impl Mendable for Passage {
    fn text(&self) -> &str {
        Passage::text(self)
    }

    fn apply(&mut self, proposals: Vec<Proposal>) {
        Passage::apply(self, proposals);
    }
}
