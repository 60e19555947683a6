//! Pages made to cost time, memory or stack. How long one takes is no test; that
//! four times the page takes about four times as long is.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use copydesk::article::Article;
use copydesk::stage::{Deadline, Stage, StageName};
use copydesk::stages;
use copydesk::stages::boilerplate::Boilerplate;

/// A page of about so many bytes.
pub type Shape = fn(usize) -> String;

fn filled(bytes: usize, part: &str) -> String {
    part.repeat(bytes / part.len() + 1)
}

fn numbered(bytes: usize, part: impl Fn(usize) -> String) -> String {
    let mut page = String::with_capacity(bytes + 64);
    for number in 0.. {
        if page.len() >= bytes {
            break;
        }
        page += &part(number);
    }
    page
}

pub const SHAPES: &[(&str, Shape)] = &[
    ("paragraphs", |n| {
        filled(n, "<p>The council met on Tuesday, and nine of fifteen voted for the pier.</p>\n")
    }),
    ("one paragraph", |n| format!("<p>{}</p>", filled(n, "The ferry is back, and was missed. "))),
    ("one word", |n| format!("<p>{}</p>", filled(n, "ferry"))),
    ("nested and closed", |n| "<div>".repeat(n / 11) + "deep" + &"</div>".repeat(n / 11)),
    ("nested and unclosed", |n| filled(n, "<div>")),
    ("unclosed paragraphs", |n| filled(n, "<p>ferry ")),
    ("unclosed and misnested", |n| filled(n, "<b><p><i><a href=x>pier<table><td>")),
    ("formatting to open anew", |n| numbered(n, |number| format!("<p><b id={number}>x</p>"))),
    ("formatting in formatting", |n| numbered(n, |number| format!("<b id={number}><i><p>"))),
    ("tables in links", |n| filled(n, "<a><table><td>")),
    ("text outside of cells", |n| filled(n, "<table>x<tr>")),
    ("a long class", |n| format!("<p class='{}'>ferry</p>", filled(n, "lead "))),
    ("a long style", |n| format!("<p style='{}'>ferry</p>", filled(n, "a:b;"))),
    ("many attributes", |n| {
        format!("<p {}>ferry</p>", numbered(n, |number| format!("a{number}=1 ")))
    }),
    ("many bodies", |n| numbered(n, |number| format!("<body a{number}=1>"))),
    ("unclosed quotes", |n| filled(n, "<a href=\"x ")),
    ("angle brackets", |n| filled(n, "<")),
    ("ampersands", |n| format!("<p>{}", filled(n, "&amp&#x"))),
    ("unclosed comment", |n| format!("<p>ferry<!--{}", filled(n, "<p>"))),
    ("unclosed scripts", |n| filled(n, "<script \"")),
    ("data in lists in lists", |n| {
        let list = format!("{}\"ferry \"{},", "[".repeat(100), "]".repeat(100));
        let title = "The ferry to the island is back again";
        format!(
            "<title>{title}</title><script>x={{\"t\":\"{title}\",\"b\":[{}0]}}</script>",
            filled(n, &list)
        )
    }),
    ("a stated body that is not shown", |n| {
        let sentence = "The council met on Tuesday, and nine of fifteen voted for the pier. ";
        format!(
            "<script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"articleBody\":\"{}\"}}</script>\
             <p>{}</p>",
            filled(n / 2, sentence),
            filled(n / 2, "A ferry in the harbour is a fine thing to see. ")
        )
    }),
    ("data that does not begin", |n| format!("<script>{}</script>", filled(n, "x={ ("))),
    ("scripts in scripts", |n| filled(n, "<script><!--") + "</script>"),
    ("templates and drawings", |n| filled(n, "<template><svg><p>")),
    ("times in times", |n| "<time>".repeat(500) + &filled(n, "noon <b></b>")),
    ("authors in authors", |n| "<span itemprop=author>".repeat(500) + &filled(n, "<b></b>")),
    ("names in names", |n| "<div class=comments>".repeat(400) + &filled(n, "<p>x")),
    ("links", |n| filled(n, "<li><a href=/x>Council agrees on pier</a>")),
    ("headings", |n| filled(n, "<h1>404</h1>")),
    ("titles stated", |n| {
        let titles = filled(n / 2, "\"The ferry is back\",");
        format!(
            "<script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"headline\":[{titles}\"x\"]}}\
             </script>{}",
            filled(n / 2, "<p>The ferry")
        )
    }),
    ("nested data", |n| {
        format!("<script type=application/ld+json>{}</script><p>ferry", filled(n, "[{\"@graph\":"))
    }),
    ("line breaks", |n| format!("<p>x{}", filled(n, "<br>"))),
    ("blank text", |n| format!("<p>x{}", filled(n, " \u{a0}\n"))),
];

