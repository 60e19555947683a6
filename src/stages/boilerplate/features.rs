//! What the model sees of each segment: numbers about its text, its place, its
//! neighbours and its page. One row a segment; the meaning of a column is its
//! place in [`Row`]s pushed by the functions below, and is the model's contract.

use crate::stages::boilerplate::passing::Passing;
use crate::stages::boilerplate::segment::{Marks, Segment};
use crate::stages::boilerplate::topic;
use crate::text::hashing::FastMap;
use std::ops::Range;

/// Rows of equal length in one vector, for those segments that are judged.
#[cfg_attr(feature = "train", derive(Clone))]
pub struct Matrix {
    pub columns: usize,
    cells: Vec<f32>,
    /// Where each segment's row starts; past the end without one.
    places: Vec<usize>,
}

impl Matrix {
    pub fn new(columns: usize, cells: Vec<f32>, places: Vec<usize>) -> Self {
        Self { columns, cells, places }
    }

    /// The same rows, but only those of segments that are wanted.
    pub fn only(mut self, is_wanted: impl Fn(usize) -> bool) -> Self {
        for (segment, place) in self.places.iter_mut().enumerate() {
            if !is_wanted(segment) {
                *place = usize::MAX;
            }
        }
        self
    }

    /// The row of a segment, if it has one.
    pub fn row(&self, segment: usize) -> Option<&[f32]> {
        let start = self.places[segment];
        self.cells.get(start..start.saturating_add(self.columns))
    }
}

/// What the page says in its metadata, for comparison with what it shows.
#[derive(Debug, Clone, Default)]
pub struct Statements {
    /// With the words of the address, which are mostly those of the title.
    pub titles: Vec<String>,
    pub description: String,
    pub article_body: String,
}

/// Neighbours on either side whose own numbers are part of a row.
const NEIGHBOURS: isize = 3;
impl Statements {
    /// The last part of an address, when it has words.
    pub fn add_address(&mut self, address: &str) {
        let path = address.split(['?', '#']).next().unwrap_or(address);
        let slug = path
            .split('/')
            .skip(3)
            .max_by_key(|part| part.split(['-', '_', '+']).filter(|w| w.len() > 1).count());
        if let Some(slug) = slug.filter(|slug| slug.split(['-', '_', '+']).count() >= 3) {
            let words = slug.trim_end_matches(".html").trim_end_matches(".htm").replace('_', " ");
            let words: Vec<&str> = words
                .split(['-', '+', ' '])
                .filter(|word| !word.bytes().any(|byte| byte.is_ascii_digit()) || word.len() < 5)
                .collect();
            self.titles.push(words.join(" "));
        }
    }
}

/// How many segments around count as its surroundings.
const NEAR: usize = 3;
pub const FAR: usize = 8;

/// Running totals, so that any stretch's sum is one subtraction.
pub struct Totals(Vec<f32>);

impl Totals {
    pub fn of(values: impl Iterator<Item = f32>) -> Self {
        let mut totals = vec![0.0];
        let mut sum = 0.0;
        totals.extend(values.map(|value| {
            sum += value;
            sum
        }));
        Self(totals)
    }

    pub fn between(&self, range: Range<usize>) -> f32 {
        self.0[range.end] - self.0[range.start]
    }

    fn around(&self, index: usize, reach: usize) -> f32 {
        let end = (index + reach + 1).min(self.0.len() - 1);
        self.between(index.saturating_sub(reach)..end)
    }

    fn all(&self) -> f32 {
        self.0[self.0.len() - 1]
    }
}

/// Words of prose and of links gathered under one key, such as a container.
#[derive(Clone, Copy, Default)]
struct Gathered {
    prose: f32,
    words: f32,
    linked: f32,
    segments: f32,
}

impl Gathered {
    fn add(&mut self, segment: &Segment, prose: f32) {
        let words = segment.measure.words as f32;
        self.prose += prose;
        self.words += words;
        self.linked += words * segment.linked_share().min(1.0);
        self.segments += 1.0;
    }
}

