//! The schemas in config/schema, and messages held against them.

use std::path::PathBuf;
use std::sync::LazyLock;

use copydesk::wire::schema::{MessageKind, schema};
use jsonschema::Validator;
use serde_json::Value;

use crate::articles;

/// Panics, with what is wrong, unless `message` is an enriched message.
pub fn assert_enriched(message: &[u8]) {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| validator(MessageKind::Enriched));
    assert_valid(&VALIDATOR, message);
}

/// Panics, with what is wrong, unless `line` is a line of a dead-letter file.
pub fn assert_dead_letter(line: &[u8]) {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| validator(MessageKind::DeadLetter));
    assert_valid(&VALIDATOR, line);
}

fn validator(kind: MessageKind) -> Validator {
    let schema: Value = serde_json::from_str(&schema(kind)).expect("a schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is sound")
}

fn assert_valid(validator: &Validator, message: &[u8]) {
    let message: Value = serde_json::from_slice(message).expect("a message is JSON");
    let faults: Vec<String> = validator
        .iter_errors(&message)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn stored(kind: MessageKind) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("config/schema")
        .join(format!("{}.json", kind.as_str()))
}

/// `UPDATE=1 cargo test wire::schema` rewrites the files.
#[test]
fn the_stored_schemas_are_those_of_the_code() {
    for kind in MessageKind::ALL {
        let path = stored(kind);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, schema(kind)).expect("the schema can be written");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == schema(kind),
            "{} is out of date: run UPDATE=1 cargo test wire::schema",
            path.display()
        );
    }
}

/// Whole messages, of all stages together, and not only those made up here.
#[test]
fn the_samples_make_valid_messages() {
    let desk = articles::desk();
    for sample in articles::samples() {
        let outcome = desk.edit(&articles::delivery(&sample.raw));
        let outbound = outcome.outbound().expect("a sample is forwarded");
        assert_enriched(outbound.payload.as_ref().expect("it has a payload"));
    }
}

/// Every field that is an object's own must say what it is, by example unless
/// its type does.
#[test]
fn every_field_is_documented() {
    fn check(path: &str, schema: &Value, faults: &mut Vec<String>) {
        let definitions = schema["$defs"].as_object().into_iter().flatten();
        for (name, definition) in definitions {
            check(name, definition, faults);
        }
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let field_path = format!("{path}.{name}");
            let is_reference = !field["$ref"].is_null();
            if field["description"].is_null() && !is_reference {
                faults.push(format!("{field_path} has no description"));
            }
            let is_structure =
                is_reference || !field["items"]["$ref"].is_null() || field["type"] == "object";
            if field["examples"].is_null() && !is_structure {
                faults.push(format!("{field_path} has no example"));
            }
        }
    }
    let mut faults = Vec::new();
    for kind in MessageKind::ALL {
        let schema: Value = serde_json::from_str(&schema(kind)).expect("a schema is JSON");
        check(kind.as_str(), &schema, &mut faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// An example that its own schema refuses would mislead.
#[test]
fn the_examples_are_valid() {
    for kind in MessageKind::ALL {
        let schema: Value = serde_json::from_str(&schema(kind)).expect("a schema is JSON");
        let definitions = schema["$defs"].as_object().cloned().unwrap_or_default();
        for structure in definitions.values().chain([&schema]) {
            for (name, field) in structure["properties"].as_object().into_iter().flatten() {
                let mut field_schema = field.clone();
                field_schema["$defs"] = Value::Object(definitions.clone());
                let validator = jsonschema::validator_for(&field_schema).expect("is sound");
                for example in field["examples"].as_array().into_iter().flatten() {
                    assert!(validator.is_valid(example), "{}.{name}: {example}", kind.as_str());
                }
            }
        }
    }
}

#[test]
fn the_raw_schema_asks_for_a_body() {
    let validator = validator(MessageKind::Raw);
    for (message, is_valid) in [
        (r#"{"text":"x"}"#, true),
        (r#"{"id":7,"html":"<p>x</p>","text":null,"other":[1]}"#, true),
        (r#"{"title":"x"}"#, false),
        (r#"{"text":null}"#, false),
        (r#"{"text":1}"#, false),
        (r#"{"text":"x","url":{}}"#, false),
        (r#"["text"]"#, false),
    ] {
        let value: Value = serde_json::from_str(message).expect("is JSON");
        assert_eq!(validator.is_valid(&value), is_valid, "{message}");
        // What the schema says is what the decoder does.
        assert_eq!(super::decode(message).is_ok(), is_valid, "{message}");
    }
}
