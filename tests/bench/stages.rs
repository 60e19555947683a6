//! What each step costs on the project's samples, pages and flat text apart:
//! decode, every stage on what the stages before it left, encode.
//!
//! Beside these, what the memory of sites costs an article.
//!
//! `cargo bench --bench stages`, or one step with `-- repair`

mod samples;

use std::hint::black_box;
use std::sync::Arc;

use copydesk::article::Article;
use copydesk::settings::{InputSettings, OutputSettings};
use copydesk::site::{
    Address, Bounds, LocalMemory, MOST_BLOCKS, MOST_PARAGRAPHS, PLACES, Page, PageId, Shown,
    SiteMemory, SiteView, Wording,
};
use copydesk::stage::{Deadline, StageName, Verdict};
use copydesk::stages;
use copydesk::transport::Headers;
use copydesk::wire::enriched::Encoder;
use copydesk::wire::raw::{Decoder, RawArticle};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::Value;

criterion_group!(steps, pages, flat_texts, site_memory);
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

    let view = full_site(&payloads, &decoder);
    let mut inputs: Vec<Article> =
        decode(&decoder, &payloads).into_iter().map(|raw| raw.article).collect();
    inputs.iter_mut().for_each(|article| article.site = Some(view.clone()));
    let stage = stages::named(StageName::Boilerplate);
    group.bench_function("boilerplate with site memory", |bencher| {
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

/// A site whose every place is taken, by pages like these.
fn full_site(payloads: &[Vec<u8>], decoder: &Decoder) -> SiteView {
    let stage = stages::named(StageName::Boilerplate);
    let mut shown = Vec::new();
    for raw in decode(decoder, payloads) {
        let mut article = raw.article;
        article.site = Some(SiteView::learning());
        stage.apply(&mut article, &Deadline::never());
        shown.extend(article.shown);
    }
    let pages = (0..).zip(shown.iter().cycle().cloned()).take(PLACES);
    SiteView::new(pages.map(|(id, shown)| Arc::new(Page::new(PageId(id), shown))).collect())
}

/// What an article costs beside its stages: the view of its site, and learning its page.
fn site_memory(criterion: &mut Criterion) {
    let memory = LocalMemory::new(Bounds { hosts: 10_000, bytes: usize::MAX });
    let address = |number: usize| {
        let url = format!("https://news-{}.example/{number}", number % 1_000);
        Address::of(&url).expect("it names a host")
    };
    let shown = |number: usize| {
        let exact = |at: usize| Wording::exact(&format!("{number} {at}"));
        Shown::new((0..MOST_BLOCKS).map(exact).collect(), (0..MOST_PARAGRAPHS).map(exact).collect())
    };
    let pages: Vec<(Address, Shown)> =
        (0..100_000).map(|number| (address(number), shown(number))).collect();
    for (address, shown) in &pages {
        memory.learn(address, shown.clone());
    }
    let mut group = criterion.benchmark_group("site memory");
    let mut asked = pages.iter().cycle();
    group.bench_function("view", |bencher| {
        bencher.iter_batched(
            || &asked.next().expect("it goes on for ever").0,
            |address| black_box(memory.view(address)),
            BatchSize::SmallInput,
        );
    });
    let mut learned = pages.iter().cycle();
    group.bench_function("learn", |bencher| {
        bencher.iter_batched(
            || learned.next().expect("it goes on for ever").clone(),
            |(address, shown)| memory.learn(&address, shown),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn decode(decoder: &Decoder, payloads: &[Vec<u8>]) -> Vec<RawArticle> {
    payloads
        .iter()
        .map(|payload| decoder.decode(payload, &Headers::new()).expect("samples can be decoded"))
        .collect()
}
