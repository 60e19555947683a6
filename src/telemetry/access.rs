//! Who may read the admin port, where it asks for a token.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::settings::Secret;

/// Of `Authorization`, as RFC 6750 has it.
const SCHEME: &str = "Bearer ";

/// Lets a request pass that bears the token.
pub(super) async fn check(State(token): State<Secret>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.to_str().ok()?.strip_prefix(SCHEME));
    if given.is_some_and(|given| is_same(given, &token.0)) {
        return next.run(request).await;
    }
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
    (StatusCode::UNAUTHORIZED, challenge, "a token is needed\n").into_response()
}

/// By digests, so that how long it takes tells nothing of the token.
fn is_same(given: &str, token: &str) -> bool {
    Sha256::digest(given) == Sha256::digest(token)
}
