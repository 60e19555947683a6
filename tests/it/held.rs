//! The laws themselves, for the tests of [`super::laws`] and for the fuzz targets.

use copydesk::article::Article;
use copydesk::passage::Passage;
use copydesk::stage::{Deadline, StageName, Verdict};
use copydesk::stages;

/// Runs the stages one by one and looks at the article after each.
pub fn hold_the_laws(mut article: Article, flat: Option<&str>) -> Result<(), String> {
    let came_in = article.html.as_ref().map_or(article.text().len(), String::len);
    for name in StageName::ALL {
        let clues_before: Vec<_> = originals(&article).collect::<Result<_, _>>()?;
        let verdict = stages::named(name).apply(&mut article, &Deadline::never());
        let law = |what: String| format!("after {}: {what}", name.as_str());

        let body = article.body();
        let original = leads_both_ways(body).map_err(law)?;
        if flat.is_some_and(|text| text != original) {
            return Err(law("undoing the log does not give the text that came in".into()));
        }
        if body.text().len() > 2 * came_in + 64 {
            return Err(law(format!("{came_in} bytes grew to {}", body.text().len())));
        }
        blocks_fit(&article).map_err(law)?;
        // A stage may find further clues, but not rewrite one past its log.
        let clues: Vec<_> = originals(&article).collect::<Result<_, _>>().map_err(law)?;
        if !clues.starts_with(&clues_before) {
            return Err(law("a clue's original is not what was found".into()));
        }
        for headline in [&article.tags.headline, &article.tags.alternative_headline] {
            headline.as_ref().map(leads_both_ways).transpose().map_err(law)?;
        }
        if verdict != Verdict::Keep {
            return Ok(());
        }
    }
    Ok(())
}

fn originals(article: &Article) -> impl Iterator<Item = Result<String, String>> {
    article.evidence.clues.iter().map(|clue| leads_both_ways(&clue.value))
}

/// Undoing gives an original, replaying on it gives the text; returns it.
fn leads_both_ways(passage: &Passage) -> Result<String, String> {
    let original = passage.original().map_err(|error| format!("undo: {error}"))?;
    let replayed = passage.log().replay(&original).map_err(|error| format!("replay: {error}"))?;
    if replayed != passage.text() {
        return Err("replaying the log does not give the text".into());
    }
    let mut end = 0;
    for change in passage.log().changes() {
        if change.span.start < end || change.span.end < change.span.start {
            return Err(format!("changes are out of order at byte {}", change.span.start));
        }
        if change.before == change.after {
            return Err(format!("{} changed nothing", change.rule));
        }
        if !(0.0..=1.0).contains(&change.confidence) {
            return Err(format!("{}: confidence {}", change.rule, change.confidence));
        }
        end = change.span.end;
    }
    Ok(original)
}

fn blocks_fit(article: &Article) -> Result<(), String> {
    let text = article.text();
    let mut end = None;
    for block in article.blocks() {
        let inside = text.get(block.span.clone());
        if inside.is_none_or(|inside| inside.trim().is_empty()) {
            return Err(format!("block {:?} is blank or does not fit the text", block.span));
        }
        if let Some(end) = end
            && !text.get(end..block.span.start).is_some_and(|gap| gap.contains('\n'))
        {
            return Err(format!("no line break before block {:?}", block.span));
        }
        end = Some(block.span.end);
    }
    Ok(())
}

/// What the repair stage makes of a text.
pub fn repaired(text: &str) -> String {
    let mut article = Article::from_text(text);
    stages::named(StageName::Repair).apply(&mut article, &Deadline::never());
    article.text().to_owned()
}
