//! What is done about text that a synonym spinner wrote, by the mode, and how it
//! is measured.

use copydesk::article::{Article, ClueSource, Fact, Flag};
use copydesk::eval::marked::Marked;
use copydesk::eval::spun::{Tally, evaluate};
use copydesk::stage::{Deadline, Stage};
use copydesk::stages::repair::{Repair, SpunMode};

const MARKED: &str = "{Protection|Defence} ministers left the {jap|eastern} {metropolis|city} \
    {with out|without} an {settlement|agreement} on Tuesday, after {practically|nearly} six \
    hours of talks. The alliance’s {Secretary-Basic|Secretary-General} {informed|told} a \
    {information|news} {convention|conference} that the {state of affairs|situation} was \
    {critical|serious}. He {stated|said} his {nation|country} had a {actual|real} concern \
    {in regards to|about} the {navy|military} {workouts|exercises} {alongside|along} its border. \
    The {Overseas|Foreign} Minister put {ahead|forward} a proposal in {dangerous religion|bad \
    faith}, a diplomat {stated|said} on {situation|condition} of anonymity. The {marketing \
    campaign|campaign} {in opposition to|against} the {White Home|White House} had been \
    {known as|called} off, {however|but} the {primary|first} round of the {basic|general} \
    election was held {earlier than|before} that.";

fn repaired(text: &str, mode: SpunMode) -> Article {
    let mut article = Article::from_text(text);
    Repair::new(mode).apply(&mut article, &Deadline::never());
    article
}

#[test]
fn the_mode_says_what_is_done_about_spun_text() {
    let spun = Marked::read(MARKED).spun;
    let off = repaired(&spun, SpunMode::Off);
    assert_eq!((off.text(), off.spin_score), (spun.as_str(), None));
    assert!(off.flags.is_empty());

    let detected = repaired(&spun, SpunMode::Detect);
    assert_eq!((detected.text(), &detected.flags[..]), (spun.as_str(), &[Flag::SpunText][..]));
    assert!(detected.spin_score.is_some_and(|score| score > 0.9));

    let mended = repaired(&spun, SpunMode::Repair);
    assert_eq!(mended.flags, [Flag::SpunText]);
    assert!(mended.text().contains("told a news conference"), "{}", mended.text());
    assert!(mended.text().contains("the White House"), "{}", mended.text());
}

#[test]
fn a_headline_is_mended_with_the_article_it_stands_over() {
    let titled = |text: &str| {
        let mut article = Article::from_text(text);
        let title = "Navy workouts alongside the border trouble White Home";
        article.evidence.add(Fact::Title, ClueSource::Message, title);
        Repair::default().apply(&mut article, &Deadline::never());
        let clue = article.evidence.of(Fact::Title).next().expect("it was added");
        (title.to_owned(), clue.value.text().to_owned())
    };
    let marked = Marked::read(MARKED);
    let (_, mended) = titled(&marked.spun);
    assert!(mended.contains("White House") && mended.starts_with("Military"), "{mended}");
    let (title, left) = titled(&marked.original());
    assert_eq!(title, left);
}

#[test]
fn a_word_is_judged_by_what_is_spoken_of() {
    let spun = Marked::read(MARKED).spun;
    for (sentence, wanted) in [
        (
            "The striker missed the aim in the second half, and the goalkeeper kept the league \
             match level.",
            "missed the goal in",
        ),
        (
            "Brussels and the European Commission told members of the alliance that the euro \
             would be kept.",
            "members of the union that",
        ),
        (
            "Generals of NATO told members of the alliance that troops and missiles would be kept.",
            "members of the alliance that",
        ),
    ] {
        let mended = repaired(&format!("{spun} {sentence}"), SpunMode::Repair);
        assert!(mended.text().contains(wanted), "{}", mended.text());
    }
}