pub fn matrix(
    text: &str,
    segments: &[Segment],
    body: &Range<usize>,
    statements: &Statements,
    is_page: bool,
    wanted: &[bool],
) -> Matrix {
    let prose: Vec<f32> = segments.iter().map(prose_words).collect();
    let words = Totals::of(segments.iter().map(|s| s.measure.words as f32));
    let prose_totals = Totals::of(prose.iter().copied());
    let phrases = Totals::of(segments.iter().map(|s| f32::from(u8::from(s.phrase.is_some()))));
    let sentences = Totals::of(segments.iter().map(|s| s.measure.sentence_ends as f32));
    let topics = topic::overlaps(text, segments, body, wanted);
    let passing = Passing::new(segments, &topics);
    let (before, after) = distances(&prose);
    let first_heading = segments.iter().position(|s| s.place.marks.has(Marks::MAIN_HEADING));
    let stated = topic::stated(text, segments, statements, wanted);
    let headline = headline(&stated, body);
    let page = is_page.then(|| PageView::new(segments, &prose));
    let mut cells = Vec::new();
    let mut columns = 0;
    let mut places = vec![usize::MAX; segments.len()];
    for (index, segment) in segments.iter().enumerate() {
        if !wanted[index] {
            continue;
        }
        let start = cells.len();
        places[index] = start;
        own(text, segment, &mut cells);
        cells.extend([
            topics[index].shared,
            topics[index].repeats,
            stated[index].in_title,
            stated[index].covers_title,
            stated[index].in_description,
            headline.map_or(-1000.0, |at| index as f32 - at as f32),
            headline.map_or(-1000.0, |at| {
                let (from, to) = (at.min(index), at.max(index));
                prose_totals.between(from..to) * if at <= index { 1.0 } else { -1.0 }
            }),
            line_breaks(text, segments, index),
            line_breaks(text, segments, index + 1),
        ]);
        // Where it stands in the text.
        let count = segments.len() as f32;
        let total = words.all().max(1.0);
        let total_prose = prose_totals.all().max(1.0);
        cells.extend([
            index as f32 / count,
            index as f32,
            count - index as f32,
            words.between(0..index) / total,
            prose_totals.between(0..index) / total_prose,
            prose_totals.all(),
            total_prose / total,
            prose_totals.around(index, NEAR),
            prose_totals.around(index, FAR),
            words.around(index, FAR),
            phrases.around(index, NEAR),
            phrases.around(index, FAR),
            sentences.around(index, NEAR),
            before[index],
            after[index],
            index as f32 - body.start as f32,
            body.end as f32 - 1.0 - index as f32,
            f32::from(u8::from(body.contains(&index))),
            first_heading.map_or(-1000.0, |at| index as f32 - at as f32),
        ]);
        if let Some(page) = &page {
            cells.push(stated[index].in_article_body);
            page.place(index, segment, &mut cells);
        } else {
            passing.place(index, body, &topics[index], &mut cells);
        }
        for offset in -NEIGHBOURS..=NEIGHBOURS {
            if offset == 0 {
                continue;
            }
            let other = index.checked_add_signed(offset).and_then(|at| segments.get(at));
            neighbour(segment, other, page.is_some(), &mut cells);
        }
        columns = cells.len() - start;
        if start == 0 {
            let others = wanted.iter().filter(|&&wanted| wanted).count() - 1;
            cells.reserve_exact(others * columns);
        }
    }
    Matrix { columns, cells, places }
}

/// The segment that reads like a stated title and is nearest above the body, or
/// the first of those behind its start.
fn headline(stated: &[topic::Stated], body: &Range<usize>) -> Option<usize> {
    let fits = |index: &usize| stated[*index].covers_title >= 0.6 && stated[*index].in_title >= 0.5;
    (0..body.start.min(stated.len()))
        .rev()
        .find(fits)
        .or_else(|| (body.start..stated.len()).find(fits))
}

/// Line breaks between the segment at `index` and the one before.
fn line_breaks(text: &str, segments: &[Segment], index: usize) -> f32 {
    if index == 0 || index >= segments.len() {
        return 3.0;
    }
    let between = &text[segments[index - 1].span.end..segments[index].span.start];
    between.bytes().filter(|&byte| byte == b'\n').count() as f32
}

fn prose_words(segment: &Segment) -> f32 {
    if segment.is_prose() && segment.linked_share() < 0.5 {
        segment.measure.words as f32
    } else {
        0.0
    }
}

fn share(part: u32, whole: u32) -> f32 {
    part as f32 / whole.max(1) as f32
}

fn own(text: &str, segment: &Segment, cells: &mut Vec<f32>) {
    let m = &segment.measure;
    let written = &text[segment.span.clone()];
    let last = written.chars().next_back();
    cells.extend([
        m.words as f32,
        share(m.chars, m.words),
        share(m.lowercase, m.words),
        share(m.capitalised, m.words),
        share(m.uppercase_letters, m.letters),
        share(m.digits, m.chars),
        share(m.commas, m.words),
        m.sentence_ends as f32,
        share(m.words, m.sentence_ends.max(1)),
        f32::from(u8::from(m.ends_sentence)),
        m.quotes as f32,
        m.furniture_marks as f32,
        m.first.map_or(0.0, |first| f32::from(first as u8)),
        segment.phrase.map_or(0.0, |phrase| 1.0 + f32::from(phrase as u8)),
        f32::from(u8::from(segment.is_prose())),
        share(m.caseless, m.letters),
        f32::from(u8::from(matches!(last, Some(':' | '：')))),
        f32::from(u8::from(written.ends_with("...") || last == Some('…'))),
        f32::from(u8::from(written.contains('\n'))),
        f32::from(u8::from(written.starts_with(['*', '+', '-', '•', '–', 'o', '·']))),
        share(m.short, m.words),
    ]);
}

