//! One article's whole way, from the bytes of a message to the bytes of the
//! message that is published for it. The same delivery, version and settings, and
//! where there is a memory of sites its state, give the same outbound message.

use std::sync::Arc;
use std::time::Duration;

use crate::account::Account;
use crate::article::Article;
use crate::duplicates::DuplicateWindow;
use crate::error::{Error, PipelineError};
use crate::pipeline::{Pipeline, Run};
use crate::settings::{Settings, SiteMemoryMode, StagesSettings};
use crate::site::{Address, Bounds, LocalMemory, Shown, SiteMemory, SiteView};
use crate::stage::{RejectReason, Stage, StageName, Verdict};
use crate::stages::boilerplate::{Boilerplate, OwnPhrases};
use crate::stages::repair::Repair;
use crate::stages::{self, boilerplate};
use crate::telemetry::traces::Tracer;
use crate::transport::{Delivery, Destination, Headers, Outbound};
use crate::wire::dead_letter;
use crate::wire::enriched::Encoder;
use crate::wire::raw::{Decoder, RawArticle};

pub struct Desk {
    pub decoder: Decoder,
    pub pipeline: Pipeline,
    pub encoder: Encoder,
    /// Whether a rejected article is published with its verdict or dropped.
    pub rejected: Rejected,
    /// What the pages of a site have shown, where it is to be known.
    pub memory: Option<Memory>,
    /// The articles that came last, where near duplicates are to be told.
    pub duplicates: Option<DuplicateWindow>,
    /// Names the article's span in the headers of what is published.
    pub tracer: Tracer,
}

/// A memory of sites, and what it is for.
pub struct Memory {
    pub sites: Arc<dyn SiteMemory>,
    /// Whether it decides, or only learns.
    pub applies: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    Forward,
    Drop,
}

/// A page and a text with something in it for every part of the stages.
const PAGE: &str = "<html><head><title>Bridge opens - The Example</title></head><body><nav>\
    <a href=/>Home</a></nav><h1>Bridge opens</h1><p>By Ann Example, 3 May 2024</p><p>HILLTON \
    (Example News) - The bridge over the river was opened on Friday, and the mayor said: \
    &ldquo;We have waited for it.&rdquo;</p></body></html>";
const TEXT: &str = "Bridge opens\nBy Ann Example\n3 May 2024\nShare\nHILLTON - The bridge over \
    the river was opened on Friday, and the mayor said: \"We have waited for it.\"\nRead more\n";

/// What is to be done for a delivery.
#[derive(Debug)]
pub enum Outcome {
    Enriched {
        outbound: Outbound,
        account: Account,
    },
    Rejected {
        outbound: Option<Outbound>,
        account: Account,
        reason: RejectReason,
    },
    /// A null payload, passed on as one.
    Tombstone {
        outbound: Outbound,
    },
    DeadLetter {
        outbound: Outbound,
        error: Error,
    },
}

/// An outcome by its kind alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Enriched,
    Rejected,
    Tombstone,
    DeadLetter,
}

impl Outcome {
    pub fn kind(&self) -> Kind {
        match self {
            Outcome::Enriched { .. } => Kind::Enriched,
            Outcome::Rejected { .. } => Kind::Rejected,
            Outcome::Tombstone { .. } => Kind::Tombstone,
            Outcome::DeadLetter { .. } => Kind::DeadLetter,
        }
    }

    /// The message to publish, if there is one.
    pub fn outbound(&self) -> Option<&Outbound> {
        match self {
            Outcome::Enriched { outbound, .. }
            | Outcome::Tombstone { outbound }
            | Outcome::DeadLetter { outbound, .. } => Some(outbound),
            Outcome::Rejected { outbound, .. } => outbound.as_ref(),
        }
    }

    pub fn into_outbound(self) -> Option<Outbound> {
        match self {
            Outcome::Enriched { outbound, .. }
            | Outcome::Tombstone { outbound }
            | Outcome::DeadLetter { outbound, .. } => Some(outbound),
            Outcome::Rejected { outbound, .. } => outbound,
        }
    }
}

impl Desk {
    /// With a memory of its own, where the settings ask for one.
    pub fn new(settings: &Settings) -> Self {
        Self::with_phrases(settings, &phrases_of(&settings.stages))
    }

    /// With these as the operator's own wordings; whoever keeps a clone can replace them.
    pub fn with_phrases(settings: &Settings, phrases: &OwnPhrases) -> Self {
        let time_limit = Duration::from_millis(settings.worker.article_deadline_millis);
        Self {
            decoder: Decoder::new(settings.input.clone()),
            pipeline: Pipeline::new(stages_of(&settings.stages, phrases), Some(time_limit))
                .within(settings.worker.article_memory_bytes),
            encoder: Encoder::new(settings.output.clone()),
            rejected: settings.worker.rejected,
            memory: Memory::of(settings),
            duplicates: duplicates_of(settings),
            tracer: Tracer::default(),
        }
    }

