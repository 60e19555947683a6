//! What the repair of spun news knows, all of it made by `copydesk-train`.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::channel::Channel;
use super::ngrams::Ngrams;
use super::vectors::Vectors;
use crate::stages::forest::Forest;

pub struct Model {
    pub channel: Channel,
    pub news: Ngrams,
    pub vectors: Vectors,
    /// How likely a candidate is to be right; see [`super::evidence`].
    pub judge: Forest,
}

/// Changes with what the model says of a text; in the provenance of its edits.
pub const VERSION: &str = "spun-news-8";

static SHIPPED: LazyLock<Model> = LazyLock::new(|| {
    let table = include_str!("channel.tsv");
    let (ngrams, vectors) = (include_bytes!("news.ngrams"), include_bytes!("news.vectors"));
    let judge = include_bytes!("judge.forest");
    Model::read(table, &ngrams[..], vectors, judge).expect("the files are part of the crate")
});

impl Model {
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// `None` if the counts, the vectors or the forest are no such files.
    pub fn read(
        table: &str,
        ngrams: impl Into<Cow<'static, [u8]>>,
        vectors: &[u8],
        judge: &[u8],
    ) -> Option<Self> {
        let (news, vectors) = (Ngrams::read(ngrams)?, Vectors::read(vectors)?);
        Some(Self { channel: Channel::read(table), news, vectors, judge: Forest::read(judge)? })
    }
}
