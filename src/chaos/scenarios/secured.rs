//! A broker that asks who is there, and the workers' binary with good and bad answers.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Finding;
use super::rig::{Configs, Raw, Rig, terminate};
use crate::chaos::ledger::Topic;
use crate::chaos::{Failure, Ground};

const ARTICLES: usize = 200;
const NEEDS_SECURED: &str = "a broker that asks: --secured, the folder that secured.sh makes";
const NEEDS_TLS: &str = "a worker that was built with the feature tls: --binary";

const WITHOUT_TLS: &str = "needs a build with the cargo feature tls";

/// The folder of listeners, certificates and the password.
struct Credentials(PathBuf);

pub fn tls_and_sasl(ground: &Ground) -> Result<Finding, Failure> {
    let Some(folder) = &ground.secured else { return Ok(Finding::lacking(NEEDS_SECURED)) };
    let credentials = Credentials(folder.clone());
    let mut finding = Finding::default();
    let plain = credentials.read("plain")?;
    for (label, settings) in credentials.good()? {
        let mut rig = Rig::new(&ground.within(label), &plain, 1, Configs::default())?;
        let article = |number| Raw::text(0, &format!("{number}"), "The tide came in.");
        rig.write(&(0..ARTICLES).map(article).collect::<Vec<_>>())?;
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let mut worker = rig.worker(&settings)?;
        let mut unable = false;
        let committed = rig.wait(|| {
            unable = worker.ended().is_some() && rig.said(WITHOUT_TLS)?;
            Ok(unable || rig.is_all_committed()?)
        })?;
        if unable {
            return Ok(Finding { lacking: Some(NEEDS_TLS), ..finding });
        }
        let found = rig.read(Topic::Output)?.len();
        finding.expect(committed && found == ARTICLES, || format!("{label}: {found} came out"));
        let ended = terminate(&mut worker);
        finding.expect(ended.is_some_and(|it| it.success()), || format!("{label}: {ended:?}"));
        finding.note(label, found);
    }
    let wrong = ground.logs.join("wrong.secret");
    std::fs::write(&wrong, "wrong").map_err(|error| format!("no wrong password: {error}"))?;
    for (label, settings) in credentials.bad(&wrong)? {
        let rig = Rig::new(&ground.within(label), &plain, 1, Configs::default())?;
        let names = &rig.names;
        let let_in = check(&ground.binary, &names.settings(&plain), &settings)?;
        finding.expect(!let_in, || format!("{label}: is let in"));
        finding.note(label, "refused");
    }
    Ok(finding)
}

impl Credentials {
    fn good(&self) -> Result<Vec<(&'static str, Vec<String>)>, Failure> {
        let mut good = vec![
            ("TLS", self.at("tls", "ssl")?),
            ("mutual TLS", [self.at("mutual", "ssl")?, self.certificate("client")].concat()),
        ];
        for mechanism in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] {
            let settings =
                [self.at("sasltls", "sasl_ssl")?, sasl(mechanism, &self.path("password"))].concat();
            good.push((mechanism, settings));
        }
        Ok(good)
    }

    fn bad(&self, wrong_password: &Path) -> Result<Vec<(&'static str, Vec<String>)>, Failure> {
        let stranger = format!("kafka.ssl_ca_file={}", self.path("other-ca.pem").display());
        let at_sasl = self.at("sasltls", "sasl_ssl")?;
        Ok(vec![
            ("expired broker", self.at("expired", "ssl")?),
            ("broker of another name", self.at("elsewhere", "ssl")?),
            ("unknown authority", [self.at("tls", "ssl")?, vec![stranger]].concat()),
            ("no certificate", self.at("mutual", "ssl")?),
            (
                "expired certificate",
                [self.at("mutual", "ssl")?, self.certificate("expired-client")].concat(),
            ),
            ("wrong password", [at_sasl.clone(), sasl("SCRAM-SHA-512", wrong_password)].concat()),
            ("wrong plain password", [at_sasl, sasl("PLAIN", wrong_password)].concat()),
        ])
    }

    fn at(&self, listener: &str, protocol: &str) -> Result<Vec<String>, Failure> {
        Ok(vec![
            format!("kafka.brokers={}", self.read(listener)?),
            format!("kafka.security_protocol={protocol}"),
            format!("kafka.ssl_ca_file={}", self.path("ca.pem").display()),
        ])
    }

    fn certificate(&self, name: &str) -> Vec<String> {
        vec![
            format!("kafka.ssl_certificate_file={}", self.path(&format!("{name}.pem")).display()),
            format!("kafka.ssl_key_file={}", self.path(&format!("{name}.key")).display()),
        ]
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn read(&self, name: &str) -> Result<String, Failure> {
        let path = self.path(name);
        std::fs::read_to_string(&path)
            .map(|text| text.trim().to_owned())
            .map_err(|error| format!("could not read {}: {error}", path.display()))
    }
}

/// In a file: the worker takes no password from a command line.
fn sasl(mechanism: &str, password: &Path) -> Vec<String> {
    vec![
        format!("kafka.sasl_mechanism={mechanism}"),
        "kafka.sasl_username=desk".into(),
        format!("kafka.sasl_password_file={}", password.display()),
    ]
}

/// Whether `copydesk check` finds that these settings would work.
fn check(binary: &Path, settings: &[String], over: &[String]) -> Result<bool, Failure> {
    let mut command = Command::new(binary);
    command.arg("check").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for setting in settings.iter().chain(over) {
        command.args(["--set", &setting.replace("{slot}", "0")]);
    }
    let status = command.status();
    let status = status.map_err(|error| format!("could not run {}: {error}", binary.display()))?;
    Ok(status.success())
}
