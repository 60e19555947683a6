//! What the repair of spun news knows, all of it made by `copydesk-train`.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::channel::Channel;
use super::cloze::Cloze;
use super::leaning;
use super::ngrams::Ngrams;
use super::rewording::Rewording;
use super::vectors::Vectors;
use super::vocabulary::Vocabulary;
use crate::stages::forest::Forest;

pub struct Model {
    pub channel: Channel,
    pub vocabulary: Vocabulary,
    /// What a text without any word leans.
    pub leaning: f32,
    pub rewording: Rewording,
    pub news: Ngrams,
    pub vectors: Vectors,
    pub cloze: Cloze,
    /// Which candidates are worth a closer look, and how likely these are to be right; see
    /// [`super::evidence`].
    pub first: Forest,
    pub second: Forest,
}

/// The files that a model is read from, but for the table and the counts.
#[derive(Clone, Copy)]
pub struct Files<'f> {
    pub leaning: &'f str,
    pub rewording: &'f str,
    pub vectors: &'f [u8],
    pub cloze: &'f [u8],
    pub first: &'f [u8],
    pub second: &'f [u8],
}

/// Changes with what the model says of a text; in the provenance of its edits.
pub const VERSION: &str = "spun-news-13";

static SHIPPED: LazyLock<Model> = LazyLock::new(|| {
    let files = Files {
        leaning: include_str!("leaning.tsv"),
        rewording: include_str!("rewording.tsv"),
        vectors: include_bytes!("news.vectors"),
        cloze: include_bytes!("news.cloze"),
        first: include_bytes!("judge.first"),
        second: include_bytes!("judge.second"),
    };
    let (table, ngrams) = (include_str!("channel.tsv"), include_bytes!("news.ngrams"));
    Model::read(table, &ngrams[..], &files).expect("the files are part of the crate")
});

impl Model {
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// `None` if the counts or one of the other files are no such files.
    pub fn read(table: &str, ngrams: impl Into<Cow<'static, [u8]>>, files: &Files) -> Option<Self> {
        let news = Ngrams::read(ngrams)?;
        let channel = Channel::read(table);
        Some(Self {
            vocabulary: Vocabulary::read(files.leaning, files.rewording, &channel, &news),
            channel,
            leaning: leaning::of_no_word(files.leaning),
            rewording: Rewording::read(files.rewording),
            news,
            vectors: Vectors::read(files.vectors)?,
            cloze: Cloze::read(files.cloze)?,
            first: Forest::read(files.first)?,
            second: Forest::read(files.second)?,
        })
    }
}
