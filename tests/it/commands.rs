//! The commands, run as a person runs them: the real binary, its output, its exit code.

mod process;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use copydesk::transport::kafka::EmbeddedBroker;
use serde_json::{Value, json};
use tempfile::TempDir;

fn copydesk(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
    // The developer's own settings are none of these tests' business.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("COPYDESK") {
            command.env_remove(name);
        }
    }
    command.args(arguments);
    command
}

fn started(mut command: Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary starts")
}

/// Runs it to the end with `input` on standard input.
fn run_on(command: Command, input: &[u8]) -> Output {
    let mut child = started(command);
    let mut stdin = child.stdin.take().expect("it is piped");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // It may end without reading all.
            let _ = stdin.write_all(input);
        });
        child.wait_with_output().expect("it ends")
    })
}

fn run(arguments: &[&str]) -> Output {
    run_on(copydesk(arguments), b"")
}

fn process(arguments: &[&str], input: &[u8]) -> Output {
    let arguments: Vec<_> = ["process"].into_iter().chain(arguments.iter().copied()).collect();
    run_on(copydesk(&arguments), input)
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("killed: {}", stderr(output)))
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("told in UTF-8")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("told in UTF-8")
}

/// Each line of NDJSON.
fn lines(text: &[u8]) -> Vec<Value> {
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("a line is JSON")).collect()
}

fn ids(output: &Output) -> Vec<String> {
    let id = |article: Value| article["id"].as_str().expect("an article has an id").to_string();
    lines(&output.stdout).into_iter().map(id).collect()
}

fn article(id: &str, text: &str) -> String {
    format!("{}\n", json!({ "id": id, "text": text }))
}

const PARAGRAPH: &str =
    "The harbour board voted on Tuesday to keep the old lighthouse lit through the winter.";

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder can be made"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), content).expect("a file can be written");
        self.path(name).to_str().expect("a path of UTF-8").to_string()
    }
}

#[test]
fn without_a_command_the_manual_is_shown() {
    let output = run(&[]);
    assert_eq!(code(&output), 2);
    let manual = stderr(&output);
    for command in ["run", "process", "demo", "explain", "eval", "check", "schema", "settings"] {
        assert!(manual.contains(&format!("\n  {command} ")), "{command}: {manual}");
    }
    assert!(manual.contains("Exit codes:"), "{manual}");
}

#[test]
fn the_manual_of_each_command_names_its_options() {
    let options: [(&str, &[&str]); 8] = [
        ("run", &["--brokers", "--input", "--output", "--dead-letters", "--config", "--set"]),
        ("eval", &["--task"]),
        ("process", &["--format", "--dead-letters", "--only", "--threads", "--config", "--set"]),
        ("demo", &["--keep"]),
        ("explain", &["--html", "--serve", "--format", "--config", "--set"]),
        ("check", &["--config", "--set"]),
        ("schema", &["raw", "enriched", "dead-letter"]),
        ("settings", &["--docs", "--config", "--set"]),
    ];
    for (command, options) in options {
        let output = run(&[command, "--help"]);
        assert_eq!(code(&output), 0);
        let manual = stdout(&output);
        for option in options {
            assert!(manual.contains(option), "{command} {option}: {manual}");
        }
        assert!(manual.lines().all(|line| line.chars().count() <= 100), "{manual}");
    }
}

