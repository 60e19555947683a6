//! The proof page, asked as a browser asks it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use copydesk::desk::Desk;
use copydesk::explain::serve::{self, Proofs};
use copydesk::settings::{Secret, Settings};
use copydesk::telemetry::{Telemetry, http};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A page that is served until it is dropped.
pub(crate) struct Served {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

pub(crate) struct Answer {
    pub code: u16,
    head: String,
    pub body: String,
}

impl Served {
    fn new() -> Self {
        Self::with(&Settings::default())
    }

    pub fn with(settings: &Settings) -> Self {
        let proofs = Proofs::new(settings);
        proofs.open(Arc::new(Desk::new(settings)));
        Self::start(|listener| serve::serve(listener, proofs, std::future::pending()))
    }

    /// By a worker's admin port.
    fn by_worker(token: &str, proofs: Proofs) -> Self {
        let token = Secret(token.into());
        let stall = Duration::from_secs(60);
        Self::start(|listener| {
            http::serve(
                listener,
                Telemetry::default(),
                stall,
                token,
                proofs,
                None,
                std::future::pending(),
            )
        })
    }

    fn start<F>(serve: impl FnOnce(TcpListener) -> F) -> Self
    where
        F: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve(listener));
        Self { address, runtime: Some(runtime) }
    }

    fn get(&self, path: &str) -> Answer {
        ask(self.address, &format!("GET {path} HTTP/1.1"), "", b"")
    }

    /// Asks for the proof of a message by its place.
    pub fn message(&self, place: &str) -> Answer {
        ask(self.address, "POST /proof/message HTTP/1.1", "", place.as_bytes())
    }

    fn post(&self, headers: &str, article: &[u8]) -> Answer {
        ask(self.address, "POST /proof HTTP/1.1", headers, article)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn head(line: &str, headers: &str, length: usize) -> String {
    format!("{line}\r\nHost: x\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n")
}

fn ask(address: SocketAddr, line: &str, headers: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(head(line, headers, body.len()).as_bytes()).unwrap();
    // What is refused by its length is not read to its end.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head ends");
    let code = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { code, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

const FILES: [&str; 6] = [
    "/proof",
    "/proof/shell.js",
    "/proof/desk.js",
    "/proof/live.js",
    "/proof/shell.css",
    "/proof/page.css",
];

#[test]
fn the_page_has_nothing_inline_and_fetches_nothing_from_elsewhere() {
    let served = Served::new();
    for path in FILES {
        let answer = served.get(path);
        assert_eq!(answer.code, 200, "{path}");
        for header in [
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; ",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
        ] {
            assert!(answer.head.contains(header), "{path} has no {header}: {}", answer.head);
        }
        assert!(!answer.head.contains("unsafe"), "{path}: {}", answer.head);
        for forbidden in ["//fonts", "http://", "https://", "@import", "url(", "innerHTML", "eval("]
        {
            assert!(!answer.body.contains(forbidden), "{forbidden} in {path}");
        }
    }
    let page = served.get("/proof").body;
    for forbidden in ["<style", " style=", " onclick=", " onload=", "<script>"] {
        assert!(!page.contains(forbidden), "{forbidden} in\n{page}");
    }
    for path in &FILES[1..] {
        assert!(
            page.contains(&format!("\"{}\"", &path[1..])),
            "{path} is not asked for by\n{page}"
        );
    }
}

#[test]
fn an_article_comes_back_as_its_proof() {
    let served = Served::new();
    let page = std::fs::read("tests/articles/flat-furniture/raw.json").unwrap();
    let answer = served.post("Content-Type: application/json\r\n", &page);
    assert_eq!(answer.code, 200, "{}", answer.body);
    assert!(answer.head.contains("content-type: text/html"), "{}", answer.head);
    for part in
        ["<h1", "<del title=\"boilerplate.", "<th scope=\"row\">words</th>", "id=\"timings\""]
    {
        assert!(answer.body.contains(part), "no {part} in\n{}", answer.body);
    }
    let told = served.post("", b"<html><body><p>The ferry came late on Monday.</p></body></html>");
    assert!(told.body.contains("The ferry came late on Monday."), "{}", told.body);
    assert!(!told.body.contains("&lt;p&gt;"), "taken for text:\n{}", told.body);
}

/// Markup that would run, in every place of a page that a proof shows.
const HOSTILE: &str = "<html lang='\"><script>alert(1)</script>'><head>\
    <title>Ferry</title><script>alert(2)</script> late &lt;/h1&gt;&lt;script&gt;alert(3)&lt;/script&gt;</title>\
    <meta property='og:title' content='Ferry &lt;img src=x onerror=alert(4)&gt; late'>\
    <meta name='author' content='Ann &quot; onmouseover=&quot;alert(5)'>\
    <meta property='og:site_name' content='&lt;svg onload=alert(6)&gt;'>\
    <link rel='canonical' href='javascript:alert(7)'></head><body><article>\
    <h1>Ferry &lt;script&gt;alert(8)&lt;/script&gt; late</h1>\
    <p>The mayor, Ann &lt;b onclick=alert(9)&gt;Dahl, said on Monday: &ldquo;We have \
    &quot;&gt;&lt;iframe src=javascript:alert(10)&gt; waited for it.&rdquo;</p>\
    <p>It is &amp;lt;script&amp;gt;alert(11)&amp;lt;/script&amp;gt; said that it canÃ¢â‚¬â„¢t &lt;/del&gt;&lt;script&gt; sail.</p>\
    </article></body></html>";

#[test]
fn markup_in_an_article_stays_text() {
    let served = Served::new();
    let json: &[u8] = br#"{"url": "javascript:alert(1)//\"><script>alert(2)</script>",
        "title": "</h1><script>alert(3)</script>", "author": "\"><img src=x onerror=alert(4)>",
        "language": "en\" onload=\"alert(5)", "source": "<svg/onload=alert(6)>",
        "text": "The ferry <script>alert(7)</script> came late.\nIt isn\u00e2\u0080\u0099t \"'><img src=x onerror=alert(8)> here."}"#;
    let own = [
        "header",
        "section",
        "div",
        "p",
        "br",
        "span",
        "h1",
        "h2",
        "h3",
        "blockquote",
        "pre",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "bdi",
        "code",
        "label",
        "input",
        "del",
        "ins",
        "mark",
    ];
    for article in [HOSTILE.as_bytes(), json] {
        let answer = served.post("", article);
        assert_eq!(answer.code, 200, "{}", answer.body);
        assert!(answer.body.contains("alert("), "nothing hostile was shown:\n{}", answer.body);
        for tag in answer.body.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap();
            let name = tag.trim_start_matches('/').split(' ').next().unwrap();
            assert!(own.contains(&name), "<{tag}> in\n{}", answer.body);
            // Outside of quotes there is nothing of the article's.
            let bare: String = tag.split('"').step_by(2).collect();
            assert!(!bare.contains("alert") && !bare.contains(" on"), "<{tag}>");
        }
        assert!(!answer.body.contains("href="), "{}", answer.body);
    }
}

#[test]
fn what_cannot_be_shown_is_refused_with_its_reason() {
    let mut settings = Settings::default();
    settings.input.max_bytes = 1000;
    let served = Served::with(&settings);
    let empty = served.post("", b"  \n");
    assert_eq!(empty.code, 422, "{}", empty.body);
    assert!(empty.body.ends_with("it would be a dead letter\n"), "{}", empty.body);
    let broken = served.post("Content-Type: application/json\r\n", br#"{"text": <script>"#);
    assert_eq!(broken.code, 422, "{}", broken.body);
    assert!(broken.head.contains("content-type: text/plain"), "{}", broken.head);
    let long = served.post("", &[b'a'; 1001]);
    assert_eq!(long.code, 413, "{}", long.body);
    assert!(long.body.contains("1000 bytes"), "{}", long.body);
    let sent_elsewhere = served.post("Sec-Fetch-Site: cross-site\r\n", b"The ferry came late.");
    assert_eq!(sent_elsewhere.code, 403);
    let sent_here = served.post("Sec-Fetch-Site: same-origin\r\n", b"The ferry came late.");
    assert_eq!(sent_here.code, 200);
}

#[test]
fn no_more_than_four_articles_are_let_in_at_once() {
    let served = Served::new();
    let article = b"The ferry came late.";
    let slow: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = TcpStream::connect(served.address).unwrap();
            let head = head("POST /proof HTTP/1.1", "Expect: 100-continue\r\n", article.len());
            stream.write_all(head.as_bytes()).unwrap();
            // It is asked for the article when it has been let in.
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"HTTP/1.1 100");
            stream
        })
        .collect();
    assert_eq!(served.post("", article).code, 503);
    for mut stream in slow {
        stream.write_all(article).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("HTTP/1.1 200"), "{answer}");
    }
    assert_eq!(served.post("", article).code, 200);
}

