//! What the repair of spun news knows, all of it made by `copydesk-train`.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::channel::Channel;
use super::ngrams::Ngrams;
use crate::stages::forest::Forest;

pub struct Model {
    pub channel: Channel,
    pub news: Ngrams,
    /// How likely a candidate is to be right; see [`super::evidence`].
    pub judge: Forest,
}

/// Changes with what the model says of a text; in the provenance of its edits.
pub const VERSION: &str = "spun-news-5";

static SHIPPED: LazyLock<Model> = LazyLock::new(|| {
    let table = include_str!("channel.tsv");
    let (ngrams, judge) = (include_bytes!("news.ngrams"), include_bytes!("judge.forest"));
    Model::read(table, &ngrams[..], judge).expect("the files are part of the crate")
});

impl Model {
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// `None` if the counts or the forest are no such files.
    pub fn read(table: &str, ngrams: impl Into<Cow<'static, [u8]>>, judge: &[u8]) -> Option<Self> {
        let (news, judge) = (Ngrams::read(ngrams)?, Forest::read(judge)?);
        Some(Self { channel: Channel::read(table), news, judge })
    }
}
