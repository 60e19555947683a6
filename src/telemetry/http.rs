//! The admin port: `/live`, `/ready`, `/metrics`, `/settings`, `/log`, `/version`,
//! `/reload`, `/dead-letters`, and the proof page at `/proof`. Where a token is set, all that tell something of the worker, and what takes
//! articles, ask for it; the probes, which say yes or no, and the page's own files do not.

use std::future::Future;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tokio::net::TcpListener;

use super::access;
use super::logging::{self, LevelError};
use super::metrics::Exposition;
use super::reload::Reload;
use crate::explain::serve::{self as page, Proofs};
use crate::settings::Secret;
use crate::telemetry::Telemetry;

#[derive(Clone)]
struct Admin {
    telemetry: Telemetry,
    stall_timeout: Duration,
    reload: Option<Reload>,
}

/// Serves until `shutdown` resolves. Without progress for `stall_timeout` while
/// there is something to do, `/live` answers 503. An empty token is none.
pub async fn serve(
    listener: TcpListener,
    telemetry: Telemetry,
    stall_timeout: Duration,
    token: Secret,
    proofs: Proofs,
    reload: Option<Reload>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let mut guarded = Router::new()
        .route("/metrics", get(metrics))
        .route("/settings", get(settings))
        .route("/log", get(log_level).put(set_log_level))
        .route("/dead-letters", get(dead_letters))
        .route("/reload", post(reload_now).layer(middleware::from_fn(page::from_here)))
        .route("/version", get(async || env!("CARGO_PKG_VERSION")))
        .merge(page::reader(proofs));
    if !token.0.is_empty() {
        guarded = guarded.layer(middleware::from_fn_with_state(token, access::check));
    }
    let router = Router::new()
        .route("/live", get(live))
        .route("/ready", get(ready))
        .merge(guarded)
        .merge(page::shell())
        .with_state(Admin { telemetry, stall_timeout, reload });
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}

async fn live(State(admin): State<Admin>) -> (StatusCode, &'static str) {
    if admin.telemetry.health.since_progress() < admin.stall_timeout {
        (StatusCode::OK, "live\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no progress\n")
    }
}

async fn ready(State(admin): State<Admin>) -> (StatusCode, String) {
    match admin.telemetry.health.readiness() {
        Ok(()) => (StatusCode::OK, "ready\n".into()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {}\n", why.as_str())),
    }
}

async fn metrics(State(admin): State<Admin>, headers: HeaderMap) -> impl IntoResponse {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let exposition = Exposition::accepted(accept);
    admin
        .telemetry
        .scrape(exposition)
        .map(|text| ([(header::CONTENT_TYPE, exposition.content_type())], text))
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

/// The last few, newest first.
async fn dead_letters(State(admin): State<Admin>) -> impl IntoResponse {
    serde_json::to_string(&admin.telemetry.dead_letters.all())
        .map(|letters| ([(header::CONTENT_TYPE, "application/json")], letters))
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

/// Reads the settings anew, as SIGHUP does.
async fn reload_now(State(admin): State<Admin>) -> (StatusCode, String) {
    let Some(reload) = admin.reload else {
        return (StatusCode::NOT_FOUND, "this worker has no settings to read anew\n".into());
    };
    match reload.ask().await {
        Ok(told) => (StatusCode::OK, format!("{told}\n")),
        Err(why) => (StatusCode::UNPROCESSABLE_ENTITY, format!("nothing is changed: {why}\n")),
    }
}

/// As a settings file, secrets masked.
async fn settings(State(admin): State<Admin>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/toml")], admin.telemetry.settings.to_string())
}

async fn log_level() -> (StatusCode, String) {
    match logging::level() {
        Some(level) => (StatusCode::OK, format!("{level}\n")),
        None => (StatusCode::NOT_FOUND, format!("{}\n", LevelError::NotOwn)),
    }
}

/// The body is a level or filter; one that is none changes nothing.
async fn set_log_level(level: String) -> (StatusCode, String) {
    match logging::set_level(level.trim()) {
        Ok(()) => {
            tracing::info!(level = level.trim(), "log level changed");
            (StatusCode::OK, format!("{}\n", level.trim()))
        }
        Err(error @ LevelError::NotAFilter { .. }) => {
            (StatusCode::BAD_REQUEST, format!("{error}\n"))
        }
        Err(error @ LevelError::NotOwn) => (StatusCode::NOT_FOUND, format!("{error}\n")),
    }
}
