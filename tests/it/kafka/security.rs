//! Who is let in, and whom copydesk trusts, on a broker that asks: with
//! `COPYDESK_TEST_SECURED`, the folder that tests/kafka/secured.sh makes.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use copydesk::settings::{Choice, KafkaSettings, SaslMechanism, Secret, SecurityProtocol};
use copydesk::transport::kafka::{
    KafkaSink, KafkaSource, KafkaTransactions, dead_letters, reachable,
};
use copydesk::transport::{Sink, Source};

use super::broker::{Cluster, next, outbound, send_all};

const BUDGET: usize = 1 << 20;
/// For a broker that refuses: the client goes on trying.
const REFUSAL_PATIENCE: Duration = Duration::from_secs(4);

struct Secured {
    folder: PathBuf,
    /// Through the listener that asks nothing.
    settings: KafkaSettings,
}

impl Secured {
    async fn all() -> Vec<Self> {
        let Some(folder) = std::env::var_os("COPYDESK_TEST_SECURED").map(PathBuf::from) else {
            return Vec::new();
        };
        let brokers = vec![listener(&folder, "plain")];
        let cluster = Cluster { brokers, embedded: None };
        let input = cluster.topic("input", 1).await;
        let settings = cluster.settings(&input, 1).await;
        vec![Self { folder, settings }]
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn password(&self) -> String {
        std::fs::read_to_string(self.folder.join("password")).unwrap().trim().to_owned()
    }

    fn at(&self, name: &str, security_protocol: SecurityProtocol) -> KafkaSettings {
        KafkaSettings {
            brokers: vec![listener(&self.folder, name)],
            security_protocol,
            ssl_ca_file: match security_protocol {
                SecurityProtocol::Ssl | SecurityProtocol::SaslSsl => self.file("ca.pem"),
                SecurityProtocol::Plaintext | SecurityProtocol::SaslPlaintext => String::new(),
            },
            ..self.settings.clone()
        }
    }

    fn tls(&self, name: &str) -> KafkaSettings {
        self.at(name, SecurityProtocol::Ssl)
    }

    fn sasl(&self, mechanism: SaslMechanism, password: &str) -> KafkaSettings {
        KafkaSettings {
            sasl_mechanism: mechanism,
            sasl_username: "desk".into(),
            sasl_password: Secret(password.into()),
            ..self.at("sasltls", SecurityProtocol::SaslSsl)
        }
    }

    /// Over TLS, with this as the token.
    fn bearer(&self, name: &str, token: &str) -> KafkaSettings {
        let file = self.file(name);
        std::fs::write(&file, format!("{token}\n")).unwrap();
        KafkaSettings {
            sasl_mechanism: SaslMechanism::OauthBearer,
            oauth_token_file: file,
            ..self.at("sasltls", SecurityProtocol::SaslSsl)
        }
    }

    fn client(&self, certificate: &str) -> KafkaSettings {
        KafkaSettings {
            ssl_certificate_file: self.file(&format!("{certificate}.pem")),
            ssl_key_file: self.file(&format!("{certificate}.key")),
            ..self.tls("mutual")
        }
    }
}

fn listener(folder: &std::path::Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap().trim().to_owned()
}

/// A token that says who it is for and until when, in seconds from now.
fn token(algorithm: &str, seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let part = |part: serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let header = part(serde_json::json!({ "alg": algorithm }));
    let claims = part(serde_json::json!({ "sub": "desk", "iat": now - 60, "exp": now + seconds }));
    format!("{header}.{claims}.")
}

const PASSWORD_MECHANISMS: [SaslMechanism; 3] =
    [SaslMechanism::Plain, SaslMechanism::ScramSha256, SaslMechanism::ScramSha512];

#[track_caller]
fn assert_refused(faults: &[String], wanted: &[&str], case: &str) {
    let told = faults.join("\n");
    assert!(wanted.iter().any(|part| told.contains(part)), "{case}: {wanted:?} not in\n{told}");
}

#[tokio::test]
async fn messages_go_through_every_kind_of_secured_connection() {
    for secured in Secured::all().await {
        let password = secured.password();
        let mut ways: Vec<(String, KafkaSettings)> = PASSWORD_MECHANISMS
            .iter()
            .flat_map(|mechanism| {
                let over_tls = secured.sasl(*mechanism, &password);
                let in_the_open = KafkaSettings {
                    brokers: vec![listener(&secured.folder, "sasl")],
                    security_protocol: SecurityProtocol::SaslPlaintext,
                    ssl_ca_file: String::new(),
                    ..over_tls.clone()
                };
                [
                    (format!("{} over TLS", mechanism.as_str()), over_tls),
                    (mechanism.as_str().to_owned(), in_the_open),
                ]
            })
            .collect();
        let bearer = secured.bearer("token", &token("none", 3_600));
        ways.push(("OAUTHBEARER over TLS".into(), bearer.clone()));
        let in_the_open = KafkaSettings {
            brokers: vec![listener(&secured.folder, "sasl")],
            security_protocol: SecurityProtocol::SaslPlaintext,
            ssl_ca_file: String::new(),
            ..bearer
        };
        ways.push(("OAUTHBEARER".into(), in_the_open));
        ways.push(("TLS".into(), secured.tls("tls")));
        ways.push(("client certificate".into(), secured.client("client")));
        for (index, (way, settings)) in ways.iter().enumerate() {
            assert_eq!(reachable::faults(settings, REFUSAL_PATIENCE).await, [""; 0], "{way}");
            // What the sink writes, a source reads, both over this connection.
            let output = settings.output_topic.clone();
            let mut sink = KafkaSink::open(settings).await.unwrap();
            let reports = send_all(&mut sink, vec![outbound(0, "key", way)]).await;
            assert!(reports[0].result.is_ok(), "{way}: {reports:?}");
            sink.close().await;
            let reading = KafkaSettings {
                input_topics: vec![output],
                group_id: format!("{}-{index}", settings.group_id),
                ..settings.clone()
            };
            let mut source = KafkaSource::open(&reading, BUDGET).unwrap();
            for (earlier, _) in &ways[..=index] {
                let delivery = next(&mut source).await;
                assert_eq!(delivery.payload.as_deref(), Some(earlier.as_bytes()));
                source.ack(delivery.receipt);
            }
            source.close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_broker_that_cannot_prove_who_it_is_is_not_spoken_to() {
    for secured in Secured::all().await {
        let other =
            KafkaSettings { ssl_ca_file: secured.file("other-ca.pem"), ..secured.tls("tls") };
        for (case, settings, wanted) in [
            ("an authority that is not trusted", other, "certificate verify failed"),
            ("an expired certificate", secured.tls("expired"), "certificate verify failed"),
            (
                "the certificate of another host",
                secured.tls("elsewhere"),
                "certificate verify failed",
            ),
        ] {
            let faults = reachable::faults(&settings, REFUSAL_PATIENCE).await;
            assert_refused(&faults, &[wanted], case);
        }
        // Without TLS, where the broker speaks nothing else.
        let plain = secured.at("tls", SecurityProtocol::Plaintext);
        let faults = reachable::faults(&plain, REFUSAL_PATIENCE).await;
        assert_refused(&faults, &["kafka.brokers"], "no TLS");
    }
}

#[tokio::test]
async fn a_client_that_cannot_prove_who_it_is_is_not_let_in() {
    for secured in Secured::all().await {
        for (case, settings) in [
            ("no certificate", secured.tls("mutual")),
            ("an expired certificate", secured.client("expired-client")),
        ] {
            let faults = reachable::faults(&settings, REFUSAL_PATIENCE).await;
            assert_refused(&faults, &["SSL", "ssl"], case);
        }
        const WRONG: &str = "not-the-pass-word";
        for mechanism in PASSWORD_MECHANISMS {
            let faults = reachable::faults(&secured.sasl(mechanism, WRONG), REFUSAL_PATIENCE).await;
            let case = mechanism.as_str();
            assert_refused(&faults, &["uthentication"], case);
            assert!(!faults.join("\n").contains(WRONG), "{case}");
            let nobody = KafkaSettings {
                sasl_username: "nobody".into(),
                ..secured.sasl(mechanism, &secured.password())
            };
            let faults = reachable::faults(&nobody, REFUSAL_PATIENCE).await;
            assert_refused(&faults, &["uthentication"], case);
        }
    }
}

#[tokio::test]
async fn a_token_that_does_not_hold_lets_nobody_in() {
    for secured in Secured::all().await {
        for (case, settings, wanted) in [
            ("signed", secured.bearer("signed", &token("HS256", 3_600)), "uthentication"),
            ("expired", secured.bearer("expired-token", &token("none", -5)), "unexpired"),
            ("no token", secured.bearer("opaque", "swordfish"), "no JSON Web Token"),
            (
                "no file",
                KafkaSettings {
                    oauth_token_file: secured.file("nowhere"),
                    ..secured.bearer("token", "")
                },
                "No such file",
            ),
        ] {
            let faults = reachable::faults(&settings, REFUSAL_PATIENCE).await;
            assert_refused(&faults, &[wanted], case);
        }
    }
}

/// Each kind of client asks for its token in its own way.
#[tokio::test]
async fn every_client_has_its_token() {
    for secured in Secured::all().await {
        let settings = secured.bearer("token", &token("none", 3_600));
        let mut letters = dead_letters::reader(&settings).unwrap();
        letters.rewind().unwrap();
        assert!(letters.read().unwrap().is_none());
        dead_letters::Replayer::open(&settings).unwrap();
        let source = KafkaSource::open(&settings, BUDGET).unwrap();
        let transactions = KafkaTransactions::open(&settings, &source).await.unwrap();
        transactions.close().await;
        source.close().await.unwrap();
    }
}

#[tokio::test]
async fn the_commands_never_tell_a_password() {
    for secured in Secured::all().await {
        let password = secured.password();
        let wrong = secured.file("wrong-password");
        std::fs::write(&wrong, "swordfish-and-chips\n").unwrap();
        for (file, code) in [(secured.file("password"), 0), (wrong, 1)] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
            command.args(["check", "--set", "log.level=trace"]);
            for (key, value) in [
                ("brokers", &listener(&secured.folder, "sasltls")),
                ("input_topics", &secured.settings.input_topics[0]),
                ("output_topic", &secured.settings.output_topic),
                ("dead_letter_topic", &secured.settings.dead_letter_topic),
                ("security_protocol", &"sasl_ssl".to_owned()),
                ("sasl_mechanism", &"SCRAM-SHA-512".to_owned()),
                ("sasl_username", &"desk".to_owned()),
                ("sasl_password_file", &file),
                ("ssl_ca_file", &secured.file("ca.pem")),
                // The client's own account of its settings and of every handshake.
                ("properties.debug", &"all".to_owned()),
            ] {
                command.arg("--set").arg(format!("kafka.{key}={value}"));
            }
            let output = command.output().unwrap();
            let told =
                String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert_eq!(output.status.code(), Some(code), "{told}");
            assert!(!told.contains(&password) && !told.contains("swordfish"), "{told}");
        }
    }
}
