//! The letters of the topic, each with what is known of it besides.

use std::collections::BTreeSet;

use copydesk::desk::Desk;
use copydesk::settings::Settings;
use copydesk::text::calendar;
use copydesk::transport::kafka::dead_letters;
use copydesk::transport::kafka::topic_reader::TopicReader;
use copydesk::wire::dead_letter::{Entry, Letter, Place};

use super::Failure;

/// Stands for what is not known.
pub const UNKNOWN: &str = "-";

pub struct Letters {
    reader: TopicReader,
    topic: String,
    desk: Desk,
    /// The places of letters that were replayed. A mark stands behind its letter, so they
    /// are read before.
    replayed: BTreeSet<Place>,
}

pub struct Found {
    pub letter: Letter,
    /// Of the article, where its message tells it.
    pub host: Option<String>,
    pub replayed: bool,
}

impl Letters {
    /// Of all that is committed now.
    pub fn open(settings: &Settings) -> Result<Self, Failure> {
        let reader = dead_letters::reader(&settings.kafka).map_err(failure)?;
        Self::read_marks(reader, settings)
    }

    /// Of all that is in the topic now, once it is committed or aborted.
    pub fn open_settled(settings: &Settings) -> Result<Self, Failure> {
        let reader = dead_letters::reader(&settings.kafka).map_err(failure)?;
        reader.settle().map_err(failure)?;
        Self::read_marks(reader, settings)
    }

    fn read_marks(mut reader: TopicReader, settings: &Settings) -> Result<Self, Failure> {
        let mut replayed = BTreeSet::new();
        reader.rewind().map_err(failure)?;
        while let Some(stored) = reader.read().map_err(failure)? {
            if let Entry::Mark(place) = Entry::read(stored) {
                replayed.insert(place);
            }
        }
        reader.rewind().map_err(failure)?;
        let topic = settings.kafka.dead_letter_topic.clone();
        Ok(Self { reader, topic, desk: Desk::new(settings), replayed })
    }

    pub fn next(&mut self) -> Result<Option<Found>, Failure> {
        while let Some(stored) = self.reader.read().map_err(failure)? {
            if let Entry::Letter(letter) = Entry::read(stored) {
                let host = self.desk.host(&letter.delivery(&self.topic));
                let replayed = self.replayed.contains(&letter.place);
                return Ok(Some(Found { letter: *letter, host, replayed }));
            }
        }
        Ok(None)
    }
}

impl Found {
    pub fn reason(&self) -> String {
        let reasons = self.letter.reasons.as_ref();
        reasons.map_or(UNKNOWN.into(), |reasons| legible(&reasons.reason))
    }

    pub fn stage(&self) -> String {
        let reasons = self.letter.reasons.as_ref();
        let stage = reasons.and_then(|reasons| reasons.stage.as_deref());
        stage.map_or(UNKNOWN.into(), legible)
    }

    pub fn host(&self) -> String {
        self.host.as_deref().map_or(UNKNOWN.into(), legible)
    }

    pub fn time(&self) -> String {
        let millis = self.letter.timestamp_millis;
        let moment = millis.and_then(|millis| calendar::from_epoch(millis.div_euclid(1_000)));
        moment.map_or(UNKNOWN.into(), |moment| moment.to_string())
    }

    /// `articles.raw 3:18204`
    pub fn origin(&self) -> String {
        let Some(reasons) = &self.letter.reasons else { return UNKNOWN.into() };
        let number = |number: Option<i64>| number.map_or(UNKNOWN.into(), |it| it.to_string());
        format!(
            "{} {}:{}",
            reasons.topic.as_deref().map_or(UNKNOWN.into(), legible),
            number(reasons.partition.map(i64::from)),
            number(reasons.offset)
        )
    }
}

/// What others wrote, on one line and without what would drive a terminal.
pub fn legible(text: &str) -> String {
    if text.is_empty() {
        return UNKNOWN.into();
    }
    let shown = |character: char| match character {
        _ if character.is_control()
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
        {
            character.escape_unicode().to_string()
        }
        _ => character.to_string(),
    };
    text.chars().map(shown).collect()
}

pub fn failure(error: copydesk::error::TransportError) -> Failure {
    Failure::Work(error.to_string())
}
