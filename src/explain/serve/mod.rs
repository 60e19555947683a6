//! The proof page: an article pasted or opened in a browser, shown as an editor sees it.
//!
//! `GET /proof` and what it loads are files without a secret. `POST /proof` takes one
//! article and answers its proof, a piece of HTML in which every word of the article is
//! escaped; `POST /proof/message` does so for a message in a topic. One article is worked at
//! at a time, so that the worker's own go on. Where a worker serves the page, its second tab
//! reads the worker's metrics and last dead letters.

mod message;
mod proofs;

use std::future::{Future, IntoFuture};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::page;
pub use proofs::Proofs;

/// Scripts and styles from this place alone, none in the page itself, and nothing else
/// from anywhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How long an answer under way may hold up the end: its reader may be slow.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// The page and what it loads; open to whoever reaches the port.
pub fn shell<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let html = "text/html; charset=utf-8";
    let css = "text/css; charset=utf-8";
    let script = "text/javascript; charset=utf-8";
    Router::new()
        .route("/proof", get(async move || file(html, include_str!("shell.html"))))
        .route("/proof/shell.css", get(async move || file(css, include_str!("shell.css"))))
        .route("/proof/page.css", get(async move || file(css, page::STYLE)))
        .route("/proof/shell.js", get(async move || file(script, include_str!("shell.js"))))
        .route("/proof/desk.js", get(async move || file(script, include_str!("desk.js"))))
        .route("/proof/live.js", get(async move || file(script, include_str!("live.js"))))
        .layer(middleware::map_response(guarded))
}

/// What takes articles; where there is a token, it asks for it.
pub fn reader<S: Clone + Send + Sync + 'static>(proofs: Proofs) -> Router<S> {
    Router::new()
        .route("/proof", post(proofs::answer))
        .route("/proof/message", post(message::answer))
        .layer(DefaultBodyLimit::max(proofs.largest()))
        .layer(middleware::from_fn(from_here))
        .layer(middleware::map_response(guarded))
        .with_state(proofs)
}

/// Serves the page alone until `shutdown` resolves.
pub async fn serve(
    listener: TcpListener,
    proofs: Proofs,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/", get(async || Redirect::temporary("/proof")))
        .merge(shell())
        .merge(reader(proofs));
    let (tell, told) = oneshot::channel::<()>();
    let told = async {
        let _ = told.await;
    };
    let served = axum::serve(listener, router).with_graceful_shutdown(told).into_future();
    let ended = async {
        shutdown.await;
        let _ = tell.send(());
        tokio::time::sleep(LAST_ANSWERS).await;
        Ok(())
    };
    tokio::select! {
        result = served => result,
        result = ended => result,
    }
}

fn file(content_type: &'static str, content: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, content_type)], content)
}

async fn guarded(mut response: Response) -> Response {
    let headers: [(HeaderName, &'static str); 5] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Refuses what a browser says another site has sent: it could not read the answer, but
/// would have it worked out.
pub(crate) async fn from_here(request: Request, next: Next) -> Response {
    match request.headers().get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => next.run(request).await,
        Some(_) => (StatusCode::FORBIDDEN, "this was sent by another site\n").into_response(),
    }
}
