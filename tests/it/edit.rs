//! The log of changes against a model that applies the same proposals naively.

use copydesk::article::Article;
use copydesk::edit::{Change, ChangeKind, EditLog, Proposal, RuleId};
use copydesk::passage::Passage;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const RULES: [RuleId; 3] = [RuleId("test.a.one"), RuleId("test.a.two"), RuleId("test.b.three")];

#[derive(Debug, Clone)]
struct Wish {
    rule: usize,
    removal: bool,
    /// Shares of the text's length, so that they fit whatever it has become.
    from: f64,
    to: f64,
    after: String,
}

/// Short texts of one-, two- and four-byte characters: offsets inside
/// characters are as likely as between them.
fn text() -> impl Strategy<Value = String> {
    "[abé🚒\n]{0,12}"
}

fn batches() -> impl Strategy<Value = Vec<Vec<Wish>>> {
    let wish = (0..RULES.len(), any::<bool>(), 0.0..=1.0f64, 0.0..=1.0f64, "[aé\n]{0,3}")
        .prop_map(|(rule, removal, from, to, after)| Wish { rule, removal, from, to, after });
    prop::collection::vec(prop::collection::vec(wish, 0..5), 0..6)
}

fn proposals(wishes: &[Wish], length: usize) -> Vec<Proposal> {
    // One past the end is among the offsets.
    let place = |share: f64| (share * (length + 1) as f64).round() as usize;
    wishes
        .iter()
        .map(|wish| {
            let span = place(wish.from.min(wish.to))..place(wish.from.max(wish.to));
            match wish.removal {
                true => Proposal::removal(RULES[wish.rule], span, 0.9),
                false => Proposal::edit(RULES[wish.rule], span, wish.after.clone(), 0.5),
            }
        })
        .collect()
}

/// What the text is to be: the first of two that overlap wins, then the longer.
fn modelled(text: &str, mut proposals: Vec<Proposal>) -> String {
    proposals.retain(|p| text.get(p.span.clone()).is_some_and(|before| before != p.after));
    proposals.sort_by_key(|p| (p.span.start, usize::MAX - p.span.end));
    let mut out = String::new();
    let mut done = 0;
    for proposal in proposals {
        if proposal.span.start >= done {
            out.push_str(&text[done..proposal.span.start]);
            out.push_str(&proposal.after);
            done = proposal.span.end;
        }
    }
    out + &text[done..]
}

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let seeded = std::env::var_os("PROPTEST_RNG_SEED").is_some();
    ProptestConfig {
        rng_seed: if seeded { default.rng_seed } else { RngSeed::Fixed(2) },
        cases: default.cases.max(2_000),
        failure_persistence: None,
        ..default
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_log_leads_both_ways_after_every_batch(original in text(), batches in batches()) {
        let mut passage = Passage::new(original.clone());
        for wishes in &batches {
            let before = passage.text().to_owned();
            let proposals = proposals(wishes, before.len());
            passage.apply(proposals.clone());
            prop_assert_eq!(passage.text(), modelled(&before, proposals));
            prop_assert_eq!(passage.log().replay(&original), Ok(passage.text().to_owned()));
            prop_assert_eq!(passage.original(), Ok(original.clone()));
            let mut end = 0;
            for change in passage.log().changes() {
                prop_assert!(change.span.start >= end, "{:?}", passage.log());
                prop_assert_eq!(original.get(change.span.clone()), Some(change.before.as_str()));
                prop_assert_ne!(&change.before, &change.after);
                prop_assert!(!change.also.contains(&change.rule));
                if change.kind == ChangeKind::Removal {
                    prop_assert_eq!(&change.after, "");
                }
                end = change.span.end;
            }
        }
    }

    #[test]
    fn blocks_stay_in_order_and_on_their_own_lines(text in text(), batches in batches()) {
        let mut article = Article::from_text(text);
        for wishes in &batches {
            article.apply(proposals(wishes, article.text().len()));
            let text = article.text();
            let mut end = None;
            for block in article.blocks() {
                let inside = text.get(block.span.clone());
                prop_assert!(inside.is_some_and(|inside| !inside.trim().is_empty()));
                if let Some(end) = end {
                    prop_assert!(text[end..block.span.start].contains('\n'));
                }
                end = Some(block.span.end);
            }
        }
    }

    /// A log that came from elsewhere may be about another text, or nonsense.
    #[test]
    fn a_log_that_does_not_fit_is_an_error_and_no_panic(
        text in text(),
        changes in prop::collection::vec((any::<usize>(), any::<usize>(), "[aé]{0,2}", "[aé]{0,2}"), 0..4),
    ) {
        let changes = changes.into_iter().map(|(start, end, before, after)| Change {
            rule: RULES[0],
            also: Vec::new(),
            kind: ChangeKind::Edit,
            // Half of them where the text may be, half anywhere.
            span: if start % 2 == 0 { start % 16..end % 16 } else { start..end },
            before,
            after,
            confidence: 1.0,
        });
        let log = EditLog::from_changes(changes.collect());
        let _ = log.replay(&text);
        let _ = log.undo(&text);
    }
}

/// A stage mends what an earlier one wrote: one change, under both names.
#[test]
fn a_change_of_a_change_names_both_rules() {
    let mut passage = Passage::new("the navy strike");
    passage.apply(vec![Proposal::edit(RULES[0], 4..8, "navvy", 0.9)]);
    passage.apply(vec![Proposal::edit(RULES[1], 4..9, "military", 0.7)]);
    let [change] = passage.log().changes() else { panic!("{:?}", passage.log()) };
    assert_eq!((change.before.as_str(), change.after.as_str()), ("navy", "military"));
    assert_eq!((change.rule, change.also.as_slice()), (RULES[1], &RULES[..1]));
    assert_eq!(change.confidence, 0.7);
}

/// A change that is taken back is not on record.
#[test]
fn a_change_undone_by_another_leaves_nothing() {
    let mut passage = Passage::new("a b");
    passage.apply(vec![Proposal::edit(RULES[0], 1..1, "n", 1.0)]);
    passage.apply(vec![Proposal::removal(RULES[1], 1..2, 1.0)]);
    assert_eq!(passage.text(), "a b");
    assert!(passage.log().is_empty());
}
