//! Every rule against its fixture, `tests/rules/<stage>/<group>.<rule>.toml`:
//!
//! ```toml
//! [[case]]
//! name = "what it shows"
//! in = "text"                # or html = "<p>page</p>"
//! out = "text"               # or unchanged = true
//! others = ["text", …]       # optional: other pages of the article's site, as `in` or `html`
//! known_failure = true       # optional: must fail, so that a mend is noticed
//! ```
//!
//! A case runs through the rule's whole stage. A case with `out` must also name
//! the rule in its log.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk::article::Article;
use copydesk::edit::RuleId;
use copydesk::site::{Page, PageId, SiteView};
use copydesk::stage::{Deadline, Stage, StageName};
use copydesk::stages;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    r#in: Option<String>,
    html: Option<String>,
    out: Option<String>,
    #[serde(default)]
    unchanged: bool,
    #[serde(default)]
    others: Vec<String>,
    #[serde(default)]
    known_failure: bool,
}

fn fixture_of(rule: RuleId) -> PathBuf {
    let (stage, name) = rule.0.split_once('.').expect("a rule id is stage.group.rule");
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/rules")
        .join(stage)
        .join(format!("{name}.toml"))
}

fn check(rule: RuleId, case: &Case) -> Result<(), String> {
    let stage = StageName::ALL
        .into_iter()
        .find(|stage| rule.0.starts_with(stage.as_str()))
        .expect("a rule id starts with its stage");
    let stage = stages::named(stage);
    let (form, input): (fn(String) -> Article, _) = match (&case.r#in, &case.html) {
        (Some(text), None) => (Article::from_text, text),
        (None, Some(html)) => (Article::from_html, html),
        _ => return Err("a case has either `in` or `html`".into()),
    };
    let mut article = form(input.clone());
    if !case.others.is_empty() {
        article.site = Some(site_of(&*stage, case.others.iter().cloned().map(form)));
    }
    stage.apply(&mut article, &Deadline::never());
    let expected = match (&case.out, case.unchanged) {
        (Some(out), false) => out,
        (None, true) => case.r#in.as_ref().ok_or("`unchanged` goes with `in`")?,
        _ => return Err("a case has either `out` or `unchanged`".into()),
    };
    if article.text() != expected {
        return Err(format!(
            "expected {:?}\n     got {:?}\n     log {:?}",
            expected.escape_debug().to_string(),
            article.text().escape_debug().to_string(),
            article.body().log().changes()
        ));
    }
    let named = article
        .body()
        .log()
        .changes()
        .iter()
        .any(|change| change.rule == rule || change.also.contains(&rule));
    match (case.unchanged, named) {
        (false, false) => Err(format!("the log does not name {rule}")),
        (true, true) => Err(format!("the log names {rule} though the text is unchanged")),
        _ => Ok(()),
    }
}

/// What is known of a site with these pages.
fn site_of(stage: &dyn Stage, pages: impl Iterator<Item = Article>) -> SiteView {
    let page = |(number, mut article): (u64, Article)| {
        article.site = Some(SiteView::learning());
        stage.apply(&mut article, &Deadline::never());
        let shown = article.shown.expect("the stage tells what a page of a site has shown");
        Arc::new(Page::new(PageId(number), shown))
    };
    SiteView::new((0..).zip(pages).map(page).collect())
}

#[test]
fn every_rule_does_what_its_fixture_says() {
    let mut failures = Vec::new();
    for rule in stages::rules() {
        let path = fixture_of(rule);
        let source = match std::fs::read_to_string(&path) {
            Ok(source) => source,
            Err(error) => {
                failures.push(format!("{}: {error}", path.display()));
                continue;
            }
        };
        let fixture: Fixture =
            toml::from_str(&source).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in &fixture.case {
            match (check(rule, case), case.known_failure) {
                (Ok(()), false) | (Err(_), true) => {}
                (Err(why), false) => failures.push(format!("{rule} / {}:\n{why}", case.name)),
                (Ok(()), true) => failures
                    .push(format!("{rule} / {}: passes now; take known_failure away", case.name)),
            }
        }
        if !fixture.case.iter().any(|case| case.unchanged) {
            failures.push(format!("{rule}: no negative case"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
