//! Settings that make no sense, and secrets that are looked for wherever a worker speaks.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::Finding;
use super::rig::{Configs, NEEDS_KAFKA, Raw, Rig, log_texts, terminate};
use crate::chaos::{Dice, Failure, Ground};
use crate::settings::default_file;

const RUNS: u64 = 300;
const LARGEST_SET: u64 = 4;
/// What is looked for; nothing else is called so.
const SECRET: &str = "Wr0ngH0rseB4ttery";
const SECRETS: &[&str] = &[
    "kafka.sasl_password",
    "kafka.ssl_key_password",
    "http.token",
    "kafka.properties.sasl.oauthbearer.config",
    "kafka.producer_properties.ssl.keystore.password",
];
const VALUES: &[&str] = &[
    "",
    " ",
    "0",
    "-1",
    "1",
    "0.5",
    "1e999",
    "NaN",
    "18446744073709551616",
    "9223372036854775807",
    "true",
    "[]",
    "[\"a\", \"a\"]",
    "[",
    "{}",
    "earliest",
    "none",
    "^articles\\d",
    "127.0.0.1:99999",
    "::",
    "/",
    "\u{202e}\u{fffd}é",
    "\n",
];

pub fn settings_and_secrets(ground: &Ground) -> Result<Finding, Failure> {
    let mut finding = Finding::default();
    fuzz(&mut finding, ground)?;
    match &ground.brokers {
        Some(servers) => ask_a_worker(&mut finding, ground, servers)?,
        None => finding.lacking = Some(NEEDS_KAFKA),
    }
    Ok(finding)
}

fn fuzz(finding: &mut Finding, ground: &Ground) -> Result<(), Failure> {
    let keys = keys();
    finding.note("keys", keys.len());
    let mut dice = Dice(ground.seed);
    let mut accepted = 0;
    for _ in 0..RUNS {
        let mut settings = Vec::new();
        for _ in 0..=dice.below(LARGEST_SET) {
            let key = &keys[dice.below(keys.len() as u64) as usize];
            let value = VALUES[dice.below(VALUES.len() as u64) as usize];
            settings.push(format!("{key}={value}"));
        }
        let secret = SECRETS[dice.below(SECRETS.len() as u64) as usize];
        // Where others can see it, it is to be refused, and not repeated to them.
        let in_the_open = dice.below(4) == 0;
        if in_the_open {
            settings.push(format!("{secret}={SECRET}"));
        }
        let output = shown(&ground.binary, &settings, secret)?;
        finding.expect(!(in_the_open && output.status.success()), || {
            format!("{secret} was taken from the command line")
        });
        accepted += usize::from(output.status.success());
        finding.expect(matches!(output.status.code(), Some(0 | 2)), || {
            format!("{settings:?} ended with {}", output.status)
        });
        let told = [output.stdout, output.stderr].concat();
        finding.expect(!tells(&told), || format!("{settings:?} showed the secret"));
    }
    finding.note("settings_tried", RUNS);
    finding.note("settings_accepted", accepted);
    Ok(())
}

/// Every `section.key` there is.
fn keys() -> Vec<String> {
    let mut section = String::new();
    let mut keys = Vec::new();
    for line in default_file().lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.to_owned();
        } else if let Some((key, _)) =
            line.trim_start_matches("# ").split_once(" = ").filter(|_| line.starts_with("# "))
            && key.chars().all(|char| char.is_ascii_lowercase() || char == '_')
        {
            keys.push(format!("{section}.{key}"));
        }
    }
    keys
}

/// What `copydesk settings` says of these, with a secret in the environment.
fn shown(binary: &Path, settings: &[String], secret: &str) -> Result<Output, Failure> {
    let variable = format!("COPYDESK__{}", secret.replacen('.', "__", 2).replace('.', "_"));
    let mut command = Command::new(binary);
    command.arg("settings").env(variable.to_uppercase(), SECRET).stdin(Stdio::null());
    for setting in settings {
        command.args(["--set", setting]);
    }
    command.output().map_err(|error| format!("could not run {}: {error}", binary.display()))
}

/// What a worker with secrets says at its most talkative, and answers when asked.
fn ask_a_worker(finding: &mut Finding, ground: &Ground, servers: &str) -> Result<(), Failure> {
    let mut rig = Rig::new(ground, servers, 1, Configs::default())?;
    rig.write(&[Raw::text(0, "one", "The tide came in.")])?;
    let address = free_address()?;
    let folder = ground.logs.join("secret");
    let file = folder.join("file");
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&file, SECRET))
        .map_err(|error| format!("could not write {}: {error}", file.display()))?;
    let file = file.display();
    let settings = [
        format!("http.address={address}"),
        format!("http.token_file={file}"),
        format!("kafka.sasl_password_file={file}"),
        "log.level=trace".to_owned(),
    ];
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let mut worker = rig.worker(&settings)?;
    finding.expect(rig.all_committed()?, || "a worker with secrets did not work".into());
    let ready = rig.wait(|| Ok(status(&get(&address, "/ready", None)?) == "200"))?;
    finding.expect(ready, || "a worker with secrets was never ready".into());
    for (path, token, answered) in [
        ("/settings", Some(SECRET), "200"),
        ("/settings", None, "401"),
        ("/metrics", Some(SECRET), "200"),
        ("/version", Some(SECRET), "200"),
    ] {
        let answer = get(&address, path, token)?;
        let status = status(&answer);
        finding.expect(status == answered, || format!("{path} answered {status}"));
        finding.expect(!tells(&answer), || format!("{path} showed the secret"));
    }
    let ended = terminate(&mut worker);
    finding.expect(ended.is_some_and(|it| it.success()), || format!("ended with {ended:?}"));
    let logs = log_texts(&ground.logs)?;
    finding.expect(!logs.iter().any(|log| tells(log.as_bytes())), || "a log shows it".into());
    finding.note("log_bytes_looked_through", logs.iter().map(String::len).sum::<usize>());
    Ok(())
}

fn tells(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
}

fn free_address() -> Result<String, Failure> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    bound.map(|address| address.to_string()).map_err(|error| format!("no free port: {error}"))
}

/// `HTTP/1.1 200 OK`: the number.
fn status(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer.get(9..12).unwrap_or_default()).into_owned()
}

fn get(address: &str, path: &str, token: Option<&str>) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| format!("could not ask for {path}: {error}");
    let mut stream = TcpStream::connect(address).map_err(failed)?;
    let bearer = token.map_or_else(String::new, |it| format!("Authorization: Bearer {it}\r\n"));
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n{bearer}Connection: close\r\n\r\n")
        .map_err(failed)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(failed)?;
    Ok(answer)
}