#[test]
fn a_word_is_judged_by_where_it_stands() {
    let spun = Marked::read(MARKED).spun;
    for (sentence, wanted) in [
        (
            "The minister was asked whether the troops might leave the country before the winter.",
            "the troops would leave",
        ),
        (
            "The minister said that the army did all that an army might do before the winter.",
            "an army might do",
        ),
        ("The judge advised the jury to take its time over the decision.", "told the jury to take"),
        (
            "The doctor advised the family to stay at home until the fever is gone.",
            "advised the family to stay",
        ),
    ] {
        let mended = repaired(&format!("{spun}\n\n{sentence}"), SpunMode::Repair);
        assert!(mended.text().contains(wanted), "{}", mended.text());
    }
}

#[test]
fn what_the_mended_words_give_the_rules_of_prose_to_do_is_done_at_once() {
    let spun = Marked::read(MARKED).spun;
    let mended = repaired(&format!("{spun} Reporters waited outside theHouse."), SpunMode::Repair);
    // A glued word is parted if the text writes it by itself, as in "the White House".
    assert!(mended.text().ends_with("waited outside the House."), "{}", mended.text());
    assert_eq!(repaired(mended.text(), SpunMode::Off).text(), mended.text());
}

#[test]
fn text_as_it_was_gets_a_low_score_and_stays() {
    let clean = Marked::read(MARKED).original();
    let article = repaired(&clean, SpunMode::Repair);
    assert_eq!(article.text(), clean);
    assert!(article.flags.is_empty());
    assert!(article.spin_score.is_some_and(|score| score < 0.1), "{:?}", article.spin_score);
}

#[test]
fn a_text_without_the_words_that_spinners_replace_scores_higher() {
    // Neither holds a phrase that a spinner writes; the first holds words that it replaces.
    let [plain, lacking] = [["but", "city"], ["and", "ferry"]].map(|[but, city]| {
        let text = format!(
            "The {city} crew was due to sail at noon, {but} it stayed. Wind had torn a shutter \
             off the wheelhouse, {but} nobody was hurt. The {city} owner hopes to sail by \
             Friday, {but} no tickets are sold."
        );
        repaired(&text, SpunMode::Detect).spin_score.expect("every article gets one")
    });
    // So short a text tells little of either.
    assert!(lacking > plain && lacking < 0.1, "{lacking} beside {plain}");
}

#[test]
fn what_another_spinner_wrote_is_flagged_and_left() {
    // As a thesaurus renders it, sense-blind, beside the text as it was.
    let reworded = "The burg assembly ballotted on Tuesday to shut the aged footbridge over the \
        estuary after technologists ascertained fractures in two of its backings. The span, \
        reared in 1961, conveys about 900 conveyances a day, and the nighest intersection is a \
        eight mile digression. Merchants on the north banking concern said the shutdown would \
        price them clients before the summertime. The city manager said a impermanent \
        structure could be in spot by fall if the land consents to wage for half of the labor. \
        Denizens were enquired to elude the walkway until the examination is perfect, and a \
        encounter for the populace will be throwed in the schooltime lobby next hebdomad.";
    let plain = "The town council voted on Tuesday to close the old bridge over the river after \
        engineers found cracks in two of its supports. The bridge, built in 1961, carries about \
        900 vehicles a day, and the nearest crossing is an eight mile detour. Shopkeepers on the \
        north bank said the closure would cost them customers before the summer. The city manager \
        said a temporary structure could be in place by autumn if the state agrees to pay for \
        half of the work. Residents were asked to avoid the footpath until the inspection is \
        complete, and a meeting for the public will be held in the school hall next week.";
    let article = repaired(reworded, SpunMode::Repair);
    assert!(article.flags.contains(&Flag::SpunText), "{:?}", article.spin_score);
    assert_eq!(article.text(), reworded);
    let article = repaired(plain, SpunMode::Repair);
    assert!(article.flags.is_empty(), "{:?}", article.flags);
    assert!(article.spin_score.is_some_and(|score| score < 0.1), "{:?}", article.spin_score);
}

