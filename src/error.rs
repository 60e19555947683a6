//! Typed errors, a kind a layer, and the one place that says what follows from
//! each: [`Error::disposition`].

use thiserror::Error;

use crate::stage::StageName;

/// Anything that can go wrong between taking a message and acknowledging it.
#[derive(Debug, Error)]
pub enum Error {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error(transparent)]
    Limit(#[from] LimitExceeded),
}

/// A message from which no article can be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    #[error("payload of {bytes} bytes exceeds the limit of {limit}")]
    TooLarge { bytes: usize, limit: usize },
    #[error("payload unpacks to more than the limit of {limit} bytes")]
    UnpacksTooLarge { limit: usize },
    #[error("payload is empty")]
    Empty,
    #[error("content-encoding {encoding:?} is not supported; gzip and zstd are")]
    UnknownEncoding { encoding: String },
    #[error("payload is not valid {encoding}")]
    Unpack { encoding: &'static str },
    #[error("payload is not text in any encoding that can be told")]
    NotText,
    #[error("payload is a {kind}, not an article")]
    WrongMedia { kind: &'static str },
    #[error("payload is not JSON: {why} at line {line} column {column}")]
    NotJson { why: &'static str, line: usize, column: usize },
    #[error("JSON is nested deeper than {limit}")]
    TooDeep { limit: usize },
    #[error("JSON is not an object")]
    NotAnObject,
    #[error("none of the body fields holds text")]
    MissingBody,
    #[error("field {field:?} is {found}, expected {expected}")]
    WrongType { field: String, found: &'static str, expected: &'static str },
}

/// A stage that did not come back with the article.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PipelineError {
    #[error("the {} stage panicked", stage.as_str())]
    StagePanicked { stage: StageName },
    #[error("the deadline passed in the {} stage", stage.as_str())]
    DeadlinePassed { stage: StageName },
    #[error("more than {limit} bytes of memory taken by the {} stage", stage.as_str())]
    MemoryExceeded { stage: StageName, limit: usize },
    /// Nothing stopped it on the way, so its thread was left to it.
    #[error("not done after {millis} ms, and it does not stop")]
    RanAway { millis: u128 },
    /// Outside the stages, in decode or encode.
    #[error("the worker panicked over this article")]
    WorkerPanicked,
}

/// An article that cannot be written down.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodeError {
    #[error("enriched message could not be serialised: {why}")]
    Json { why: String },
    #[error("enriched message of {bytes} bytes exceeds the limit of {limit}")]
    TooLarge { bytes: usize, limit: usize },
}

/// The broker, or the way to it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TransportError {
    /// Passes by itself; the same call may be made again.
    #[error("{attempted}: {why}")]
    Transient { attempted: &'static str, why: String },
    /// This one message will never be taken.
    #[error("{attempted}: {why}")]
    MessageRefused { attempted: &'static str, why: String },
    /// Nothing further can be done with this connection.
    #[error("{attempted}: {why}")]
    Fatal { attempted: &'static str, why: String },
    /// What was published is undone, and its delivery comes again, here or elsewhere.
    #[error("publication was undone: {why}")]
    Withdrawn { why: String },
    /// A dead letter was refused, so the message it is for cannot be given up.
    #[error("dead letter was not taken: {why}")]
    DeadLetterRefused { why: String },
}

/// So much fails that the fault is likelier here than in the articles.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LimitExceeded {
    #[error("{dead_letters} of the last {window} messages were dead-lettered")]
    DeadLetterRatio { dead_letters: usize, window: usize },
    #[error("{count} messages in a row were dead-lettered")]
    ConsecutiveDeadLetters { count: usize },
}

/// What is done about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// The original goes to the dead-letter topic; the stream goes on.
    DeadLetter,
    /// The same is tried again after a pause; nothing is acknowledged.
    Retry,
    /// Nothing is left to be done here: the delivery comes again.
    Forget,
    /// The worker ends with an error; what is not acknowledged is redelivered.
    Halt,
}

