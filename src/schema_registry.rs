//! The schema registry, as far as copydesk asks it: for the id of the enriched message's
//! schema, once, at the start. Messages then name it, see [`crate::wire::registry`].

use std::time::{Duration, Instant};

use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;

use crate::settings::{SchemaRegistrySettings, Settings};
use crate::wire::registry::{MEDIA_TYPE, complaint, id, question};

/// For one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// Between attempts: the first pause, doubled each time up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(5);
/// An answer has a schema in it, at most.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// Why there is no id.
#[derive(Debug, Error)]
pub enum RegistryError {
    #[error("schema registry {endpoint} did not answer within {millis} ms: {why}")]
    Unreachable { endpoint: String, millis: u64, why: String },
    #[error("schema registry {endpoint} refused subject {subject:?} with {status}: {why}")]
    Refused { endpoint: String, subject: String, status: u16, why: String },
    #[error(
        "schema registry {endpoint} has no such schema under subject {subject:?}; register what \
         `copydesk schema enriched` prints, or set schema_registry.register"
    )]
    NotRegistered { endpoint: String, subject: String },
    #[error("schema registry {endpoint} answered without an id of the schema")]
    Unintelligible { endpoint: String },
}

pub struct SchemaRegistry {
    settings: SchemaRegistrySettings,
    subject: String,
}

/// Why an attempt came to nothing.
enum Failure {
    /// It may pass.
    Passing(String),
    Lasting(RegistryError),
}

impl SchemaRegistry {
    /// None where the settings name none.
    pub fn of(settings: &Settings) -> Option<Self> {
        let subject = match settings.schema_registry.subject.as_str() {
            "" => format!("{}-value", settings.kafka.output_topic),
            subject => subject.to_owned(),
        };
        let settings = settings.schema_registry.clone();
        (!settings.endpoint.is_empty()).then_some(Self { settings, subject })
    }

    /// The id of the enriched message's schema, registered first where the settings say
    /// so, which does no harm where it already is. What may pass is tried again, ever
    /// later, for as long as the settings allow.
    pub async fn schema_id(&self) -> Result<u32, RegistryError> {
        match self.settings.register {
            true => self.ask_until_answered("/versions").await,
            false => self.look_up().await,
        }
    }

    /// Whether there would be an id; registers nothing.
    pub async fn check(&self) -> Result<(), RegistryError> {
        match self.look_up().await {
            Err(RegistryError::NotRegistered { .. }) if self.settings.register => Ok(()),
            looked_up => looked_up.map(|_| ()),
        }
    }

    async fn look_up(&self) -> Result<u32, RegistryError> {
        self.ask_until_answered("").await
    }

    async fn ask_until_answered(&self, below: &str) -> Result<u32, RegistryError> {
        let millis = self.settings.start_timeout_millis;
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let left = Duration::from_millis(millis).saturating_sub(started.elapsed());
            let attempt = tokio::time::timeout(left.min(ANSWER_TIMEOUT), self.ask(below));
            let why = match attempt.await {
                Ok(Ok(id)) => return Ok(id),
                Ok(Err(Failure::Lasting(error))) => return Err(error),
                Ok(Err(Failure::Passing(why))) => why,
                Err(_) => "no answer".to_owned(),
            };
            if started.elapsed() + pause >= Duration::from_millis(millis) {
                let endpoint = self.settings.endpoint.clone();
                return Err(RegistryError::Unreachable { endpoint, millis, why });
            }
            tracing::warn!(endpoint = self.settings.endpoint, why, "schema registry asked in vain");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }

    async fn ask(&self, below: &str) -> Result<u32, Failure> {
        let path = format!("/subjects/{}{below}", escaped(&self.subject));
        let (status, answer) = self.send(&path).await.map_err(Failure::Passing)?;
        let endpoint = self.settings.endpoint.clone();
        let subject = self.subject.clone();
        if status.is_success() {
            return id(&answer).ok_or(Failure::Lasting(RegistryError::Unintelligible { endpoint }));
        }
        let why = complaint(&answer).unwrap_or_else(|| "no word on why".to_owned());
        let passes = status.is_server_error()
            || status == StatusCode::TOO_MANY_REQUESTS
            || status == StatusCode::REQUEST_TIMEOUT;
        Err(match status {
            status if passes => Failure::Passing(format!("{} {why}", status.as_u16())),
            StatusCode::NOT_FOUND if below.is_empty() => {
                Failure::Lasting(RegistryError::NotRegistered { endpoint, subject })
            }
            status => {
                let status = status.as_u16();
                Failure::Lasting(RegistryError::Refused { endpoint, subject, status, why })
            }
        })
    }

    /// On a connection of its own: there are few questions.
    async fn send(&self, path: &str) -> Result<(StatusCode, Bytes), String> {
        let host = self.settings.endpoint.trim_start_matches("http://").trim_end_matches('/');
        let mut request = Request::post(path)
            .header(header::HOST, host)
            .header(header::CONTENT_TYPE, MEDIA_TYPE)
            .header(header::ACCEPT, MEDIA_TYPE);
        if !self.settings.username.is_empty() {
            let pair = format!("{}:{}", self.settings.username, self.settings.password.0);
            let basic = format!("Basic {}", BASE64_STANDARD.encode(pair));
            request = request.header(header::AUTHORIZATION, basic);
        }
        let request = request.body(Full::new(Bytes::from(question()))).map_err(told)?;
        let stream = TcpStream::connect(host).await.map_err(told)?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(told)?;
        // Ends with the sender; its errors are the sender's, too.
        tokio::spawn(connection);
        let answer = sender.send_request(request).await.map_err(told)?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), LARGEST_ANSWER).collect().await;
        Ok((status, body.map_err(told)?.to_bytes()))
    }
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// As a part of a path: contexts (`:.name:`) and slashes are possible in a subject.
fn escaped(subject: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let part = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    subject.bytes().map(part).collect()
}