/// Nanoseconds on the processor, where the system tells, so that what else the
/// machine does counts for less.
fn cost(work: impl FnOnce()) -> f64 {
    let spent = || {
        let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        schedule.split(' ').next()?.parse::<f64>().ok()
    };
    let (before, started) = (spent(), Instant::now());
    work();
    match (before, spent()) {
        (Some(before), Some(after)) => after - before,
        _ => started.elapsed().as_nanos() as f64,
    }
}

/// Text that came flat, for all stages.
pub const TEXTS: &[(&str, Shape)] = &[
    ("paragraphs", |n| {
        filled(
            n,
            "The council met on Tuesday, said Ada Marsh, and nine of fifteen voted for it.\n\n",
        )
    }),
    ("one line", |n| filled(n, "The ferry is back, and was missed. ")),
    ("one word", |n| filled(n, "ferry")),
    ("short lines", |n| filled(n, "Ferry\n")),
    ("broken lines", |n| filled(n, "the ferry\n, which\n")),
    ("wrapped lines", |n| {
        filled(n, "The ferry is back at the old pier, and was missed by all of its\n")
    }),
    ("blank lines", |n| format!("Ferry{}back", filled(n, "\n \t\n"))),
    ("doubled words", |n| filled(n, "the the ferry is is back ")),
    ("quotes", |n| filled(n, "“We are ready,” said Ada Marsh. “It is time.” ")),
    ("opening quotes", |n| filled(n, "“‘\"„«")),
    ("names", |n| numbered(n, |number| format!("Ada Marsh{number} said so. "))),
    ("dates", |n| filled(n, "4 March 2031 08:15 ")),
    ("mojibake", |n| filled(n, "cafÃ© â€œpierâ€\u{9d} ")),
    ("entities", |n| filled(n, "&amp;amp;amp;#x")),
    ("accents", |n| format!("e{}", filled(n, "\u{301}"))),
    ("spun", |n| filled(n, "Secretary-Basic Marit informed a information convention. ")),
    ("notices", |n| filled(n, "Correction: an earlier version said nine.\n")),
    ("bylines", |n| format!("By {}", filled(n, "Ada Marsh, Per Lund and "))),
];

#[test]
fn four_times_the_page_takes_about_four_times_as_long() {
    let strip = |page: &str| {
        Boilerplate::default().apply(&mut Article::from_html(page), &Deadline::never());
    };
    assert_proportion(SHAPES, 100_000, strip);
}

#[test]
fn four_times_the_text_takes_about_four_times_as_long() {
    let edit = |text: &str| {
        let mut article = Article::from_text(text);
        for name in StageName::ALL {
            stages::named(name).apply(&mut article, &Deadline::never());
        }
    };
    assert_proportion(TEXTS, 25_000, edit);
}

fn assert_proportion(shapes: &[(&str, Shape)], bytes: usize, work: impl Fn(&str)) {
    // Sixteen times would be quadratic.
    const MOST: f64 = 9.0;
    // Below this, what an article costs whatever its size is most of it.
    const STEADY: f64 = 2e6;
    const TRIES: usize = 4;
    let mut slow = Vec::new();
    for (name, shape) in shapes {
        let least = |bytes: usize| {
            let input = shape(bytes);
            let costs = (0..3).map(|_| cost(|| work(&input)));
            costs.fold(f64::INFINITY, f64::min)
        };
        // A neighbour that fills the caches in the wrong moment does so only once or twice.
        let tries: Vec<(f64, f64)> = (0..TRIES)
            .map(|_| (least(bytes), least(4 * bytes)))
            .take_while(|(small, large)| *large > small.max(STEADY) * MOST)
            .collect();
        if tries.len() == TRIES {
            let (small, large) = tries[0];
            slow.push(format!("{name}: {:.1} ms, then {:.1} ms", small / 1e6, large / 1e6));
        }
    }
    assert!(slow.is_empty(), "more than in proportion:\n{}", slow.join("\n"));
}

