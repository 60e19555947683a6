//! The worker as a process, watched as an operator watches it: by its admin port, its
//! log, and signals.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use copydesk::transport::kafka::embedded::{self, EmbeddedBroker, StoredMessage};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);

struct Worker {
    process: Child,
    address: String,
    lines: Receiver<Value>,
    settings: PathBuf,
    brokers: Vec<String>,
    _broker: EmbeddedBroker,
    _folder: tempfile::TempDir,
}

impl Worker {
    fn start() -> Self {
        let broker = EmbeddedBroker::start(1).unwrap();
        for topic in ["articles.raw", "articles.enriched", "articles.dead-letter"] {
            broker.create_topic(topic, 2).unwrap();
        }
        // Free a moment ago; nothing else on this machine hands it out again so soon.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("copydesk.toml");
        std::fs::write(&settings, "[log]\nlevel = \"info\"\n").unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_copydesk"))
            .args(["run", "--config", settings.to_str().unwrap()])
            .args(["--brokers", &broker.brokers().join(",")])
            .args(["--set", &format!("http.address={address}")])
            .env_remove("COPYDESK_CONFIG")
            .env("COPYDESK__HTTP__TOKEN", "harbour-lights")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let errors = BufReader::new(process.stderr.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
                // The test may have seen enough.
                let _ = sender.send(line);
            }
        });
        let brokers = broker.brokers();
        Self { process, address, lines, settings, brokers, _broker: broker, _folder: folder }
    }

    /// The status code, the head and the body of the answer.
    fn ask(&self, method: &str, path: &str, more: &str, body: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: copydesk\r\nConnection: close\r\n\
             Authorization: Bearer harbour-lights\r\nContent-Length: {length}\r\n{more}\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let code = head.split(' ').nth(1).unwrap().parse().unwrap();
        (code, head.to_ascii_lowercase(), body.to_owned())
    }

    fn get(&self, path: &str) -> (u16, String) {
        let (code, _, body) = self.ask("GET", path, "", "");
        (code, body)
    }

    fn wait_until_ready(&self) {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(&self.address).is_err() || self.get("/ready").0 != 200 {
            assert!(Instant::now() < deadline, "never ready");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether the line that only the operator's own phrases know is struck through on the
    /// proof page.
    fn letter_is_cut(&self) -> Option<bool> {
        let text = "The ferry to the islands was late again on Monday, and nobody at the \
            harbour office could say why it was.\n\nThe harbour letter, written by those who \
            wait on the quay, goes out to everybody who cares about ferries and the sea.\n\n\
            Passengers had waited since the early morning, and many of them went home.";
        let (code, _, proof) = self.ask("POST", "/proof", "", text);
        assert_eq!(code, 200, "{proof}");
        let before = proof.split("The harbour letter").next()?;
        Some(before.rfind("<del") > before.rfind("</del"))
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.process.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// The next line with that message.
    fn line(&self, message: &str) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("never logged: {message}"));
            if line["message"] == message {
                return line;
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It has ended already where all went well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn an_operator_can_look_inside_and_change_the_log_level() {
    let mut worker = Worker::start();
    let started = worker.line("copydesk starts");
    assert!(started["settings"].as_str().unwrap().contains("kafka.output_topic="), "{started}");
    assert!(!started.to_string().contains("harbour-lights"), "a secret in the log");
    worker.wait_until_ready();
    assert!(worker.line("partitions assigned")["partitions"].is_string());

    let (code, body) = worker.get("/live");
    assert_eq!((code, body.as_str()), (200, "live\n"));
    assert_eq!(worker.get("/version"), (200, env!("CARGO_PKG_VERSION").to_owned()));
    let (code, settings) = worker.get("/settings");
    assert_eq!(code, 200);
    assert!(!settings.contains("harbour-lights"), "a secret in {settings}");
    let read: toml::Table = settings.parse().unwrap();
    assert_eq!(read["http"]["address"].as_str(), Some(worker.address.as_str()));

    let letter = StoredMessage { payload: Some("{".into()), ..StoredMessage::default() };
    embedded::publish(&worker.brokers, "articles.raw", &[letter]).unwrap();
    let line = worker.line("message dead-lettered");
    assert_eq!((&line["reason"], &line["topic"]), (&"not_json".into(), &"articles.raw".into()));
    assert!(line["partition"].is_i64() && line["offset"].is_i64(), "{line}");

    let (_, head, _) = worker.ask("GET", "/metrics", "", "");
    assert!(head.contains("content-type: text/plain; version=0.0.4"), "{head}");
    let accept = "Accept: application/openmetrics-text; version=1.0.0\r\n";
    let (_, head, metrics) = worker.ask("GET", "/metrics", accept, "");
    assert!(head.contains("content-type: application/openmetrics-text; version=1.0.0"), "{head}");
    assert!(metrics.contains("copydesk_dead_letters_total{reason=\"not_json\"} 1 # {topic="));

    assert_eq!(worker.get("/log"), (200, "info\n".into()));
    let (code, _, body) = worker.ask("PUT", "/log", "", "info,librdkafka=nonsense");
    assert_eq!(code, 400, "{body}");
    assert_eq!(worker.ask("PUT", "/log", "", "").0, 400);
    assert_eq!(worker.get("/log"), (200, "info\n".into()));
    assert_eq!(worker.ask("PUT", "/log", "", "debug").0, 200);
    let article = r#"{"id": "bridge-1", "text": "The bridge reopened on Monday."}"#;
    let article = StoredMessage { payload: Some(article.into()), ..StoredMessage::default() };
    embedded::publish(&worker.brokers, "articles.raw", &[article]).unwrap();
    assert_eq!(worker.line("article enriched")["id"], "bridge-1");

    // Of what repeats, 30 lines a minute are written; what is said besides is not held back.
    let letter = StoredMessage { payload: Some("{".into()), ..StoredMessage::default() };
    embedded::publish(&worker.brokers, "articles.raw", &vec![letter; 60]).unwrap();
    for _ in 1..30 {
        worker.line("message dead-lettered");
    }
    let deadline = Instant::now() + PATIENCE;
    while !worker.get("/metrics").1.contains("copydesk_log_lines_withheld_total 31\n") {
        assert!(Instant::now() < deadline, "{}", worker.get("/metrics").1);
        std::thread::sleep(Duration::from_millis(20));
    }
    let article = r#"{"id": "bridge-2", "text": "The bridge closed again on Friday."}"#;
    let article = StoredMessage { payload: Some(article.into()), ..StoredMessage::default() };
    embedded::publish(&worker.brokers, "articles.raw", &[article]).unwrap();
    assert_eq!(worker.line("article enriched")["id"], "bridge-2");

    // All faults are told, and none of the settings is taken over.
    std::fs::write(
        &worker.settings,
        "[log]\nlevel = \"warn\"\nlevle = 1\n[worker]\nthreads = -1\n",
    )
    .unwrap();
    worker.signal("-HUP");
    let faults = worker.line("settings not reloaded, nothing is changed");
    let faults = faults["why"].as_str().unwrap();
    assert!(faults.contains("levle") && faults.contains("worker.threads"), "{faults}");
    assert_eq!(worker.get("/log"), (200, "debug\n".into()));
    std::fs::write(&worker.settings, "[log]\nlevel = \"info,librdkafka=error\"\n").unwrap();
    worker.signal("-HUP");
    let told = worker.line("settings reloaded");
    assert!(!told["told"].as_str().unwrap().contains("restart"), "{told}");
    assert_eq!(worker.get("/log"), (200, "info,librdkafka=error\n".into()));

    // An operator's own phrases come and go with their file.
    let phrases = worker.settings.with_file_name("phrases.txt");
    let with_phrases = format!("[stages]\nphrases_file = {:?}\n", phrases.to_str().unwrap());
    std::fs::write(&worker.settings, with_phrases).unwrap();
    std::fs::write(&phrases, "[newsletter]\n^ the harbour letter\n").unwrap();
    let (code, _, body) = worker.ask("POST", "/reload", "", "");
    assert_eq!(code, 200, "{body}");
    assert_eq!(worker.letter_is_cut(), Some(true));
    std::fs::write(&phrases, "[newsletter]\n^ the harbour letter\n[no such label]\n").unwrap();
    let (code, _, body) = worker.ask("POST", "/reload", "", "");
    assert_eq!(code, 422, "{body}");
    assert!(body.contains("nothing is changed") && body.contains("line 3"), "{body}");
    assert_eq!(worker.letter_is_cut(), Some(true));
    std::fs::write(&worker.settings, "").unwrap();
    assert_eq!(worker.ask("POST", "/reload", "", "").0, 200);
    assert_eq!(worker.letter_is_cut(), Some(false));

    worker.signal("-TERM");
    worker.line("worker stopped");
    assert_eq!(worker.process.wait().unwrap().code(), Some(0));
}
