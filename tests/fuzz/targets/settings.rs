//! A settings file, a variable or a flag, by the first byte: every one is read or
//! refused, and settings that were read can be written down and read again.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use copydesk::desk::Desk;
use copydesk::settings::{Flag, MASK, Settings, Sources};
use copydesk_fuzz::seeds;
use libfuzzer_sys::fuzz_target;

static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("copydesk-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("there is room for a settings file");
    folder.join("copydesk.toml")
});

fuzz_target!(init: seeds::write(), |input: &[u8]| {
    let Some((&layer, text)) = input.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    let sources = match layer % 3 {
        0 => from_file(&text),
        1 => {
            let variables = text.lines().filter_map(|line| {
                let (name, value) = line.split_once('=')?;
                Some((format!("COPYDESK__{name}").into(), value.into()))
            });
            Sources { environment: variables.collect(), ..Sources::default() }
        }
        _ => {
            let flags = text
                .lines()
                .map(|assignment| Flag { name: "--set", assignment: assignment.to_owned() });
            Sources { flags: flags.collect(), ..Sources::default() }
        }
    };
    match Settings::load(&sources) {
        Ok(settings) => {
            Desk::new(&settings);
            let written = settings.to_toml();
            if !written.contains(MASK) {
                let again = Settings::load(&from_file(&written)).expect("what was read is sound");
                assert_eq!(again, settings, "written down and read again");
            }
        }
        Err(faults) => assert!(!faults.to_string().is_empty(), "a refusal says why"),
    }
});

fn from_file(text: &str) -> Sources {
    std::fs::write(&*FILE, text).expect("the folder is there");
    Sources { file: Some(FILE.clone()), ..Sources::default() }
}