impl Error {
    pub fn disposition(&self) -> Disposition {
        match self {
            Error::Decode(_) | Error::Pipeline(_) | Error::Encode(_) => Disposition::DeadLetter,
            Error::Transport(TransportError::MessageRefused { .. }) => Disposition::DeadLetter,
            Error::Transport(TransportError::Transient { .. }) => Disposition::Retry,
            Error::Transport(TransportError::Withdrawn { .. }) => Disposition::Forget,
            Error::Transport(
                TransportError::Fatal { .. } | TransportError::DeadLetterRefused { .. },
            ) => Disposition::Halt,
            Error::Limit(_) => Disposition::Halt,
        }
    }

    /// Whether someone must act (`ERROR`) or nothing is lost and the stream
    /// goes on by itself (`WARN`).
    pub fn level(&self) -> tracing::Level {
        match self {
            Error::Decode(_) => tracing::Level::WARN,
            Error::Transport(
                TransportError::Transient { .. }
                | TransportError::MessageRefused { .. }
                | TransportError::Withdrawn { .. },
            ) => tracing::Level::WARN,
            Error::Pipeline(_) | Error::Encode(_) => tracing::Level::ERROR,
            Error::Transport(
                TransportError::Fatal { .. } | TransportError::DeadLetterRefused { .. },
            ) => tracing::Level::ERROR,
            Error::Limit(_) => tracing::Level::ERROR,
        }
    }

    /// A closed set of short names: metric label, log field, dead-letter header.
    pub fn reason(&self) -> &'static str {
        match self {
            Error::Decode(error) => match error {
                DecodeError::TooLarge { .. } | DecodeError::UnpacksTooLarge { .. } => "too_large",
                DecodeError::Empty => "empty_payload",
                DecodeError::UnknownEncoding { .. } => "unknown_content_encoding",
                DecodeError::Unpack { .. } => "unpack_failed",
                DecodeError::NotText => "not_text",
                DecodeError::WrongMedia { .. } => "wrong_media",
                DecodeError::NotJson { .. } => "not_json",
                DecodeError::TooDeep { .. } => "too_deep",
                DecodeError::NotAnObject => "not_an_object",
                DecodeError::MissingBody => "missing_body",
                DecodeError::WrongType { .. } => "wrong_type",
            },
            Error::Pipeline(PipelineError::StagePanicked { .. }) => "stage_panicked",
            Error::Pipeline(PipelineError::DeadlinePassed { .. }) => "deadline_passed",
            Error::Pipeline(PipelineError::MemoryExceeded { .. }) => "memory_exceeded",
            Error::Pipeline(PipelineError::RanAway { .. }) => "ran_away",
            Error::Pipeline(PipelineError::WorkerPanicked) => "worker_panicked",
            Error::Encode(EncodeError::Json { .. }) => "encode_failed",
            Error::Encode(EncodeError::TooLarge { .. }) => "output_too_large",
            Error::Transport(TransportError::Transient { .. }) => "transport_transient",
            Error::Transport(TransportError::MessageRefused { .. }) => "output_refused",
            Error::Transport(TransportError::Withdrawn { .. }) => "withdrawn",
            Error::Transport(TransportError::Fatal { .. }) => "transport_fatal",
            Error::Transport(TransportError::DeadLetterRefused { .. }) => "dead_letter_refused",
            Error::Limit(LimitExceeded::DeadLetterRatio { .. }) => "dead_letter_ratio",
            Error::Limit(LimitExceeded::ConsecutiveDeadLetters { .. }) => "dead_letters_in_a_row",
        }
    }

    /// The part of the worker that failed, for the dead letter's `stage` header.
    pub fn stage(&self) -> &'static str {
        match self {
            Error::Decode(_) => "decode",
            Error::Pipeline(
                PipelineError::StagePanicked { stage }
                | PipelineError::DeadlinePassed { stage }
                | PipelineError::MemoryExceeded { stage, .. },
            ) => stage.as_str(),
            Error::Pipeline(PipelineError::RanAway { .. } | PipelineError::WorkerPanicked) => {
                "worker"
            }
            Error::Encode(_) => "encode",
            Error::Transport(_) => "transport",
            Error::Limit(_) => "worker",
        }
    }
}
