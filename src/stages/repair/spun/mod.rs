//! Spun news: text that a content farm passed through a table of synonyms,
//! phrase by phrase, sense-blind. `informed a information convention` → `told a
//! news conference`, `Japanese Europe` → `Eastern Europe`.
//!
//! Nothing is touched unless the text as a whole shows that it was spun: by the
//! weight of its phrases ([`score`]) and which way its words lean ([`leaning`]), then by
//! how many different changes it would take that are sure. What some other spinner wrote is told
//! as well ([`rewording`]), flagged and left. The likeliest original is decoded ([`decode`]) from
//! what the table is known to do ([`channel`]) and from how news reads
//! ([`ngrams`]); forests weigh the evidence for each change over the whole
//! document ([`evidence`]), also how well its words fit those about them
//! ([`surroundings`]) and stand among them ([`cloze`]), and what they are sure of is
//! proposed. Inside quotation marks and in names they must be surer: a wrong repair
//! there is worse than none.

pub mod channel;
pub mod cloze;
pub mod decode;
pub mod document;
pub mod evidence;
mod formal;
pub mod leaning;
pub mod model;
pub mod ngrams;
pub mod rewording;
pub mod score;
pub mod surroundings;
pub mod tokens;
pub mod vectors;
pub mod vocabulary;

use std::ops::Range;

use crate::article::{Article, BlockKind, Fact, Flag};
use crate::edit::{Proposal, RuleId};
use crate::settings::Choice;
use crate::stage::Deadline;
use crate::text::hashing::FastSet;
use evidence::{Candidate, Line, candidates};
use model::Model;
use score::SpinScore;

const PHRASE: RuleId = RuleId("repair.spun.phrase");
const WORD: RuleId = RuleId("repair.spun.word");

pub(super) const IDS: &[RuleId] = &[PHRASE, WORD];

/// What is done about spun text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// It is not looked for.
    Off,
    /// Every article gets a spin score, spun ones a flag.
    Detect,
    /// The same, and spun ones are mended.
    #[default]
    Repair,
}

impl Choice for Mode {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Off, "off"), (Self::Detect, "detect"), (Self::Repair, "repair")];
}

/// Clues that are sentences, and so are spun with the article.
const SPUN_FACTS: [Fact; 4] =
    [Fact::Title, Fact::AlternativeTitle, Fact::Description, Fact::Notice];

/// How likely a change must be right to be made. On news spun with pairs of sites
/// that the table and the forests had not seen, .97 to .98 of the changes were right.
const SURE: f32 = 0.84;
const SURE_QUOTED: f32 = 0.9;
const SURE_OF_NAME: f32 = 0.9;

/// A text may be spun if its beginning would take one change that is nearly sure.
const NEARLY_SURE: f32 = 0.8;

/// It was if it would take so many different changes that are surer than this, so many of
/// them in a thousand words, and in so many places. Of 1,120 clean texts none had five, and one had five
/// nearly sure ones; of 1,174 pages one of a trade's own words had five, in 4 places a thousand
/// words. Of 4,322 spun texts that had five, none had fewer than 7.
const SURE_OF_SPINNING: f32 = 0.86;
const MIN_CHANGES: usize = 5;
const MIN_PER_THOUSAND: f32 = 3.0;
const MIN_PLACES_PER_THOUSAND: f32 = 6.0;

/// And if these changes tell of a spinner, not of a writer's English: if what they tell (see
/// [`Changes::told`]) is so much, and the more, the more the phrases weigh beyond those of a
/// text that cannot be spun. Of 97 statutes, contracts, minutes and the like and parts of them,
/// 39 had enough sure changes; none of them reached this.
const MIN_TOLD: f32 = 1.0;
const MIN_TOLD_PER_EXCESS: f32 = 0.08;

/// A pair that was seen more often says no more: some are of all formal English.
const SEEN_OFTEN: f32 = 8.0;

/// How much more a phrase says that is not of formal English.
const NOT_FORMAL: f32 = 1.0;

/// What a change says by how much better its original fits the document, to which a spinner's
/// words are strange and a writer's own are not; by how much better the text reads with it;
/// and what a change must say of either to count.
const FITTING: f32 = 0.3;
const READING: f32 = 0.1;
const SAYING_NOTHING: f32 = 0.2;