    /// With another memory than its own, where it has one.
    pub fn sharing(mut self, sites: Arc<dyn SiteMemory>) -> Self {
        if let Some(memory) = &mut self.memory {
            memory.sites = sites;
        }
        self
    }

    /// With spans that are named to whoever reads the output.
    pub fn traced(mut self, tracer: Tracer) -> Self {
        self.tracer = tracer;
        self
    }

    /// Has the stages load what they load on first use, a tenth of a second's work: it is
    /// not to count against the first articles.
    pub fn warm_up(&self) {
        for mut article in [Article::from_html(PAGE), Article::from_text(TEXT)] {
            // What becomes of them says nothing.
            let _ = self.pipeline.run(&mut article);
        }
    }

    /// For consumers that look the schema up in a registry, by this id of its.
    pub fn registered(mut self, schema_id: u32) -> Self {
        self.encoder = self.encoder.registered(schema_id);
        self
    }

    /// For a sink that takes no larger messages.
    pub fn within(mut self, message_bytes: usize) -> Self {
        self.encoder = self.encoder.within(message_bytes);
        self
    }

    /// The article that a payload holds, as it is after the stages, for whoever wants to
    /// look at it. The memory of sites is read and learns nothing.
    pub fn read(&self, payload: &[u8], headers: &Headers) -> Result<(Article, Run), Error> {
        let read = || -> Result<(Article, Run), Error> {
            let mut article = self.decoder.decode(payload, headers)?.article;
            self.recall(&mut article);
            let run = self.pipeline.run(&mut article)?;
            Ok((article, run))
        };
        // The stages have their own boundary; this one is for decode.
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
            .unwrap_or_else(|_| Err(PipelineError::WorkerPanicked.into()))
    }

    /// What the delivery's page shows, for a memory that is to learn from it.
    pub fn study(&self, delivery: &Delivery) -> Option<(Address, Shown)> {
        let mut raw = self.decoder.decode(delivery.payload.as_ref()?, &delivery.headers).ok()?;
        let address = Address::of(raw.article.url.as_ref()?)?;
        raw.article.site = Some(SiteView::learning());
        self.pipeline.run(&mut raw.article).ok()?;
        Some((address, raw.article.shown?))
    }

