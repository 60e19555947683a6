//! The admin port: `/live`, `/ready`, `/metrics`, `/version`, and the proof page at `/proof`.
//! Where a token is set, all that tell something of the worker, and what takes articles, ask
//! for it; the probes, which say yes or no, and the page's own files do not.

use std::future::Future;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;

use super::access;
use crate::explain::serve::{self as page, Proofs};
use crate::settings::Secret;
use crate::telemetry::Telemetry;

#[derive(Clone)]
struct Admin {
    telemetry: Telemetry,
    stall_timeout: Duration,
}

/// Serves until `shutdown` resolves. Without progress for `stall_timeout` while
/// there is something to do, `/live` answers 503. An empty token is none.
pub async fn serve(
    listener: TcpListener,
    telemetry: Telemetry,
    stall_timeout: Duration,
    token: Secret,
    proofs: Proofs,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let mut guarded = Router::new()
        .route("/metrics", get(metrics))
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
        .with_state(Admin { telemetry, stall_timeout });
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}

async fn live(State(admin): State<Admin>) -> (StatusCode, &'static str) {
    if admin.telemetry.health.since_progress() < admin.stall_timeout {
        (StatusCode::OK, "live\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no progress\n")
    }
}

async fn ready(State(admin): State<Admin>) -> (StatusCode, &'static str) {
    if admin.telemetry.health.is_ready() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

async fn metrics(State(admin): State<Admin>) -> impl IntoResponse {
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    admin
        .telemetry
        .metrics
        .encode()
        .map(|text| ([(header::CONTENT_TYPE, content_type)], text))
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}
