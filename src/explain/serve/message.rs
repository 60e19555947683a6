//! The proof of a message that is in a topic, by its place there.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::proofs::{Proofs, Refusal, proof, refusal, shown};
use crate::desk::Desk;
use crate::settings::KafkaSettings;
use crate::transport::kafka::single;
use crate::transport::{Origin, StoredMessage};
use crate::wire::admin::Place;

/// Reads of the topics that hold raw articles alone, so that the page shows nothing that
/// the worker would not have shown it.
pub(super) async fn answer(
    State(proofs): State<Proofs>,
    request: Request,
) -> Result<Response, Refusal> {
    let admitted = proofs.admit()?;
    let Ok(body) = Bytes::from_request(request, &()).await else {
        return Err(refusal(StatusCode::BAD_REQUEST, "the question broke off"));
    };
    let place: Place = match serde_json::from_slice(&body) {
        Ok(place) => place,
        Err(error) => return Err(refusal(StatusCode::BAD_REQUEST, &error.to_string())),
    };
    let kafka = proofs.kafka.clone();
    if !holds_articles(&kafka, &place.topic) {
        let why = format!("{} is no topic of raw articles or dead letters here", place.topic);
        return Err(refusal(StatusCode::FORBIDDEN, &why));
    }
    let (desk, room) = admitted.room().await?;
    let worked = tokio::task::spawn_blocking(move || {
        let _room = room;
        fetched_proof(&desk, &kafka, place)
    });
    match worked.await {
        Ok(proof) => shown(proof?),
        Err(_) => Err(refusal(StatusCode::INTERNAL_SERVER_ERROR, "the proof could not be set")),
    }
}

fn holds_articles(kafka: &KafkaSettings, topic: &str) -> bool {
    topic == kafka.dead_letter_topic || kafka.input_taking_in(topic).is_some()
}

fn fetched_proof(desk: &Arc<Desk>, kafka: &KafkaSettings, place: Place) -> Result<String, Refusal> {
    let origin =
        Origin { topic: place.topic.into(), partition: place.partition, offset: place.offset };
    let found = single::message(kafka, &origin)
        .map_err(|error| refusal(StatusCode::BAD_GATEWAY, &error.to_string()))?;
    let Some(StoredMessage { payload, headers, .. }) = found else {
        return Err(refusal(StatusCode::NOT_FOUND, "there is no such message, or none any more"));
    };
    let Some(payload) = payload else {
        return Err(refusal(StatusCode::UNPROCESSABLE_ENTITY, "it is a tombstone"));
    };
    proof(desk, &payload, &headers)
}