#[test]
fn a_worker_takes_articles_from_who_bears_its_token() {
    let settings = Settings::default();
    let proofs = Proofs::new(&settings);
    let served = Served::by_worker("harbour", proofs.clone());
    let article = b"The ferry came late.";
    let bearer = "Authorization: Bearer harbour\r\n";
    for path in FILES {
        assert_eq!(served.get(path).code, 200, "{path}");
    }
    assert_eq!(served.post("", article).code, 401);
    assert_eq!(served.post("Authorization: Bearer harbor\r\n", article).code, 401);
    assert_eq!(served.post(bearer, article).code, 503, "there is no desk yet");
    proofs.open(Arc::new(Desk::new(&settings)));
    let answer = served.post(bearer, article);
    assert_eq!(answer.code, 200);
    assert!(answer.body.contains("The ferry came late."), "{}", answer.body);
}

#[test]
fn the_command_serves_this_machine_alone_until_told_to_stop() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args(["explain", "--serve"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(command.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("http://").and_then(|it| it.strip_suffix("/proof"));
    let address: SocketAddr = address.expect(&line).parse().unwrap();
    assert!(address.ip().is_loopback(), "{address}");
    let code = ask(address, "POST /proof HTTP/1.1", "", b"The ferry came late.").code;
    let redirected = ask(address, "GET / HTTP/1.1", "", b"");
    // A browser keeps connections that it says nothing on; none holds up the end.
    let mut silent = TcpStream::connect(address).unwrap();
    silent.write_all(b"POST /proof HTTP/1.1\r\nContent-Length: 9\r\n").unwrap();
    let told = Command::new("kill").arg(command.id().to_string()).status().unwrap();
    assert!(told.success());
    assert_eq!(command.wait().unwrap().code(), Some(0));
    assert_eq!(code, 200);
    assert!(redirected.head.contains("location: /proof"), "{}", redirected.head);
}