/// An overflow would end the process, and with it the test.
#[test]
fn depth_costs_no_stack() {
    const STACK: usize = 256 * 1024;
    const DEPTH: usize = 100_000;
    let work = || {
        for (open, close) in [
            ("<div>", "</div>"),
            ("<b>", "</b>"),
            ("<table><td>", "</td></table>"),
            ("<ul><li>", ""),
            ("<blockquote><p>", ""),
        ] {
            let page = format!("{}The ferry is back.{}", open.repeat(DEPTH), close.repeat(DEPTH));
            let mut article = Article::from_html(page);
            for name in StageName::ALL {
                stages::named(name).apply(&mut article, &Deadline::never());
            }
            assert!(
                article.body().original().expect("the log fits").contains("The ferry is back.")
            );
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    thread.expect("a thread starts").join().expect("it ends well");
}

#[test]
fn what_stands_deep_in_a_page_or_behind_what_is_odd_is_read() {
    let sentence = "The council agreed on Tuesday to rebuild the old ferry pier before the storms.";
    for before in [
        "<div>".repeat(100_000),
        "<p><b><i>".repeat(50),
        format!("<p {}>", numbered(100_000, |number| format!("a{number}=1 "))),
        format!("<p class='{}'>", "lead ".repeat(100_000)),
        format!("<p data-x='{}' title=\"a > b\">", "x=\"y\" ".repeat(1_000)),
        "<p title='a > b' ".to_owned() + &"hidden-not=1 ".repeat(1_000) + ">",
    ] {
        let mut article = Article::from_html(format!("{before}{sentence}</p>"));
        Boilerplate::default().apply(&mut article, &Deadline::never());
        let original = article.body().original().expect("the log fits");
        assert_eq!(original, sentence, "behind {}", &before[..before.len().min(60)]);
    }
}

/// The default limit, raised.
const LARGE: &str = "input.max_bytes=33554432";

/// What `copydesk process` makes of pages with so much address space.
#[cfg(target_os = "linux")]
fn process(kilobytes: usize, setting: &str, pages: &[PathBuf]) -> Output {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("ulimit -v {kilobytes}; exec \"$0\" \"$@\""));
    shell.arg(env!("CARGO_BIN_EXE_copydesk")).args(["process", "--format", "html"]);
    shell.args(["--threads", "1", "--set", setting]).args(pages);
    shell.stdout(Stdio::null()).output().expect("the shell starts")
}

fn written(folder: &Path, shapes: &[&str], bytes: usize) -> Vec<PathBuf> {
    let write = |wanted: &&str| {
        let (name, shape) = SHAPES.iter().find(|(name, _)| name == wanted).expect("it is there");
        let path = folder.join(format!("{name}.html"));
        std::fs::write(&path, shape(bytes)).expect("there is room");
        path
    };
    shapes.iter().map(write).collect()
}

/// A hundred times the page, of address space. Half a gigabyte is used.
#[cfg(target_os = "linux")]
#[test]
fn a_page_of_20_mb_is_done_in_bounded_memory() {
    const KILOBYTES: usize = 2 << 20;
    let folder = tempfile::tempdir().expect("there is room");
    let dearest = ["paragraphs", "unclosed paragraphs", "headings", "formatting to open anew"];
    let pages = written(folder.path(), &dearest, 20 << 20);
    // By default such a page is refused for its size.
    let refused = process(KILOBYTES, "worker.threads=1", &pages);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{told}");
    assert_eq!(told.matches("exceeds the limit").count(), pages.len(), "{told}");
    // Where it is not, it is done, or its time is up, or what comes of it is too
    // large: memory does not run out, and nothing panics.
    let done = process(KILOBYTES, LARGE, &pages);
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(matches!(done.status.code(), Some(0 | 1)), "{:?}: {told}", done.status);
    assert!(!told.contains("panicked"), "{told}");
}

/// The parser has a warning for every cell that is out of place.
#[cfg(target_os = "linux")]
#[test]
fn the_faults_of_a_page_do_not_fill_the_log() {
    let folder = tempfile::tempdir().expect("there is room");
    let pages = written(folder.path(), &["text outside of cells"], 100_000);
    let done = process(1 << 20, LARGE, &pages);
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
}
