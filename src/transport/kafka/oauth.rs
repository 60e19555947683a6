//! OAUTHBEARER: the client proves who it is by a JSON Web Token that something else keeps
//! fresh in a file, as Kubernetes does with the tokens of service accounts. librdkafka
//! asks for a new token when four fifths of the old one's time are over.

use std::error::Error;
use std::ffi::CString;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rdkafka::ClientConfig;
use rdkafka::bindings;
use rdkafka::client::{Client, ClientContext, OAuthToken};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};

use crate::settings::{Choice, SaslMechanism};

/// Room for librdkafka's reason.
const REASON_BYTES: usize = 512;

/// The token in the file, which librdkafka's property `sasl.oauthbearer.config` names.
pub(super) fn token(file: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
    let file = Path::new(file.unwrap_or_default());
    let told = |why: String| format!("kafka.oauth_token_file: {}: {why}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| told(error.to_string()))?;
    let token = text.trim();
    let claims = claims(token).ok_or_else(|| told("holds no JSON Web Token".into()))?;
    let expires = claims["exp"].as_f64().ok_or_else(|| told("the token has no exp".into()))?;
    Ok(OAuthToken {
        token: token.to_owned(),
        principal_name: claims["sub"].as_str().unwrap_or_default().to_owned(),
        lifetime_ms: (expires * 1_000.0) as i64,
    })
}

/// Of a token in the compact form (RFC 7519). Only the brokers can tell whether they are true.
fn claims(token: &str) -> Option<serde_json::Value> {
    let mut parts = token.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// Gives a client that is configured so its token now: librdkafka's question for one comes
/// with a poll, and there are calls that wait for the brokers without one.
pub(super) fn give<C: ClientContext>(client: &Client<C>, config: &ClientConfig) -> KafkaResult<()> {
    if config.get("sasl.mechanism") != Some(SaslMechanism::OauthBearer.as_str()) {
        return Ok(());
    }
    let fault = |error: Box<dyn Error>| KafkaError::ClientCreation(error.to_string());
    let OAuthToken { token, principal_name, lifetime_ms } =
        token(config.get("sasl.oauthbearer.config")).map_err(fault)?;
    let text = |part: String| CString::new(part).map_err(|error| fault(error.into()));
    let (token, principal) = (text(token)?, text(principal_name)?);
    let mut reason = [0_u8; REASON_BYTES];
    // SAFETY: the client and both texts outlive the call, librdkafka copies the texts, and
    // it ends the reason with a NUL within the bytes that it is told of.
    let code = unsafe {
        bindings::rd_kafka_oauthbearer_set_token(
            client.native_ptr(),
            token.as_ptr(),
            lifetime_ms,
            principal.as_ptr(),
            std::ptr::null_mut(),
            0,
            reason.as_mut_ptr().cast(),
            reason.len(),
        )
    };
    if RDKafkaErrorCode::from(code) == RDKafkaErrorCode::NoError {
        return Ok(());
    }
    let reason = reason.split(|byte| *byte == 0).next().unwrap_or_default();
    Err(fault(format!("kafka.oauth_token_file: {}", String::from_utf8_lossy(reason)).into()))
}