/// Scores the article and, by the mode, mends the body and, since a spun article
/// has a spun headline, the clues: as further lines of the one document, for which
/// the body speaks too. All is decided at once: to look again with the changes made
/// found nothing that was right, where it was tried. Returns whether the body changed.
pub(super) fn mend(article: &mut Article, model: &Model, mode: Mode, deadline: &Deadline) -> bool {
    let spans = line_spans(article);
    let mut lines: Vec<Line> =
        spans.iter().map(|span| Line::new(&article.text()[span.clone()])).collect();
    let score = SpinScore::of(&lines, model);
    let weigh = |lines: &[Line]| candidates(model, lines, score, || deadline.check());
    let may_be_spun = score.looks_spun()
        || score.may_be_spun() && {
            let beginning = beginning(&lines);
            beginning.len() == lines.len() || weigh(beginning).iter().any(is_nearly_sure)
        };
    let clues: Vec<usize> = clues_in_sentences(article);
    let texts = clues.iter().map(|clue| article.evidence.clues[*clue].value.text());
    lines.extend(texts.map(Line::new));
    let found = if may_be_spun { weigh(&lines) } else { Vec::new() };
    let of_body = || found.iter().filter(|candidate| candidate.line < spans.len());
    let is_spun = Changes::of(of_body(), SURE_OF_SPINNING).show_spinning(score);
    let likely = Changes::of(of_body(), NEARLY_SURE).different;
    let likelihood = score.likelihood(likely, is_spun);
    let proposals = is_spun.then(|| propose(&found, &lines));
    article.spin_score = Some(likelihood);
    if is_spun || score.looks_reworded() {
        article.flag(Flag::SpunText);
    }
    let Some(mut proposals) = proposals else { return false };
    if mode != Mode::Repair {
        return false;
    }
    let of_clues = proposals.split_off(spans.len());
    for (clue, proposals) in clues.into_iter().zip(of_clues) {
        article.evidence.clues[clue].value.apply(proposals);
    }
    let of_body = spans.iter().zip(proposals).flat_map(|(span, proposals)| {
        proposals.into_iter().map(|mut proposal| {
            let place = proposal.span;
            proposal.span = span.start + place.start..span.start + place.end;
            proposal
        })
    });
    let of_body: Vec<Proposal> = of_body.collect();
    let changes = !of_body.is_empty();
    article.apply(of_body);
    changes
}

/// Which clues were spun with the article.
fn clues_in_sentences(article: &Article) -> Vec<usize> {
    let clues = article.evidence.clues.iter().enumerate();
    clues.filter(|(_, clue)| SPUN_FACTS.contains(&clue.fact)).map(|(index, _)| index).collect()
}

/// Six in 1,120 texts spun with unknown pairs had nothing sure in so many words.
const BEGINNING_WORDS: usize = 200;

/// The first lines, by which most clean articles are told; all of a short text.
fn beginning<'l, 't>(lines: &'l [Line<'t>]) -> &'l [Line<'t>] {
    let mut words = 0;
    let is_within = |line: &&Line| {
        let is_first = words < BEGINNING_WORDS;
        words += line.tokens.len();
        is_first
    };
    let count = lines.iter().take_while(is_within).count();
    &lines[..count]
}

fn is_nearly_sure(candidate: &Candidate) -> bool {
    candidate.probability >= NEARLY_SURE
}

/// The changes of a text that are of some probability.
struct Changes {
    places: usize,
    /// How many of them are different.
    different: usize,
    /// How much they tell of a spinner, summed over the different ones: the logarithm of how
    /// often a pair was seen on spun pages, less than nothing where it is only supposed, and
    /// how much better its original fits and reads.
    told: f32,
}

