//! A schema registry for the time of a test, as Confluent's documents its interface: ids
//! follow the schema's text and are the same in all subjects, questions have the media
//! type, errors their codes.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

#[derive(Default)]
pub struct Kept {
    /// All schemas; one's id is its place and a hundred.
    schemas: Vec<String>,
    /// The ids of each subject's versions.
    pub subjects: HashMap<String, Vec<usize>>,
    /// Answers that are still to say that it is busy.
    pub busy: usize,
    /// `Basic …`, where it asks for one.
    pub credentials: Option<String>,
    /// Whether every further version of a subject breaks its readers.
    pub incompatible: bool,
    pub asked: usize,
}

#[derive(Clone)]
pub struct Registry {
    pub endpoint: String,
    pub kept: Arc<Mutex<Kept>>,
}

impl Registry {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let registry = Self { endpoint, kept: Arc::default() };
        let router = Router::new()
            .route("/subjects/{subject}/versions", post(register))
            .route("/subjects/{subject}", post(look_up))
            .with_state(registry.clone());
        listener.set_nonblocking(true).unwrap();
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        registry
    }
}

/// Status, code and message.
type Refusal = (u16, u32, &'static str);

/// The schema that is asked for, or what is wrong with the question.
fn read(kept: &mut Kept, headers: &HeaderMap, body: &[u8]) -> Result<String, Refusal> {
    kept.asked += 1;
    if kept.busy > 0 {
        kept.busy -= 1;
        return Err((503, 50301, "Leader not known"));
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if kept.credentials.is_some() && header("authorization") != kept.credentials.as_deref() {
        return Err((401, 401, "Unauthorized"));
    }
    if header("content-type") != Some("application/vnd.schemaregistry.v1+json") {
        return Err((415, 415, "HTTP 415 Unsupported Media Type"));
    }
    let invalid = || (422, 42201, "Invalid schema");
    let question: Value = serde_json::from_slice(body).map_err(|_| invalid())?;
    let schema = question["schema"].as_str().ok_or_else(invalid)?;
    let parsed: Value = serde_json::from_str(schema).map_err(|_| invalid())?;
    if question["schemaType"] != "JSON" || jsonschema::validator_for(&parsed).is_err() {
        return Err(invalid());
    }
    Ok(schema.to_owned())
}

async fn register(
    State(registry): State<Registry>,
    Path(subject): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut kept = registry.kept.lock().unwrap();
    let schema = match read(&mut kept, &headers, &body) {
        Ok(schema) => schema,
        Err((status, code, message)) => return refusal(status, code, message),
    };
    let known = kept.schemas.iter().position(|known| *known == schema);
    let place = known.unwrap_or(kept.schemas.len());
    let has_it = kept.subjects.get(&subject).is_some_and(|ids| ids.contains(&place));
    if kept.incompatible && !has_it {
        return refusal(409, 409, "Schema being registered is incompatible with an earlier schema");
    }
    if known.is_none() {
        kept.schemas.push(schema);
    }
    if !has_it {
        kept.subjects.entry(subject).or_default().push(place);
    }
    answer(200, json!({ "id": place + 100 }))
}

async fn look_up(
    State(registry): State<Registry>,
    Path(subject): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut kept = registry.kept.lock().unwrap();
    let schema = match read(&mut kept, &headers, &body) {
        Ok(schema) => schema,
        Err((status, code, message)) => return refusal(status, code, message),
    };
    let Some(ids) = kept.subjects.get(&subject) else {
        return refusal(404, 40401, &format!("Subject '{subject}' not found."));
    };
    let version = ids.iter().position(|id| kept.schemas[*id] == schema);
    match version {
        Some(version) => {
            let id = ids[version] + 100;
            answer(
                200,
                json!({ "subject": subject, "id": id, "version": version + 1, "schema": schema }),
            )
        }
        None => refusal(404, 40403, "Schema not found"),
    }
}

fn refusal(status: u16, code: u32, message: &str) -> Response {
    answer(status, json!({ "error_code": code, "message": message }))
}

fn answer(status: u16, body: Value) -> Response {
    let headers = [("content-type", "application/vnd.schemaregistry.v1+json")];
    (StatusCode::from_u16(status).unwrap(), headers, body.to_string()).into_response()
}