#[test]
fn faults_of_the_settings_are_all_told_and_end_with_2() {
    let folder = Folder::new();
    let config = folder.write(
        "copydesk.toml",
        "[kafka]\nbroker = 'a:1'\nlinger_millis = -1\n[worker]\ndead_letter_ratio = 2",
    );
    for command in ["run", "process", "check", "settings"] {
        let output = run(&[command, "--config", &config]);
        assert_eq!(code(&output), 2, "{command}");
        let told = stderr(&output);
        let lines: Vec<_> = told.lines().collect();
        assert_eq!(lines[0], "copydesk: 3 faults in the settings", "{command}");
        assert!(lines[1].contains("unknown key, did you mean kafka.brokers?"), "{told}");
        assert!(lines[2].contains("kafka.linger_millis"), "{told}");
        assert!(lines[3].contains("worker.dead_letter_ratio"), "{told}");
        assert!(lines.iter().skip(1).all(|line| line.contains("copydesk.toml")), "{told}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn the_short_flags_of_run_are_settings() {
    let output = run(&["run", "--brokers", "nowhere", "--output", "a b", "--input", "x,,y"]);
    assert_eq!(code(&output), 2);
    let told = stderr(&output);
    assert!(told.contains("kafka.brokers (--brokers): expected"), "{told}");
    assert!(told.contains("kafka.output_topic (--output): expected"), "{told}");
    assert!(told.contains("kafka.input_topics (--input): expected"), "{told}");
}

#[test]
fn what_the_kafka_client_refuses_is_a_fault_of_the_settings() {
    let properties = [
        "--set",
        "kafka.properties.enable.auto.commit=true",
        "--set",
        "kafka.properties.no.such.property=1",
    ];
    for command in ["run", "check"] {
        let arguments: Vec<_> = [command].into_iter().chain(properties).collect();
        let output = run(&arguments);
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        let told = stderr(&output);
        assert!(told.starts_with("copydesk: 2 faults in the settings\n"), "{told}");
        assert!(told.contains("enable.auto.commit") && told.contains("no.such.property"), "{told}");
    }
}

#[test]
fn check_finds_what_is_missing_and_what_is_well() {
    let broker = EmbeddedBroker::start(1).unwrap();
    broker.create_topic("articles.raw", 2).unwrap();
    broker.create_topic("articles.enriched", 2).unwrap();
    let brokers = format!("kafka.brokers={}", broker.brokers().join(","));
    let topics = ["--set", "kafka.input_topics=^articles[.]r,news.raw"];
    let output = run(&["check", "--set", &brokers, topics[0], topics[1]]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let told = stderr(&output);
    assert!(told.starts_with("copydesk: 2 faults between here and the topics\n"), "{told}");
    assert!(told.contains("news.raw") && told.contains("articles.dead-letter"), "{told}");
    assert!(!told.contains("articles[.]r"), "{told}");

    broker.create_topic("articles.dead-letter", 2).unwrap();
    let output = run(&["check", "--set", &brokers]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).starts_with("all well: articles.raw"), "{}", stdout(&output));

    let memory = ["--set", "site_memory.topic=site.memory", "--set", "site_memory.mode=learn"];
    let output = run(&[&["check", "--set", &brokers][..], &memory].concat());
    assert_eq!(code(&output), 1, "{}", stdout(&output));
    assert!(stderr(&output).contains("site_memory.topic: \"site.memory\""), "{}", stderr(&output));
}

#[test]
fn settings_shows_what_is_in_effect_and_where_it_is_from() {
    let mut command = copydesk(&["settings", "--set", "worker.threads=3"]);
    command.env("COPYDESK__KAFKA__BROKERS", "one:9092,two:9092");
    command.env("COPYDESK__KAFKA__PRODUCER_PROPERTIES__SSL_KEYSTORE_PASSWORD", "hunter-two");
    let output = run_on(command, b"");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let shown = stdout(&output);
    let brokers =
        "brokers = [\"one:9092\", \"two:9092\"]  # environment COPYDESK__KAFKA__BROKERS\n";
    assert!(shown.contains(brokers), "{shown}");
    assert!(shown.contains("\nthreads = 3  # --set\n"), "{shown}");
    assert!(shown.contains("\ngroup_id = \"copydesk\"\n"), "{shown}");
    assert!(shown.contains("\"ssl.keystore.password\" = \"***\""), "{shown}");
    assert!(!shown.contains("hunter-two"), "{shown}");
    toml::from_str::<toml::Table>(&shown).expect("it is a settings file");
}

#[test]
fn settings_docs_is_the_reference() {
    let output = run(&["settings", "--docs"]);
    assert_eq!(code(&output), 0);
    assert_eq!(stdout(&output), copydesk::settings::reference());
}

#[test]
fn schema_prints_the_shipped_schemas() {
    for message in ["raw", "enriched", "dead-letter"] {
        let output = run(&["schema", message]);
        let path = format!("{}/config/schema/{message}.json", env!("CARGO_MANIFEST_DIR"));
        assert_eq!(stdout(&output), std::fs::read_to_string(path).unwrap());
    }
    assert_eq!(code(&run(&["schema", "cooked"])), 2);
}

#[test]
fn eval_measures_labelled_pages_and_refuses_others() {
    let folder = Folder::new();
    let labelled = json!({
        "id": "one",
        "html": format!("<html><body><h1>Light stays on</h1><p>{PARAGRAPH}</p></body></html>"),
        "gold_text": PARAGRAPH,
        "gold_title": "Light stays on",
    });
    let gold = folder.write("gold.ndjson", format!("{labelled}\n"));
    let extract = run(&["eval", "--task", "extract", &gold]);
    assert_eq!(code(&extract), 0, "{}", stderr(&extract));
    assert!(stdout(&extract).starts_with("1 pages  F1 1.0000"), "{}", stdout(&extract));
    let tags = run(&["eval", "--task", "tags", &gold]);
    assert!(stdout(&tags).starts_with("1 pages  title 1.000"), "{}", stdout(&tags));
    let pairs = json!({"original": "A cafÃ© reopens", "fixed": "A café reopens"});
    let pairs = folder.write("pairs.ndjson", format!("{pairs}\n"));
    let repair = run(&["eval", "--task", "repair", &pairs]);
    assert_eq!(stdout(&repair), "1 cases  1 passed\n", "{}", stderr(&repair));
    let sentence = json!({
        "tokens": ["Barack", "Obama", "met", "friends", "in", "Paris", "."],
        "tags": ["B-PER", "I-PER", "O", "O", "O", "B-LOC", "O"],
    });
    let sentences = folder.write("sentences.ndjson", format!("{sentence}\n"));
    let entities = run(&["eval", "--task", "entities", &sentences]);
    assert!(stdout(&entities).starts_with("all: F1 1.000"), "{}", stdout(&entities));
    let texts =
        folder.write("texts.tsv", format!("en\tparagraph\t{PARAGRAPH}\nfr\tparagraph\t1\n"));
    let language = run(&["eval", "--task", "language", &texts]);
    assert!(stdout(&language).starts_with("paragraph  2 texts  50.00 %"), "{}", stdout(&language));
    let unlabelled = folder.write("raw.ndjson", article("one", PARAGRAPH));
    for task in ["extract", "entities", "language"] {
        assert_eq!(code(&run(&["eval", "--task", task, &unlabelled])), 1, "{task}");
    }
}

/// Articles of one site that all show the same line between two paragraphs of their own.
fn site(count: usize) -> Vec<Value> {
    let page = |number: usize| {
        let name = char::from(b'A' + number as u8).to_string().repeat(6);
        let text = format!(
            "The council of {name} voted on Monday to build a second bridge over the river there.\n\n\
             Voices of the coast: a Harbour Post series\n\n\
             Those who live in {name} had asked for it since the ferry was given up in the spring."
        );
        json!({"id": name, "url": format!("https://news.example/{name}"), "text": text})
    };
    (0..count).map(page).collect()
}

#[test]
fn process_learns_from_all_of_its_files_before_it_decides() {
    let folder = Folder::new();
    let lines: String = site(8).iter().map(|article| format!("{article}\n")).collect();
    let (first, second) = lines.split_at(lines.find("{\"id\":\"DDDDDD\"").unwrap());
    let files = [folder.write("first.ndjson", first), folder.write("second.ndjson", second)];
    let apply = ["--set", "site_memory.mode=apply"];
    let alone = process(&[&apply[..], &[&files[0], &files[1], "--threads=1"]].concat(), b"");
    assert_eq!(stdout(&alone).matches("boilerplate.site.recurring").count(), 8);
    let together = process(&[&apply[..], &[&files[0], &files[1], "--threads=8"]].concat(), b"");
    assert_eq!(stdout(&together), stdout(&alone), "threads change nothing");
    // From standard input nothing is known of what is still to come.
    let piped = process(&[&apply[..], &["--threads=1"]].concat(), lines.as_bytes());
    let first = stdout(&piped).lines().next().unwrap().to_owned();
    assert!(!first.contains("boilerplate.site.recurring"), "{first}");
    assert!(stdout(&piped).contains("boilerplate.site.recurring"));
    assert!(!stdout(&process(&[], lines.as_bytes())).contains("siteMemory"), "off by default");
}

#[test]
fn eval_plays_labelled_pages_to_the_memory_of_sites() {
    let folder = Folder::new();
    let label = |mut article: Value, at: usize| {
        let lines: Vec<&str> = article["text"].as_str().unwrap().split("\n\n").collect();
        // One page calls the line its own.
        let own = if at == 0 { lines.join("\n") } else { [lines[0], lines[2]].join("\n") };
        article["gold_text"] = own.into();
        format!("{article}\n")
    };
    let gold: String = site(6).into_iter().enumerate().map(|(at, it)| label(it, at)).collect();
    let gold = folder.write("gold.ndjson", gold);
    let told = stdout(&run(&["eval", "--task", "extract", "--site-memory", &gold]));
    let summary = "site memory: 6 pages with others of their site, 6 texts removed as recurring, \
                   1 of them in the gold text";
    assert!(told.contains(summary), "{told}");
    assert!(told.contains("in the gold text: \"Voices of the coast"), "{told}");
    assert!(!stdout(&run(&["eval", "--task", "extract", &gold])).contains("site memory"));
    assert_eq!(code(&run(&["eval", "--task", "tags", "--site-memory", &gold])), 2);
}
