//! What each step costs on the project's samples, pages and flat text apart:
//! decode, every stage on what the stages before it left, encode.
//!
//! `cargo bench --bench stages`, or one step with `-- repair`

mod samples;

use std::hint::black_box;

use copydesk::article::Article;
use copydesk::settings::{InputSettings, OutputSettings};
use copydesk::stage::{Deadline, StageName, Verdict};
use copydesk::stages;
use copydesk::transport::Headers;
use copydesk::wire::enriched::Encoder;
use copydesk::wire::raw::{Decoder, RawArticle};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::Value;

criterion_group!(steps, pages, flat_texts);
criterion_main!(steps);

fn pages(criterion: &mut Criterion) {
    bench(criterion, "pages", samples::samples().iter().filter(|sample| is_page(sample)));
}

fn flat_texts(criterion: &mut Criterion) {
    bench(criterion, "flat", samples::samples().iter().filter(|sample| !is_page(sample)));
}

fn is_page(sample: &Value) -> bool {
    sample["html"].is_string()
}

/// Times are of all the samples together; the throughput is in bytes of the
/// messages they came as.
fn bench<'a>(criterion: &mut Criterion, name: &str, samples: impl Iterator<Item = &'a Value>) {
    let payloads: Vec<Vec<u8>> = samples.map(|sample| sample.to_string().into_bytes()).collect();
    let mut group = criterion.benchmark_group(name);
    let bytes = payloads.iter().map(|payload| payload.len() as u64).sum();
    group.throughput(Throughput::Bytes(bytes));

    let decoder = Decoder::new(InputSettings::default());
    group.bench_function("decode", |bencher| {
        bencher.iter(|| black_box(decode(&decoder, &payloads)));
    });

    let mut raws = decode(&decoder, &payloads);
    for name in StageName::ALL {
        let stage = stages::named(name);
        let inputs: Vec<Article> = raws.iter().map(|raw| raw.article.clone()).collect();
        group.bench_function(name.as_str(), |bencher| {
            bencher.iter_batched_ref(
                || inputs.clone(),
                |articles| {
                    for article in articles {
                        black_box(stage.apply(article, &Deadline::never()));
                    }
                },
                BatchSize::LargeInput,
            );
        });
        // A rejected article goes no further.
        raws.retain_mut(|raw| stage.apply(&mut raw.article, &Deadline::never()) == Verdict::Keep);
    }

    let encoder = Encoder::new(OutputSettings::default());
    group.bench_function("encode", |bencher| {
        bencher.iter(|| {
            for raw in &raws {
                black_box(encoder.encode(raw, Verdict::Keep).expect("samples can be encoded"));
            }
        });
    });
    group.finish();
}

fn decode(decoder: &Decoder, payloads: &[Vec<u8>]) -> Vec<RawArticle> {
    payloads
        .iter()
        .map(|payload| decoder.decode(payload, &Headers::new()).expect("samples can be decoded"))
        .collect()
}
