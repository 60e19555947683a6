//! Settings: which layer wins, what is refused and how it is told, what is never shown.

use std::path::PathBuf;

use copydesk::settings::{
    Compression, Faults, Flag, OffsetReset, SaslMechanism, SecurityProtocol, Settings, Sources,
    load,
};
use tempfile::TempDir;

const PASSWORD: &str = "correct-horse-battery";

/// A settings file that lives as long as the value.
struct SettingsFile {
    directory: TempDir,
}

impl SettingsFile {
    fn new(text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("copydesk.toml"), text).unwrap();
        Self { directory }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("copydesk.toml")
    }

    fn sources(&self) -> Sources {
        Sources { file: Some(self.path()), ..Sources::default() }
    }
}

fn file(text: &str) -> Result<Settings, Faults> {
    Settings::load(&SettingsFile::new(text).sources())
}

fn environment(variables: &[(&str, &str)]) -> Sources {
    let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
    Sources { environment: variables.collect(), ..Sources::default() }
}

fn set(assignments: &[&str]) -> Sources {
    let flag = |assignment: &&str| Flag { name: "--set", assignment: assignment.to_string() };
    Sources { flags: assignments.iter().map(flag).collect(), ..Sources::default() }
}

/// Each fault as one line.
fn faults(result: Result<Settings, Faults>) -> Vec<String> {
    result.expect_err("there are faults").0.iter().map(|fault| fault.to_string()).collect()
}

#[test]
fn without_sources_all_is_at_its_default() {
    let loaded = load(&Sources::default()).unwrap();
    assert_eq!(loaded.settings, Settings::default());
    assert_eq!(loaded.settings.kafka.brokers, ["127.0.0.1:9092"]);
    assert!(loaded.origins.is_empty());
}

#[test]
fn each_layer_wins_over_the_one_before() {
    let text = "[kafka]\ngroup_id = 'file'\nclient_id = 'file'\noutput_topic = 'file'\n\
                [worker]\nthreads = 1";
    let settings_file = SettingsFile::new(text);
    let sources = Sources {
        file: Some(settings_file.path()),
        flags: set(&["kafka.group_id=flag", "worker.threads=2", "worker.threads=3"]).flags,
        ..environment(&[
            ("COPYDESK__KAFKA__GROUP_ID", "environment"),
            ("COPYDESK__KAFKA__CLIENT_ID", "environment"),
        ])
    };
    let loaded = load(&sources).unwrap();
    let settings = &loaded.settings;
    assert_eq!(settings.kafka.group_id, "flag");
    assert_eq!(settings.kafka.client_id, "environment");
    assert_eq!(settings.kafka.output_topic, "file");
    assert_eq!(settings.kafka.dead_letter_topic, "articles.dead-letter");
    assert_eq!(settings.worker.threads, 3, "the last flag wins");
    assert_eq!(loaded.origins["kafka.group_id"], "--set");
    assert_eq!(loaded.origins["kafka.client_id"], "environment COPYDESK__KAFKA__CLIENT_ID");
    assert_eq!(loaded.origins["kafka.output_topic"], settings_file.path().to_str().unwrap());
    assert!(!loaded.origins.contains_key("kafka.dead_letter_topic"));
}

#[test]
fn the_variable_names_the_file_and_the_flag_wins_over_it() {
    let named = SettingsFile::new("[kafka]\ngroup_id = 'variable'");
    let mut sources = environment(&[("COPYDESK_CONFIG", named.path().to_str().unwrap())]);
    assert_eq!(Settings::load(&sources).unwrap().kafka.group_id, "variable");

    let given = SettingsFile::new("[kafka]\ngroup_id = 'flag'");
    sources.file = Some(given.path());
    assert_eq!(Settings::load(&sources).unwrap().kafka.group_id, "flag");

    assert_eq!(
        Settings::load(&environment(&[("COPYDESK_CONFIG", "")])).unwrap(),
        Settings::default()
    );
}

#[test]
fn every_kind_is_read_from_a_file_and_from_text() {
    let from_file = file(
        "[kafka]\nbrokers = ['a:1', '[::1]:2']\noffset_reset = 'latest'\nlinger_millis = 7\n\
         compression = 'zstd'\n[stages]\ntag = false\n[worker]\ndead_letter_ratio = 0.25",
    )
    .unwrap();
    let from_text = Settings::load(&environment(&[
        ("COPYDESK__KAFKA__BROKERS", "a:1, [::1]:2"),
        ("COPYDESK__KAFKA__OFFSET_RESET", "latest"),
        ("COPYDESK__KAFKA__LINGER_MILLIS", "7"),
        ("COPYDESK__KAFKA__COMPRESSION", "ZSTD"),
        ("COPYDESK__STAGES__TAG", "false"),
        ("COPYDESK__WORKER__DEAD_LETTER_RATIO", "0.25"),
    ]))
    .unwrap();
    assert_eq!(from_file, from_text);
    assert_eq!(from_file.kafka.brokers, ["a:1", "[::1]:2"]);
    assert_eq!(from_file.kafka.offset_reset, OffsetReset::Latest);
    assert_eq!(from_file.kafka.compression, Compression::Zstd);
    assert_eq!(from_file.worker.dead_letter_ratio, 0.25);
}

