//! What the tag stage costs an article of 4 KB, beside a plain copy of the same bytes: the
//! ratio holds on any machine, the articles a second on this one.
//!
//! `cargo bench --bench tags`, on the project's samples; on articles of yours, separated
//! by U+001E, with `COPYDESK_BENCH_NEWS=FILE`.

mod samples;

use std::hint::black_box;

use copydesk::article::{Article, ClueSource, Fact};
use copydesk::stage::{Deadline, StageName};
use copydesk::stages;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

criterion_group!(tags, whole_stage);
criterion_main!(tags);

const ARTICLE_BYTES: usize = 4096;
/// So many that one is like another.
const ARTICLES: usize = 100;

fn whole_stage(criterion: &mut Criterion) {
    let texts = texts();
    let mut group = criterion.benchmark_group("tag");
    group.throughput(Throughput::Elements(texts.len() as u64)).sample_size(20);
    group.bench_function("copy", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                black_box(black_box(text).clone());
            }
        });
    });
    let stage = stages::named(StageName::Tag);
    let articles: Vec<Article> = texts.iter().map(|text| article(text)).collect();
    group.bench_function("articles of 4 KB", |bencher| {
        bencher.iter_batched_ref(
            || articles.clone(),
            |articles| {
                for article in articles {
                    black_box(stage.apply(article, &Deadline::never()));
                }
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn article(text: &str) -> Article {
    let mut article = Article::from_text(text);
    let title = text.lines().next().unwrap_or_default();
    article.evidence.add(Fact::Title, ClueSource::Message, title);
    article.evidence.add(Fact::Author, ClueSource::Message, "By Ada Quill, Staff Writer");
    article.evidence.add(Fact::Published, ClueSource::Message, "2024-05-06T10:00:00Z");
    article.url = Some("https://www.daily.example/news/2024/05/06/article".into());
    article
}

/// Whole paragraphs of news, of all articles in turn, up to 4 KB each.
fn texts() -> Vec<String> {
    let news: Vec<String> = match std::env::var_os("COPYDESK_BENCH_NEWS") {
        Some(path) => {
            let file = std::fs::read_to_string(path).expect("the file of articles can be read");
            file.split('\u{1e}').map(|text| text.trim().to_owned()).collect()
        }
        None => samples::samples()
            .iter()
            .filter_map(|sample| sample["text"].as_str().map(str::to_owned))
            .collect(),
    };
    let mut paragraphs = news.iter().flat_map(|text| text.lines()).cycle();
    (0..ARTICLES)
        .map(|_| {
            let mut text = String::new();
            while text.len() < ARTICLE_BYTES {
                text.push_str(paragraphs.next().expect("samples have paragraphs"));
                text.push('\n');
            }
            text.truncate(text.floor_char_boundary(ARTICLE_BYTES));
            text
        })
        .collect()
}
