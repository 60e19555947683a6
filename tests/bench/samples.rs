//! The project's sample articles, as they would come from the raw topic.

use std::path::Path;

use serde_json::Value;

/// Of every folder in `tests/articles`, its `raw.json`.
pub fn samples() -> Vec<Value> {
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
            serde_json::from_slice(&payload).expect("samples are JSON")
        })
        .collect()
}
