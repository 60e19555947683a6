//! The sample articles, built into the binary.

use copydesk::transport::Delivery;
use copydesk::transport::kafka::embedded::StoredMessage;

/// Names the round of a demo message.
const ROUND_HEADER: &str = "demo-round";

macro_rules! samples {
    ($($name:literal),+ $(,)?) => {
        &[$((
            $name,
            include_bytes!(concat!("../../../tests/articles/", $name)),
        )),+]
    };
}

/// Name and raw message; the last ones cannot be processed.
const SAMPLES: &[(&str, &[u8])] = samples![
    "flat-furniture/raw.json",
    "spun/raw.json",
    "html-page/raw.json",
    "html-amp/raw.json",
    "mojibake/raw.json",
    "mojibake-twice/raw.json",
    "invisible-characters/raw.json",
    "hard-wrapped/raw.json",
    "correction/raw.json",
    "live-blog/raw.json",
    "clean/raw.json",
    "german/raw.json",
    "french-page/raw.json",
    "spanish/raw.json",
    "russian/raw.json",
    "arabic/raw.json",
    "japanese/raw.json",
    "truncated/raw.json",
    "paywalled/raw.json",
    "furniture-only/raw.json",
    "_bad/no-body.json",
    "_bad/trailing-comma.json",
];

/// All samples and one tombstone, `rounds` times over.
pub fn messages(rounds: usize) -> Vec<StoredMessage> {
    (0..rounds)
        .flat_map(|round| {
            let samples = SAMPLES.iter().map(|(name, raw)| (*name, Some(raw.to_vec())));
            samples.chain([("withdrawn", None)]).map(move |(name, payload)| StoredMessage {
                key: Some(name.into()),
                payload,
                headers: vec![(ROUND_HEADER.into(), Some(round.to_string().into_bytes()))],
                ..StoredMessage::default()
            })
        })
        .collect()
}

pub fn is_first_round(delivery: &Delivery) -> bool {
    delivery
        .headers
        .iter()
        .any(|(name, value)| name == ROUND_HEADER && value.as_deref() == Some(b"0"))
}