    /// The host of the delivery's page, as far as the message tells it.
    pub fn host(&self, delivery: &Delivery) -> Option<String> {
        let payload = delivery.payload.as_ref()?;
        // It may be the very message that decode panicked over.
        let decode = || self.decoder.decode(payload, &delivery.headers).ok();
        let raw = std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode)).ok()??;
        Some(Address::of(raw.article.url.as_ref()?)?.host)
    }

    /// Never fails: what cannot be done becomes a dead letter.
    pub fn edit(&self, delivery: &Delivery) -> Outcome {
        // The stages have their own boundary; this one is for decode and encode.
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.try_edit(delivery)))
            .unwrap_or_else(|_| Err(PipelineError::WorkerPanicked.into()))
            .unwrap_or_else(|error| self.give_up(delivery, error))
    }

    /// The dead letter for a delivery that cannot be processed, or not be published.
    pub fn give_up(&self, delivery: &Delivery, error: Error) -> Outcome {
        let style = self.encoder.dead_letter_headers();
        Outcome::DeadLetter { outbound: dead_letter::outbound(delivery, &error, style), error }
    }

    fn try_edit(&self, delivery: &Delivery) -> Result<Outcome, Error> {
        let Some(payload) = &delivery.payload else {
            return Ok(Outcome::Tombstone { outbound: self.forward(delivery, None) });
        };
        let mut account = Account::begin();
        let mut raw = self.decoder.decode(payload, &delivery.headers)?;
        let remembered = self.recall(&mut raw.article);
        account.step("decode");
        let run = self.pipeline.run(&mut raw.article)?;
        if run.verdict == Verdict::Keep {
            self.compare(&mut raw.article);
        }
        account.ran(&run, &raw.article);
        let outcome = self.outcome(delivery, &raw, run.verdict, account)?;
        if let (Some((sites, address)), Some(shown)) = (remembered, raw.article.shown) {
            sites.learn(&address, shown);
        }
        Ok(outcome)
    }

    /// Gives the article what is known of its site, and says where to keep what its page
    /// shows. Without an address the memory is silent.
    fn recall(&self, article: &mut Article) -> Option<(&dyn SiteMemory, Address)> {
        let memory = self.memory.as_ref()?;
        let address = Address::of(article.url.as_ref()?)?;
        article.site = Some(match memory.applies {
            true => memory.sites.view(&address),
            false => SiteView::learning(),
        });
        Some((&*memory.sites, address))
    }

    /// Tells whether the article is nearly one before it.
    fn compare(&self, article: &mut Article) {
        let (Some(window), Some(fingerprints)) = (&self.duplicates, &article.tags.fingerprints)
        else {
            return;
        };
        let words = article.tags.word_count;
        article.tags.duplicate_of = window.check(&article.id, words, &fingerprints.minhash);
    }

    fn outcome(
        &self,
        delivery: &Delivery,
        raw: &RawArticle,
        verdict: Verdict,
        mut account: Account,
    ) -> Result<Outcome, Error> {
        match verdict {
            Verdict::Keep => {
                let outbound = self.publish(delivery, raw, verdict)?;
                account.step("encode");
                Ok(Outcome::Enriched { outbound, account })
            }
            Verdict::Reject(reason) => {
                let outbound = match self.rejected {
                    Rejected::Drop => None,
                    Rejected::Forward => Some(self.publish(delivery, raw, verdict)?),
                };
                account.step("encode");
                Ok(Outcome::Rejected { outbound, account, reason })
            }
        }
    }

    fn publish(
        &self,
        delivery: &Delivery,
        raw: &RawArticle,
        verdict: Verdict,
    ) -> Result<Outbound, Error> {
        let mut outbound = self.forward(delivery, None);
        outbound.headers.extend(self.encoder.headers(raw, verdict));
        let payload = self.encoder.encode_beside(outbound.bytes(), raw, verdict)?;
        outbound.payload = Some(payload);
        Ok(outbound)
    }

    /// The input's key, timestamp, partition and headers, under another payload.
    fn forward(&self, delivery: &Delivery, payload: Option<Vec<u8>>) -> Outbound {
        let mut headers = crate::wire::forwarded_headers(&delivery.headers);
        self.tracer.propagate(delivery, &mut headers);
        Outbound {
            destination: Destination::Enriched,
            key: delivery.key.clone(),
            payload,
            headers,
            timestamp_millis: delivery.timestamp_millis,
            partition: delivery.origin.partition,
        }
    }
}

impl Memory {
    /// None where it is off, or where the stage that reads it is.
    fn of(settings: &Settings) -> Option<Self> {
        let applies = match settings.site_memory.mode {
            SiteMemoryMode::Off => return None,
            SiteMemoryMode::Learn => false,
            SiteMemoryMode::Apply => true,
        };
        let bounds = Bounds::of(&settings.site_memory);
        settings
            .stages
            .boilerplate
            .then(|| Self { sites: Arc::new(LocalMemory::new(bounds)), applies })
    }
}

fn duplicates_of(settings: &Settings) -> Option<DuplicateWindow> {
    let settings = &settings.near_duplicates;
    (settings.window > 0).then(|| DuplicateWindow::new(settings.window, settings.similarity as f32))
}

/// What the file of the settings has. They were held against it when they were read, so
/// that only a file that has changed since is told of here.
pub fn phrases_of(settings: &StagesSettings) -> OwnPhrases {
    let phrases = OwnPhrases::default();
    if let Err(why) = reload_phrases(&phrases, settings) {
        tracing::error!(file = settings.phrases_file, why, "no own phrases");
    }
    phrases
}

/// Takes over what the file of the settings has now. A fault changes nothing.
pub fn reload_phrases(phrases: &OwnPhrases, settings: &StagesSettings) -> Result<(), String> {
    if settings.phrases_file.is_empty() {
        phrases.clear();
        return Ok(());
    }
    let source = std::fs::read_to_string(&settings.phrases_file);
    let source = source.map_err(|error| error.to_string())?;
    phrases.replace(&source).map_err(|faults| faults.join("; "))
}

/// A page is turned into text even where nothing is to be stripped from it.
fn stages_of(settings: &StagesSettings, phrases: &OwnPhrases) -> Vec<Box<dyn Stage>> {
    let mut enabled: Vec<Box<dyn Stage>> = Vec::new();
    for name in StageName::ALL {
        match name {
            StageName::Boilerplate if !settings.boilerplate => {
                enabled.push(Box::new(boilerplate::render_only()));
            }
            StageName::Boilerplate => {
                enabled.push(Box::new(Boilerplate { own_phrases: phrases.clone() }));
            }
            StageName::Repair if !settings.repair => {}
            StageName::Repair => enabled.push(Box::new(Repair::new(settings.spun))),
            StageName::Tag if !settings.tag => {}
            name => enabled.push(stages::named(name)),
        }
    }
    enabled
}