#[test]
fn an_empty_text_is_an_empty_list() {
    let settings = Settings::load(&set(&["input.html="])).unwrap();
    assert!(settings.input.html.is_empty());
}

#[test]
fn properties_keep_their_dots_in_every_layer() {
    let quoted = "[kafka.properties]\n'socket.keepalive.enable' = true\n'queued.min.messages' = 5";
    let bare = "[kafka.properties]\nsocket.keepalive.enable = true\nqueued.min.messages = 5";
    let inline = "kafka.properties.socket.keepalive.enable = true\n\
                  kafka.properties.\"queued.min.messages\" = 5";
    let expected = [("queued.min.messages", "5"), ("socket.keepalive.enable", "true")];
    let expected = expected.map(|(name, value)| (name.to_string(), value.to_string()));
    for text in [quoted, bare, inline] {
        assert_eq!(file(text).unwrap().kafka.properties, expected.clone().into(), "{text}");
    }
    let variables = [
        ("COPYDESK__KAFKA__PROPERTIES__SOCKET_KEEPALIVE_ENABLE", "true"),
        ("COPYDESK__KAFKA__PROPERTIES__QUEUED_MIN_MESSAGES", "5"),
    ];
    let from_environment = Settings::load(&environment(&variables)).unwrap();
    assert_eq!(from_environment.kafka.properties, expected.clone().into());
    let flags =
        ["kafka.properties.socket.keepalive.enable=true", "kafka.properties.queued.min.messages=5"];
    assert_eq!(Settings::load(&set(&flags)).unwrap().kafka.properties, expected.into());
}

#[test]
fn properties_of_all_layers_come_together_and_the_later_wins() {
    let settings_file =
        SettingsFile::new("[kafka.producer_properties]\na.b = 'file'\nc.d = 'file'");
    let sources = Sources {
        file: Some(settings_file.path()),
        ..environment(&[("COPYDESK__KAFKA__PRODUCER_PROPERTIES__A_B", "environment")])
    };
    let properties = Settings::load(&sources).unwrap().kafka.producer_properties;
    assert_eq!(properties["a.b"], "environment");
    assert_eq!(properties["c.d"], "file");
}

#[test]
fn all_faults_are_reported_at_once() {
    let settings_file = SettingsFile::new(
        "[kafka]\nbrokers = []\nlinger_millis = 'soon'\n[worker]\ndead_letter_ratio = 1.5\n\
         [http]\nadress = 80\n[kafak]\nx = 1",
    );
    let sources = Sources {
        file: Some(settings_file.path()),
        flags: set(&["log.format=xml", "worker"]).flags,
        ..environment(&[
            ("COPYDESK__KAFKA__OUTPUT_TOPIC", "articles.raw"),
            ("COPYDESK__INPUT__MAX_BYTES", "0"),
        ])
    };
    let path = settings_file.path();
    let path = path.display();
    let expected = [
        format!("http.adress ({path}): unknown key, did you mean http.address?"),
        format!("kafak ({path}): unknown section, did you mean [kafka]?"),
        "--set: expected section.key=value".into(),
        format!(
            "kafka.brokers ({path}): expected a list of texts, at least one host:port, found a list"
        ),
        format!(
            "kafka.linger_millis ({path}): expected a whole number, 0 to 900000, found \"soon\""
        ),
        "input.max_bytes (environment COPYDESK__INPUT__MAX_BYTES): expected a whole number, \
         at least 1, found \"0\""
            .into(),
        format!("worker.dead_letter_ratio ({path}): expected a number, 0 to 1, found 1.5"),
        "log.format (--set): expected one of json, pretty, found \"xml\"".into(),
        "kafka.output_topic (environment COPYDESK__KAFKA__OUTPUT_TOPIC): expected a topic that \
         kafka.input_topics does not take in, but \"articles.raw\" does"
            .into(),
    ];
    assert_eq!(faults(Settings::load(&sources)), expected);
}

