//! What the repair stage costs, by what it has to do, beside a plain validation of
//! the same text as UTF-8: the ratio holds on any machine.
//!
//! - characters: clean text and mixed text, in which every ninth paragraph is damaged;
//! - the whole stage: clean news, and news that a synonym spinner wrote.
//!
//! `cargo bench --bench repair`, on the project's samples; on articles of yours,
//! separated by U+001E, with `COPYDESK_BENCH_NEWS=FILE` and `COPYDESK_BENCH_SPUN=FILE`.

mod samples;

use std::hint::black_box;

use copydesk::article::{Article, ClueSource, Fact, Flag};
use copydesk::stage::{Deadline, Stage};
use copydesk::stages::repair::{Repair, SpunMode};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

criterion_group!(repair, characters, whole_stage);
criterion_main!(repair);

/// Articles are repeated up to so many bytes, that one is like another.
const BYTES: usize = 1 << 20;

fn characters(criterion: &mut Criterion) {
    let clean = articles("COPYDESK_BENCH_NEWS", is_clean).join("\n\n");
    let mixed: Vec<String> =
        clean.split("\n\n").enumerate().map(|(at, text)| damaged(at, text)).collect();
    for (name, text) in [("clean", clean), ("mixed", mixed.join("\n\n"))] {
        let mut group = criterion.benchmark_group(format!("characters/{name}"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("validation", |bencher| {
            bencher.iter(|| black_box(std::str::from_utf8(black_box(text.as_bytes())).is_ok()));
        });
        // Of the clues, only the characters are mended.
        let mut article = Article::default();
        article.evidence.add(Fact::Description, ClueSource::Message, text);
        bench(&mut group, &Repair::new(SpunMode::Off), &[article]);
        group.finish();
    }
}

fn whole_stage(criterion: &mut Criterion) {
    let spun = articles("COPYDESK_BENCH_SPUN", is_spun);
    for (name, texts) in [("clean", articles("COPYDESK_BENCH_NEWS", is_clean)), ("spun", spun)] {
        let mut group = criterion.benchmark_group(format!("whole stage/{name}"));
        group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
        group.bench_function("validation", |bencher| {
            bencher.iter(|| texts.iter().all(|text| std::str::from_utf8(text.as_bytes()).is_ok()));
        });
        let articles: Vec<Article> = texts.into_iter().map(Article::from_text).collect();
        bench(&mut group, &Repair::default(), &articles);
        group.finish();
    }
}

type Group<'c> = criterion::BenchmarkGroup<'c, criterion::measurement::WallTime>;

fn bench(group: &mut Group, stage: &Repair, articles: &[Article]) {
    group.sample_size(20).bench_function("repair", |bencher| {
        bencher.iter_batched_ref(
            || articles.to_vec(),
            |articles| {
                for article in articles {
                    black_box(stage.apply(article, &Deadline::never()));
                }
            },
            BatchSize::LargeInput,
        );
    });
}

/// Those of the file that the variable names, or the samples'.
fn articles(variable: &str, is_wanted: fn(&Article) -> bool) -> Vec<String> {
    let texts: Vec<String> = match std::env::var_os(variable) {
        Some(path) => {
            let file = std::fs::read_to_string(path).expect("the file of articles can be read");
            file.split('\u{1e}').map(|text| text.trim().to_owned()).collect()
        }
        None => samples::samples()
            .into_iter()
            .filter_map(|sample| sample["text"].as_str().map(str::to_owned))
            .filter(|text| is_wanted(&repaired(text)))
            .collect(),
    };
    let mut bytes = 0;
    let all = texts.iter().cycle().take_while(|text| {
        bytes += text.len().max(1);
        bytes < BYTES
    });
    all.cloned().collect()
}

fn repaired(text: &str) -> Article {
    let mut article = Article::from_text(text);
    Repair::default().apply(&mut article, &Deadline::never());
    article
}

fn is_spun(article: &Article) -> bool {
    article.flags.contains(&Flag::SpunText)
}

fn is_clean(article: &Article) -> bool {
    article.body().log().is_empty()
}

/// Every ninth paragraph as it comes out when UTF-8 is read in Windows-1252, and
/// with an escaped entity and an invisible character.
fn damaged(at: usize, text: &str) -> String {
    if !at.is_multiple_of(9) {
        return text.to_owned();
    }
    let misread: String =
        text.chars().map(|c| if c == '’' { "â€™".to_owned() } else { c.to_string() }).collect();
    format!("{misread} It isnâ€™t a cafÃ© &amp; bar\u{ad} any\u{200b}more.")
}
