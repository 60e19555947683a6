//! What an article may take: time and memory end where they are to end, whatever the
//! article is made of.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use copydesk::allocation;
use copydesk::article::Article;
use copydesk::error::PipelineError;
use copydesk::pipeline::Pipeline;
use copydesk::stage::{Deadline, StageName};
use copydesk::stages;

use super::hostile_pages::{SHAPES, Shape, TEXTS};

const BYTES: usize = 150_000;

fn edit(mut article: Article, deadline: &Deadline) {
    for name in StageName::ALL {
        stages::named(name).apply(&mut article, deadline);
    }
}

#[test]
fn a_deadline_ends_the_work_on_a_page_soon_after_it_has_passed() {
    assert_soon(SHAPES, |page, deadline| edit(Article::from_html(page), deadline));
}

#[test]
fn a_deadline_ends_the_work_on_a_text_soon_after_it_has_passed() {
    assert_soon(TEXTS, |text, deadline| edit(Article::from_text(text), deadline));
}

/// Wherever in the work the deadline passes, there is no long way to the next look at it.
/// A long way is a good part of all the work, so that the speed of the machine is none of
/// it.
fn assert_soon(shapes: &[(&str, Shape)], work: impl Fn(&str, &Deadline)) {
    const LONG: f64 = 0.25;
    /// Nothing so short is long.
    const STEADY: Duration = Duration::from_millis(20);
    /// A neighbour that takes the processor at the wrong moment does so only now and then.
    const TRIES: usize = 6;
    let mut late = Vec::new();
    for (name, shape) in shapes {
        let input = shape(BYTES);
        let timed = |deadline: Deadline| {
            let started = processor_time();
            let ended = catch_unwind(AssertUnwindSafe(|| work(&input, &deadline)));
            (processor_time() - started, ended.is_ok())
        };
        for share in [0.05, 0.2, 0.4, 0.6, 0.8] {
            let overruns = (0..TRIES).map(|_| {
                let (whole, done) = timed(Deadline::never());
                assert!(done, "{name}");
                let limit = whole.mul_f64(share);
                let (took, _) = timed(Deadline::after(limit));
                let allowed = limit + whole.mul_f64(LONG) + STEADY;
                (took > allowed)
                    .then(|| took.saturating_sub(limit).as_secs_f64() / whole.as_secs_f64())
            });
            let overruns: Vec<f64> = overruns.map_while(|overrun| overrun).collect();
            if overruns.len() == TRIES {
                let least = overruns.iter().copied().fold(f64::INFINITY, f64::min);
                late.push(format!("{name}: at {share} of the work, {least:.2} of it too long"));
            }
        }
    }
    assert!(late.is_empty(), "no look at the deadline for long:\n{}", late.join("\n"));
}

/// This thread's, which is what a deadline goes by.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

#[test]
fn an_article_that_takes_too_much_memory_is_given_up() {
    const BUDGET: usize = 2 << 20;
    let all = || StageName::ALL.map(stages::named).into_iter().collect();
    let pipeline = Pipeline::new(all(), None).within(BUDGET);
    // What is loaded on first use is not to count.
    let warm = Pipeline::new(all(), None).run(&mut Article::from_text("The ferry is back."));
    warm.expect("without limits all is done");
    let small = "<p>The ferry is back at the old pier, and was missed by all.</p>".repeat(20);
    pipeline.run(&mut Article::from_html(small)).expect("an ordinary page fits");
    for wanted in ["headings", "unclosed paragraphs"] {
        let (_, shape) = SHAPES.iter().find(|(name, _)| *name == wanted).expect("it is there");
        let mut article = Article::from_html(shape(1 << 20));
        let before = allocation::held();
        let error = pipeline.run(&mut article).expect_err("it takes many times its size");
        drop(article);
        assert_eq!(
            error,
            PipelineError::MemoryExceeded { stage: StageName::Boilerplate, limit: BUDGET },
            "{wanted}"
        );
        // All of it is given back, so that the next article has as much.
        assert!(allocation::held() - before < 1 << 20, "{wanted}");
        pipeline.run(&mut Article::from_text("The ferry is back.")).expect("the next one fits");
    }
}

#[test]
fn memory_is_counted_by_thread() {
    let before = allocation::held();
    let kept = vec![1u8; 1 << 20];
    assert!(allocation::held() - before >= 1 << 20);
    let elsewhere = std::thread::spawn(|| {
        let before = allocation::held();
        drop(vec![1u8; 1 << 20]);
        allocation::held() - before
    });
    assert_eq!(elsewhere.join().expect("it ends well"), 0);
    drop(kept);
    assert!(allocation::held() - before < 1 << 10);
}