#[test]
fn unknown_keys_are_refused_with_the_likeliest_known_one() {
    assert!(
        faults(file("[kafka]\nbroker = 'a:1'"))[0]
            .ends_with("unknown key, did you mean kafka.brokers?")
    );
    assert!(faults(file("[log]\ngroup_id = 'x'"))[0].ends_with("did you mean kafka.group_id?"));
    assert!(faults(file("brokers = 'a:1'"))[0].contains("brokers"));
    assert!(faults(file("kafka = 5"))[0].ends_with("expected [kafka]"));
    assert_eq!(
        faults(Settings::load(&environment(&[("COPYDESK__KAFKA__BROKRS", "a:1")]))),
        ["kafka.brokrs (environment COPYDESK__KAFKA__BROKRS): unknown key, \
          did you mean COPYDESK__KAFKA__BROKERS?"]
    );
    assert_eq!(
        faults(Settings::load(&environment(&[("COPYDESK__KAFKA__BROKERS__0", "a:1")]))).len(),
        1,
        "a list has no entries of its own"
    );
    assert_eq!(
        faults(Settings::load(&set(&["worker.thread=4"]))),
        ["worker.thread (--set): unknown key, did you mean worker.threads?"]
    );
}

#[test]
fn variables_of_others_are_left_alone() {
    let variables = [
        ("COPYDESK_PORT", "tcp://10.0.0.1:80"),
        ("COPYDESK_SERVICE_HOST", "10.0.0.1"),
        ("PATH", "/bin"),
    ];
    assert_eq!(Settings::load(&environment(&variables)).unwrap(), Settings::default());
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_refused() {
    use std::os::unix::ffi::OsStringExt;
    let value = std::ffi::OsString::from_vec(vec![0xff, 0xfe]);
    let environment = vec![("COPYDESK__KAFKA__GROUP_ID".into(), value)];
    let sources = Sources { environment, ..Sources::default() };
    assert_eq!(
        faults(Settings::load(&sources)),
        ["kafka.group_id (environment COPYDESK__KAFKA__GROUP_ID): expected UTF-8"]
    );
}

#[test]
fn a_file_that_is_missing_or_not_toml_is_a_fault() {
    let missing = Sources { file: Some("no/such/file.toml".into()), ..Sources::default() };
    assert!(
        faults(Settings::load(&missing))[0].starts_with("no/such/file.toml: could not be read")
    );
    let broken = faults(file("[kafka]\ngroup_id = 'a'\ngroup_id = 'b'"));
    assert!(broken[0].contains("is not TOML at line 3: duplicate key"), "{broken:?}");
}

#[test]
fn keys_must_agree_with_each_other() {
    let refused = |text: &str, key: &str, why: &str| {
        let faults = faults(file(text));
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with(key) && faults[0].contains(why), "{faults:?}");
    };
    refused(
        "[kafka]\nsecurity_protocol = 'sasl_ssl'",
        "kafka.sasl_mechanism",
        "expected a mechanism",
    );
    refused(
        "[kafka]\nsasl_mechanism = 'PLAIN'\nsasl_username = 'desk'\nsasl_password = 'x'",
        "kafka.sasl_mechanism",
        "expected kafka.security_protocol to be sasl_plaintext or sasl_ssl",
    );
    refused("[kafka]\ninput_topics = ['^articles[.][er].*']", "kafka.output_topic", "^articles");
    refused(
        "[kafka]\ndead_letter_topic = 'articles.enriched'",
        "kafka.dead_letter_topic",
        "another topic than kafka.output_topic",
    );
    refused("[kafka]\nssl_key_file = 'key.pem'", "kafka.ssl_key_file", "together with");
    refused("[kafka]\nmax_poll_interval_millis = 20000", "kafka.max_poll_interval", "45000");
    refused("[kafka]\ndelivery_timeout_millis = 5", "kafka.delivery_timeout", "more than");
    refused("[input]\ntext = []\nhtml = []", "input.text", "input.html");
}

#[test]
fn a_key_at_fault_is_not_blamed_twice() {
    let text = "[kafka]\nsecurity_protocol = 'sasl_ssl'\nsasl_mechanism = 'SCRAM'";
    let faults = faults(file(text));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].contains("SCRAM-SHA-256"), "{faults:?}");
}

/// Settings with a secret in every place that can hold one.
fn secretive() -> (SettingsFile, Sources) {
    let text = format!(
        "[kafka]\nsecurity_protocol = 'sasl_ssl'\nsasl_mechanism = 'SCRAM-SHA-512'\n\
         sasl_username = 'desk'\nsasl_password = '{PASSWORD}'\nssl_key_password = '{PASSWORD}'\n\
         [kafka.properties]\n'ssl.keystore.password' = '{PASSWORD}'\n\
         [kafka.consumer_properties]\n'sasl.oauthbearer.client.secret' = '{PASSWORD}'\n\
         [http]\ntoken = '{PASSWORD}'"
    );
    let settings_file = SettingsFile::new(&text);
    let sources = settings_file.sources();
    (settings_file, sources)
}

