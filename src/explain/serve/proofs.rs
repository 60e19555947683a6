//! Proofs of articles that are sent here, one at a time.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::desk::Desk;
use crate::explain::{Proof, page};
use crate::settings::{KafkaSettings, Settings};
use crate::transport::Headers;

/// Pages of news are seldom larger than a tenth of this, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;

/// A proof is larger than its article, by how much was changed. In bytes.
const LARGEST_PROOF: usize = 32 * 1024 * 1024;

/// Articles that wait or are worked at: what they take together is bounded.
const ADMITTED: usize = 4;

/// For an article to arrive.
const ARRIVAL: Duration = Duration::from_secs(20);

/// A desk, and room for a few articles before it.
#[derive(Clone)]
pub struct Proofs {
    desk: Arc<OnceLock<Arc<Desk>>>,
    largest: usize,
    /// Where messages are read from that are asked for by their place.
    pub(super) kafka: Arc<KafkaSettings>,
    admitted: Arc<Semaphore>,
    worked_at: Arc<Semaphore>,
}

/// Leave to wait for the desk.
pub(super) struct Admitted {
    desk: Arc<Desk>,
    permit: OwnedSemaphorePermit,
    worked_at: Arc<Semaphore>,
}

/// The desk's attention, until it is dropped.
pub(super) type Room = (OwnedSemaphorePermit, OwnedSemaphorePermit);

impl Proofs {
    /// There are none until [`Proofs::open`] gives them a desk.
    pub fn new(settings: &Settings) -> Self {
        Self {
            desk: Arc::default(),
            largest: settings.input.max_bytes.min(LARGEST),
            kafka: Arc::new(settings.kafka.clone()),
            admitted: Arc::new(Semaphore::new(ADMITTED)),
            worked_at: Arc::new(Semaphore::new(1)),
        }
    }

    /// Gives them the desk; the first one stays.
    pub fn open(&self, desk: Arc<Desk>) {
        let _ = self.desk.set(desk);
    }

    /// The largest article taken, in bytes.
    pub fn largest(&self) -> usize {
        self.largest
    }

    pub(super) fn admit(&self) -> Result<Admitted, Refusal> {
        let unavailable = |why| refusal(StatusCode::SERVICE_UNAVAILABLE, why);
        let desk = self.desk.get().cloned();
        let desk = desk.ok_or_else(|| unavailable("the worker is still starting"))?;
        let permit = self.admitted.clone().try_acquire_owned();
        let permit = permit.map_err(|_| unavailable("others wait already, try again soon"))?;
        Ok(Admitted { desk, permit, worked_at: self.worked_at.clone() })
    }
}

impl Admitted {
    /// Once those before are done with it.
    pub(super) async fn room(self) -> Result<(Arc<Desk>, Room), Refusal> {
        match self.worked_at.acquire_owned().await {
            Ok(worked_at) => Ok((self.desk, (self.permit, worked_at))),
            Err(_) => {
                Err(refusal(StatusCode::SERVICE_UNAVAILABLE, "there is no room for articles"))
            }
        }
    }
}

/// What is said instead of a proof.
pub(super) type Refusal = (StatusCode, String);

/// The proof of the article in the body, or why there is none.
pub(super) async fn answer(
    State(proofs): State<Proofs>,
    request: Request,
) -> Result<Response, Refusal> {
    let admitted = proofs.admit()?;
    let headers = content_type(request.headers());
    let body = match timeout(ARRIVAL, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let why = format!("an article may have {} bytes here, not more", proofs.largest);
            return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, &why));
        }
        Ok(Err(rejection)) => return Err(refusal(rejection.status(), "the article broke off")),
        Err(_) => return Err(refusal(StatusCode::REQUEST_TIMEOUT, "the article did not arrive")),
    };
    let (desk, room) = admitted.room().await?;
    // The room is taken until the work is done, whether or not somebody still waits for it.
    let worked = tokio::task::spawn_blocking(move || {
        let _room = room;
        proof(&desk, &body, &headers)
    });
    match worked.await {
        Ok(proof) => shown(proof?),
        Err(_) => Err(refusal(StatusCode::INTERNAL_SERVER_ERROR, "the proof could not be set")),
    }
}

pub(super) fn shown(html: String) -> Result<Response, Refusal> {
    if html.len() > LARGEST_PROOF {
        return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "too much was changed to show it all"));
    }
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
}

/// The refusal says what would keep the article from being published.
pub(super) fn proof(desk: &Desk, payload: &[u8], headers: &Headers) -> Result<String, Refusal> {
    let (article, run) = desk.read(payload, headers).map_err(|error| {
        let why = format!("{error}; it would be a dead letter");
        refusal(StatusCode::UNPROCESSABLE_ENTITY, &why)
    })?;
    Ok(page::fragment(&Proof::of_run(&article, &run)))
}

/// As a message says what it holds; without it, that is told from the content.
fn content_type(headers: &HeaderMap) -> Headers {
    let value = headers.get(header::CONTENT_TYPE);
    let value = value.map(|value| ("content-type".to_owned(), Some(value.as_bytes().into())));
    value.into_iter().collect()
}

pub(super) fn refusal(status: StatusCode, why: &str) -> Refusal {
    (status, format!("{why}\n"))
}
