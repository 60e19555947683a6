//! Articles go by, and a collector is there, or is not.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use copydesk::desk::{Desk, Outcome};
use copydesk::settings::Settings;
use copydesk::telemetry::metrics::Exposition;
use copydesk::telemetry::{Telemetry, events};
use copydesk::transport::{Delivery, Headers, Lane, Receipt};

use super::collector::{Collector, Span};
use super::origin;

const PATIENCE: Duration = Duration::from_secs(30);
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const UNSAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

fn settings(endpoint: &str, sampled_share: f64) -> Settings {
    let mut settings = Settings::default();
    settings.traces.endpoint = endpoint.into();
    settings.traces.sampled_share = sampled_share;
    settings
}

fn delivery(offset: i64, payload: &str, traceparent: Option<&str>) -> Delivery {
    let header = |value: &str| ("traceparent".to_owned(), Some(value.as_bytes().to_vec()));
    Delivery {
        key: None,
        payload: Some(payload.into()),
        headers: traceparent.map(header).into_iter().collect(),
        timestamp_millis: None,
        origin: origin(offset),
        receipt: Receipt { lane: Lane(0), epoch: 0, offset },
    }
}

/// As the worker reports an article that goes well.
fn pass(telemetry: &Telemetry, desk: &Desk, delivery: &Delivery) -> Outcome {
    events::taken(telemetry, delivery);
    let outcome = desk.edit(delivery);
    events::computed(telemetry, delivery, &outcome);
    events::judged(telemetry, delivery, &outcome);
    events::completed(telemetry, delivery, outcome.kind());
    outcome
}

fn traceparent(headers: &Headers) -> Option<String> {
    let mut found = headers.iter().filter(|(name, _)| name == "traceparent");
    let (_, value) = found.next()?;
    assert!(found.next().is_none(), "one too many");
    Some(String::from_utf8(value.clone().unwrap()).unwrap())
}

const ARTICLE: &str = r#"{"text": "The bridge reopened on Monday, and the mayor crossed it."}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_receives_an_articles_spans() {
    let collector = Collector::start();
    let settings = settings(&collector.endpoint, 0.0);
    let telemetry = Telemetry::of(&settings);
    let desk = Desk::new(&settings).traced(telemetry.tracer.clone());
    let outcome = pass(&telemetry, &desk, &delivery(7, ARTICLE, Some(PARENT)));
    pass(&telemetry, &desk, &delivery(8, "{", Some(PARENT)));
    // Neither their sender nor the share asks for these.
    let unsampled = pass(&telemetry, &desk, &delivery(9, ARTICLE, Some(UNSAMPLED)));
    pass(&telemetry, &desk, &delivery(10, ARTICLE, None));
    let example = telemetry.scrape(Exposition::OpenMetrics).unwrap();
    let tracer = telemetry.tracer.clone();
    tokio::task::spawn_blocking(move || tracer.close()).await.unwrap();
    let mut spans: Vec<Span> =
        (0..7).map(|_| collector.spans.recv_timeout(PATIENCE).expect("a span in time")).collect();
    assert!(collector.spans.try_recv().is_err(), "more spans than were asked for");

    assert!(spans.iter().all(|span| span.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"));
    let dead = spans.iter().position(|span| {
        span.attributes.get("copydesk.outcome").is_some_and(|it| it == "dead_letter")
    });
    let dead = spans.remove(dead.expect("the dead letter's span"));
    assert_eq!(dead.attributes["messaging.kafka.offset"], "8");
    let article = spans.iter().position(|span| span.name == "article").expect("the article's span");
    let article = spans.remove(article);
    assert_eq!((article.parent.as_str(), article.kind), ("00f067aa0ba902b7", 5));
    assert_eq!(article.attributes["messaging.destination.name"], "articles.raw");
    assert_eq!(article.attributes["messaging.kafka.offset"], "7");
    assert_eq!(article.attributes["copydesk.outcome"], "enriched");
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["decode", "boilerplate", "repair", "tag", "encode"]);
    for span in &spans {
        assert_eq!(span.parent, article.span_id, "{}", span.name);
        assert!(article.start <= span.start && span.end <= article.end, "{span:?} in {article:?}");
    }
    assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{spans:?}");

    let named = traceparent(&outcome.outbound().unwrap().headers).unwrap();
    assert_eq!(named, format!("00-{}-{}-01", article.trace_id, article.span_id));
    let passed_on = traceparent(&unsampled.outbound().unwrap().headers);
    assert_eq!(passed_on.as_deref(), Some(UNSAMPLED), "not ours, so left alone");
    assert!(example.contains("trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\""), "no exemplar");
}

/// A collector that takes connections and never answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_down_costs_spans_and_no_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let settings = settings(&endpoint, 1.0);
    let telemetry = Telemetry::of(&settings);
    let untraced = Telemetry::default();
    let desk = Desk::new(&settings);
    let traced_desk = Desk::new(&settings).traced(telemetry.tracer.clone());
    desk.warm_up();
    // Many times what the queue holds, both ways in turns.
    let mut times = [Duration::ZERO; 2];
    for offset in 0..4_000 {
        let article = delivery(offset, ARTICLE, None);
        for (time, (telemetry, desk)) in
            times.iter_mut().zip([(&telemetry, &traced_desk), (&untraced, &desk)])
        {
            let started = Instant::now();
            pass(telemetry, desk, &article);
            *time += started.elapsed();
        }
    }
    assert!(times[0] < times[1] * 2, "traced {:?}, untraced {:?}", times[0], times[1]);
    let started = Instant::now();
    let tracer = telemetry.tracer.clone();
    tokio::task::spawn_blocking(move || tracer.close()).await.unwrap();
    assert!(started.elapsed() < PATIENCE, "the end is bounded too");
}