#[test]
fn formal_english_is_not_taken_for_spun() {
    for text in [
        "In the course of the forthcoming year the Department will concentrate its resources \
         upon five principal objectives. Firstly, it will seek to enhance access to primary \
         health services within rural districts, where the number of practitioners per \
         thousand inhabitants remains substantially below the national average. Secondly, it \
         will commence construction of two district hospitals. Thirdly, it will introduce an \
         electronic system for the purchase and distribution of essential medicines.",
        "The trustees present their report together with the financial statements for the \
         year. The charity's objects are to relieve poverty and to advance education amongst \
         children and young individuals within the county, in particular by the provision of \
         grants, equipment and residential holidays. In determining the activities to be \
         undertaken the trustees have had regard to the guidance upon public benefit. They \
         may acquire musical instruments, and one pair of shoes for each child.",
        "No portion of the income or property of the Society shall be paid or transferred to \
         any member, except in reimbursement of expenses. The Treasurer shall present a \
         statement of income and expenditure at each general meeting. Not less than \
         twenty-one days' notice shall be given to every member, and any assets remaining \
         shall be transferred to a body having similar objects. Upon payment of the annual \
         subscription all persons shall be admitted who support the objects of the Society.",
        "I write with regard to your letter of the fourth instant, in which you request that I \
         furnish further particulars of my complaint. I must confess to some astonishment, \
         since I have already provided them upon three separate occasions. Nevertheless, in \
         order that there may be no possibility of misunderstanding, I shall set forth the \
         facts once more.",
    ] {
        let article = repaired(text, SpunMode::Repair);
        assert_eq!(article.text(), text);
        assert!(article.flags.is_empty(), "{text}");
    }
}

#[test]
fn both_sides_of_a_mark_are_read() {
    let marked = Marked::read("The {White Home|White House} {said|said} {a lot|much/many}.");
    assert_eq!(marked.spun, "The White Home said a lot.");
    assert_eq!(marked.original(), "The White House said much.");
    let differs: Vec<bool> = marked.marks.iter().map(|mark| mark.differs).collect();
    assert_eq!(differs, [true, false, true]);
    assert_eq!(marked.truths(&(19..26), 9), [" much.", " many."]);
}

#[test]
fn a_measurement_counts_places_restored_and_edits_that_are_false() {
    let line = serde_json::json!({ "marked": MARKED }).to_string();
    let report = evaluate(line.as_bytes(), &Repair::default()).unwrap();
    assert_eq!((report.documents, report.flagged, report.clean_changed), (1, [1, 0], 0));
    assert_eq!(report.all.places, Marked::read(MARKED).marks.len());
    assert!(report.all.restored > report.all.places / 2, "{report}");
    let wrong = report.all.wrong;
    // What is harmless counts for all and not for what matters.
    assert!(report.that_matter.places < report.all.places);
    assert!((report.area_under_curve() - 1.0).abs() < 1e-9);

    // The same text with the truth denied: every edit is false.
    let denied = Marked::read(MARKED).spun;
    let line = serde_json::json!({ "marked": denied }).to_string();
    let report = evaluate(line.as_bytes(), &Repair::default()).unwrap();
    assert_eq!((report.all.places, report.all.restored), (0, 0));
    assert!(report.all.wrong > 10, "{report}");

    // Where the spun words would do as well, a change to the others is neither right nor
    // false; one to still others is false as before.
    let either = MARKED.split('}').map(|piece| match piece.rsplit_once('{') {
        Some((_, mark)) => format!("{piece}/{}}}", mark.split('|').next().unwrap_or_default()),
        None => piece.to_owned(),
    });
    let line = serde_json::json!({ "marked": either.collect::<String>() }).to_string();
    let report = evaluate(line.as_bytes(), &Repair::default()).unwrap();
    let Tally { places, restored, wrong: of_either } = report.all;
    assert_eq!((places, restored, of_either), (0, 0, wrong), "{report}");
    assert!(evaluate("".as_bytes(), &Repair::default()).is_err());
    assert!(evaluate("{".as_bytes(), &Repair::default()).is_err());
}