fn neighbour(segment: &Segment, other: Option<&Segment>, is_page: bool, cells: &mut Vec<f32>) {
    let Some(other) = other else {
        cells.extend(std::iter::repeat_n(-1.0, if is_page { 9 } else { 6 }));
        return;
    };
    let m = &other.measure;
    cells.extend([
        m.words as f32,
        f32::from(u8::from(other.is_prose())),
        f32::from(u8::from(m.ends_sentence)),
        share(m.lowercase, m.words),
        other.phrase.map_or(0.0, |phrase| 1.0 + f32::from(phrase as u8)),
        m.first.map_or(0.0, |first| f32::from(first as u8)),
    ]);
    if is_page {
        cells.extend([
            other.linked_share(),
            f32::from(other.place.tag),
            f32::from(u8::from(other.place.signature == segment.place.signature))
                + f32::from(u8::from(other.place.containers[0] == segment.place.containers[0])),
        ]);
    }
}

/// Segments to the last prose before and the next after.
fn distances(prose: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let count = |values: &mut dyn Iterator<Item = &f32>| {
        let mut distance = 100.0f32;
        values
            .map(|&words| {
                let now = distance;
                distance = if words > 0.0 { 1.0 } else { (distance + 1.0).min(100.0) };
                now
            })
            .collect::<Vec<f32>>()
    };
    let before = count(&mut prose.iter());
    let mut after = count(&mut prose.iter().rev());
    after.reverse();
    (before, after)
}

/// What is known of a page as a whole.
struct PageView {
    containers: FastMap<u32, Gathered>,
    signatures: FastMap<u64, Gathered>,
    /// The containers of the paragraphs that hold the most prose.
    main: [u32; 3],
    total_prose: f32,
    /// Main headings up to each segment.
    headings: Vec<f32>,
    /// The share of the page's prose in the outermost article element around.
    articles: Vec<f32>,
}

impl PageView {
    fn new(segments: &[Segment], prose: &[f32]) -> Self {
        let mut containers: FastMap<u32, Gathered> = FastMap::default();
        let mut signatures: FastMap<u64, Gathered> = FastMap::default();
        for (segment, &words) in segments.iter().zip(prose) {
            let [inner, middle, outer] = segment.place.containers;
            containers.entry(inner).or_default().add(segment, words);
            if middle != inner {
                containers.entry(middle).or_default().add(segment, words);
            }
            if outer != middle {
                containers.entry(outer).or_default().add(segment, words);
            }
            signatures.entry(segment.place.signature).or_default().add(segment, words);
        }
        // By the innermost container; ties go to the earlier one.
        let mut inner: FastMap<u32, f32> = FastMap::default();
        for (segment, &words) in segments.iter().zip(prose) {
            *inner.entry(segment.place.containers[0]).or_default() += words;
        }
        let main = segments
            .iter()
            .map(|segment| segment.place.containers)
            .max_by(|a, b| inner[&a[0]].total_cmp(&inner[&b[0]]).then(b[0].cmp(&a[0])))
            .unwrap_or_default();
        let mut count = 0.0;
        let headings = segments
            .iter()
            .map(|segment| {
                count += f32::from(u8::from(segment.place.marks.has(Marks::MAIN_HEADING)));
                count
            })
            .collect();
        let total_prose = prose.iter().sum::<f32>().max(1.0);
        let mut by_article: FastMap<u32, f32> = FastMap::default();
        for (segment, &words) in segments.iter().zip(prose) {
            *by_article.entry(segment.place.article).or_default() += words;
        }
        let articles = segments
            .iter()
            .map(|segment| match segment.place.article {
                0 => -1.0,
                article => by_article[&article] / total_prose,
            })
            .collect();
        Self { containers, signatures, main, total_prose, headings, articles }
    }

    fn place(&self, index: usize, segment: &Segment, cells: &mut Vec<f32>) {
        let place = &segment.place;
        cells.extend([
            segment.linked_share(),
            f32::from(place.tag),
            f32::from(place.depth),
            self.headings[index],
            self.articles[index],
        ]);
        for container in place.containers {
            let gathered = self.containers.get(&container).copied().unwrap_or_default();
            cells.extend([
                gathered.prose / self.total_prose,
                gathered.linked / gathered.words.max(1.0),
                gathered.segments,
                gathered.prose / gathered.words.max(1.0),
            ]);
        }
        let alike = self.signatures.get(&place.signature).copied().unwrap_or_default();
        cells.extend([
            alike.prose / self.total_prose,
            alike.linked / alike.words.max(1.0),
            alike.segments,
            alike.words / alike.segments.max(1.0),
        ]);
        // How near its containers are to the main ones.
        let mut nearness = 0.0;
        for (own_at, own) in place.containers.iter().enumerate() {
            for (main_at, main) in self.main.iter().enumerate() {
                if own == main && *own != 0 {
                    nearness = f32::max(nearness, 6.0 - (own_at + main_at) as f32);
                }
            }
        }
        cells.push(nearness);
        cells.extend((0..Marks::COUNT).map(|bit| place.marks.bit(bit)));
    }
}