#[test]
fn secrets_are_read_but_shown_nowhere() {
    let (_file, sources) = secretive();
    let loaded = load(&sources).unwrap();
    let kafka = &loaded.settings.kafka;
    assert_eq!(kafka.sasl_password.0, PASSWORD);
    assert_eq!(kafka.properties["ssl.keystore.password"], PASSWORD);
    assert_eq!(kafka.sasl_mechanism, SaslMechanism::ScramSha512);
    assert_eq!(kafka.security_protocol, SecurityProtocol::SaslSsl);
    for shown in [
        format!("{:?}", loaded.settings),
        format!("{:#?}", loaded),
        loaded.settings.effective(),
        loaded.settings.to_toml(),
        loaded.to_toml(),
    ] {
        assert!(!shown.contains(PASSWORD), "{shown}");
        assert_eq!(shown.matches("***").count(), 5, "{shown}");
        assert!(shown.contains("desk"), "{shown}");
    }
}

#[test]
fn faults_hold_no_secret() {
    let password = PASSWORD;
    for text in [
        format!("[kafka]\nsasl_password = '{password}"),
        format!("[kafka]\nsasl_password = {password}"),
        format!("[kafka]\nsasl_pasword = '{password}'"),
        format!("[kafka]\nsasl_password = ['{password}']"),
        format!("[kafka.properties]\n'sasl.password' = ['{password}']"),
        format!("sasl_password = '{password}'"),
        format!("[kafka]\nsasl_password = '{password}'\nsasl_password_file = 'x'"),
    ] {
        let told = file(&text).expect_err(&text).to_string();
        assert!(!told.contains(password), "{told}");
    }
    for assignment in [
        format!("kafka.sasl_pasword={password}"),
        format!("kafka.sasl_password={password}"),
        format!("http.token={password}"),
        format!("kafka.properties.ssl.key.password={password}"),
        password.to_string(),
    ] {
        let told = Settings::load(&set(&[&assignment])).unwrap_err().to_string();
        assert!(!told.contains(password), "{told}");
    }
}

#[test]
fn secrets_may_come_from_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("password");
    std::fs::write(&path, format!("{PASSWORD}\n")).unwrap();
    let protocol = ["kafka.security_protocol=sasl_plaintext", "kafka.sasl_mechanism=PLAIN"];
    let load_with = |flags: &[String]| {
        let user = "kafka.sasl_username=desk".to_string();
        let flags: Vec<_> = protocol
            .iter()
            .map(|flag| flag.to_string())
            .chain([user])
            .chain(flags.iter().cloned())
            .collect();
        Settings::load(&set(&flags.iter().map(String::as_str).collect::<Vec<_>>()))
    };
    let from_file = format!("kafka.sasl_password_file={}", path.display());
    let key_from_file = format!("kafka.ssl_key_password_file={}", path.display());
    let settings = load_with(&[from_file.clone(), key_from_file]).unwrap();
    assert_eq!(settings.kafka.sasl_password.0, PASSWORD);
    assert_eq!(settings.kafka.ssl_key_password.0, PASSWORD);
    assert!(!settings.to_toml().contains(PASSWORD));

    // On a command line others can see it.
    let seen = faults(load_with(&["kafka.sasl_password=x".into()]));
    assert!(seen[0].starts_with("kafka.sasl_password (--set): expected in a file"), "{seen:?}");
    let both = format!("[kafka]\nsasl_password = 'x'\nsasl_password_file = '{}'", path.display());
    let both = faults(file(&both));
    assert!(both[0].contains("expected either this or kafka.sasl_password, not both"), "{both:?}");
    std::fs::write(&path, "\n").unwrap();
    assert!(faults(load_with(std::slice::from_ref(&from_file)))[0].contains("which is empty"));
    std::fs::remove_file(&path).unwrap();
    assert!(faults(load_with(&[from_file]))[0].contains("could not read"));
}

#[test]
fn shown_settings_are_a_settings_file() {
    let mut settings = Settings::default();
    settings.kafka.properties.insert("socket.keepalive.enable".into(), "true".into());
    settings.kafka.group_id = "a \"quoted\"\n name".into();
    settings.input.text = vec!["/data/body".into(), "text".into()];
    assert_eq!(file(&settings.to_toml()).unwrap(), settings);
    assert_eq!(settings.effective().lines().count(), 1);
}

#[test]
fn every_key_is_documented() {
    let reference = copydesk::settings::reference();
    let loaded = Settings::default().to_toml();
    let keys = loaded.lines().filter(|line| line.contains(" = ")).count();
    assert_eq!(reference.lines().filter(|line| line.starts_with("- `")).count(), keys);
    assert!(keys >= 60, "{keys}");
}