impl Changes {
    fn of<'c, 'm: 'c>(found: impl Iterator<Item = &'c Candidate<'m>>, probability: f32) -> Self {
        let mut found: Vec<&Candidate> =
            found.filter(|candidate| candidate.probability >= probability).collect();
        let places = found.len();
        found.sort_by_key(|candidate| std::ptr::from_ref(candidate.choice.entry));
        found.dedup_by_key(|candidate| std::ptr::from_ref(candidate.choice.entry));
        let tells = |candidate: &&Candidate| {
            let entry = candidate.choice.entry;
            let seen = entry.seen.min(SEEN_OFTEN).ln();
            let is_strange = if entry.is_formal { 0.0 } else { NOT_FORMAL };
            let better = FITTING * candidate.in_document + READING * candidate.choice.margin;
            seen + is_strange + better - SAYING_NOTHING
        };
        let told = found.iter().map(tells).sum();
        Self { places, different: found.len(), told }
    }

    fn show_spinning(&self, score: SpinScore) -> bool {
        let per_thousand = |count: usize| count as f32 * 1000.0 / score.words.max(1) as f32;
        self.different >= MIN_CHANGES
            && self.told >= MIN_TOLD + MIN_TOLD_PER_EXCESS * score.excess()
            && per_thousand(self.different) >= MIN_PER_THOUSAND
            && per_thousand(self.places) >= MIN_PLACES_PER_THOUSAND
    }
}

/// Lines of running text.
fn line_spans(article: &Article) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    for block in article.blocks() {
        if matches!(block.kind, BlockKind::TableRow | BlockKind::Preformatted) {
            continue;
        }
        let mut start = block.span.start;
        for line in article.block_text(block).split('\n') {
            lines.push(start..start + line.len());
            start += line.len() + 1;
        }
    }
    lines
}

/// The changes of each line, the likeliest first where several would have one place.
fn propose(found: &[Candidate], lines: &[Line]) -> Vec<Vec<Proposal>> {
    let mut sure: Vec<&Candidate> = found.iter().filter(|candidate| is_sure(candidate)).collect();
    sure.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let mut proposals: Vec<Vec<Proposal>> = lines.iter().map(|_| Vec::new()).collect();
    let mut taken: FastSet<(usize, usize)> = FastSet::default();
    for candidate in sure {
        let line = &lines[candidate.line];
        let tokens = candidate.choice.tokens.clone();
        if tokens.clone().any(|token| taken.contains(&(candidate.line, token))) {
            continue;
        }
        taken.extend(tokens.map(|token| (candidate.line, token)));
        let place = line.span(&candidate.choice.tokens);
        let entry = candidate.choice.entry;
        let after = in_case_of(&line.text[place.clone()], &entry.original_text);
        let rule = if entry.is_phrase() { PHRASE } else { WORD };
        proposals[candidate.line].push(Proposal::edit(rule, place, after, candidate.probability));
    }
    for made in &mut proposals {
        made.sort_by_key(|proposal| proposal.span.start);
    }
    proposals
}

fn is_sure(candidate: &Candidate) -> bool {
    let wanted = match (candidate.is_name, candidate.is_quoted) {
        (true, _) => SURE_OF_NAME,
        (false, true) => SURE_QUOTED,
        (false, false) => SURE,
    };
    candidate.probability >= wanted
}

/// Small words that names leave small.
const SMALL: [&str; 7] = ["and", "for", "in", "of", "on", "the", "to"];

/// `original` with the capitals of `spun`: all, each word's, the first, or none.
fn in_case_of(spun: &str, original: &str) -> String {
    let letters = || spun.chars().filter(|c| c.is_alphabetic());
    let is_capital = |part: &str| part.starts_with(char::is_uppercase);
    let parts: Vec<&str> = spun.split([' ', '-']).filter(|p| !SMALL.contains(p)).collect();
    if letters().count() > 1 && letters().all(char::is_uppercase) {
        original.to_uppercase()
    } else if parts.len() > 1 && parts.iter().all(|part| is_capital(part)) {
        let mut after = String::with_capacity(original.len());
        for piece in original.split_inclusive([' ', '-']) {
            let is_small = SMALL.contains(&piece.trim_end()) && !after.is_empty();
            after.push_str(&if is_small { piece.to_owned() } else { capitalised(piece) });
        }
        after
    } else if is_capital(spun) {
        capitalised(original)
    } else {
        original.to_owned()
    }
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
