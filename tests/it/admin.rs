//! The admin port, asked as a scraper or a probe asks it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use copydesk::explain::serve::Proofs;
use copydesk::settings::{Secret, Settings};
use copydesk::telemetry::{Telemetry, http};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

const STALL: Duration = Duration::from_secs(60);

/// The status line's code of each request.
async fn codes(token: &str, requests: &[(&str, Option<&str>)]) -> Vec<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let token = Secret(token.into());
    let (telemetry, proofs) = (Telemetry::default(), Proofs::new(&Settings::default()));
    let served =
        tokio::spawn(http::serve(listener, telemetry, STALL, token, proofs, None, async {
            let _ = ended.await;
        }));
    let mut codes = Vec::new();
    for (path, authorization) in requests {
        let header = authorization.map(|it| format!("Authorization: {it}\r\n")).unwrap_or_default();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: x\r\n{header}Connection: close\r\n\r\n");
        let answer = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        });
        let answer = answer.await.unwrap();
        codes.push(answer.split(' ').nth(1).unwrap().parse().unwrap());
    }
    end.send(()).unwrap();
    served.await.unwrap().unwrap();
    codes
}

#[tokio::test]
async fn without_a_token_all_is_open() {
    let asked = ["/live", "/ready", "/metrics", "/settings", "/version", "/dead-letters"]
        .map(|path| (path, None));
    assert_eq!(codes("", &asked).await, [200, 503, 200, 200, 200, 200]);
}

#[tokio::test]
async fn with_a_token_only_the_probes_are_open() {
    let asked = [
        ("/live", None),
        ("/ready", None),
        ("/metrics", None),
        ("/version", None),
        ("/settings", None),
        ("/log", None),
        ("/dead-letters", None),
        ("/metrics", Some("Bearer harbour")),
        ("/version", Some("Bearer harbour")),
        ("/metrics", Some("Bearer harbou")),
        ("/metrics", Some("Bearer harbour2")),
        ("/metrics", Some("Basic harbour")),
        ("/metrics", Some("Bearer ")),
    ];
    let expected = [200, 503, 401, 401, 401, 401, 401, 200, 200, 401, 401, 401, 401];
    assert_eq!(codes("harbour", &asked).await, expected);
}

#[test]
fn it_listens_to_this_machine_alone_unless_told_otherwise() {
    let address: std::net::SocketAddr = Settings::default().http.address.parse().unwrap();
    assert!(address.ip().is_loopback(), "{address}");
}
