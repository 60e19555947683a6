//! The project's sample articles, as they would come from the raw topic.

use std::path::Path;

pub struct Sample {
    pub payload: Vec<u8>,
    pub is_page: bool,
}

/// Of every folder in `tests/articles`, its `raw.json`.
pub fn samples() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/articles");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder that opens can be read").path().join("raw.json"))
        .filter(|path| path.exists())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no */raw.json in {}", folder.display());
    paths
        .iter()
        .map(|path| {
            let payload = std::fs::read(path).expect("the file was just listed");
            let message: serde_json::Value =
                serde_json::from_slice(&payload).expect("samples are JSON");
            Sample { is_page: message["html"].is_string(), payload }
        })
        .collect()
}
