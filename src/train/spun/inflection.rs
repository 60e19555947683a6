//! The forms of English words, enough to inflect a list of base forms. A form
//! that does not exist does no harm: what clean news never holds is left out.

/// Base, past, past participle of verbs that do not take -ed.
const IRREGULAR: &str = "arise arose arisen|be was been|bear bore borne|beat beat beaten|become became become|begin began begun|bend bent bent|bet bet bet|bind bound bound|bite bit bitten|bleed bled bled|blow blew blown|break broke broken|breed bred bred|bring brought brought|broadcast broadcast broadcast|build built built|burst burst burst|buy bought bought|cast cast cast|catch caught caught|choose chose chosen|cling clung clung|come came come|cost cost cost|creep crept crept|cut cut cut|deal dealt dealt|dig dug dug|do did done|draw drew drawn|drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|feed fed fed|feel felt felt|fight fought fought|find found found|flee fled fled|fly flew flown|forbid forbade forbidden|forecast forecast forecast|forget forgot forgotten|forgive forgave forgiven|freeze froze frozen|get got got|give gave given|go went gone|grow grew grown|hang hung hung|have had had|hear heard heard|hide hid hidden|hit hit hit|hold held held|hurt hurt hurt|keep kept kept|know knew known|lay laid laid|lead led led|leave left left|lend lent lent|let let let|lie lay lain|lose lost lost|make made made|mean meant meant|meet met met|overcome overcame overcome|overtake overtook overtaken|pay paid paid|put put put|quit quit quit|read read read|ride rode ridden|ring rang rung|rise rose risen|run ran run|say said said|see saw seen|seek sought sought|sell sold sold|send sent sent|set set set|shake shook shaken|shine shone shone|shoot shot shot|show showed shown|shrink shrank shrunk|shut shut shut|sing sang sung|sink sank sunk|sit sat sat|sleep slept slept|slide slid slid|speak spoke spoken|spend spent spent|spill spilled spilled|spin spun spun|split split split|spread spread spread|stand stood stood|steal stole stolen|stick stuck stuck|strike struck struck|strive strove striven|swear swore sworn|sweep swept swept|swim swam swum|swing swung swung|take took taken|teach taught taught|tear tore torn|tell told told|think thought thought|throw threw thrown|undergo underwent undergone|understand understood understood|undertake undertook undertaken|uphold upheld upheld|upset upset upset|wake woke woken|wear wore worn|weep wept wept|win won won|wind wound wound|withdraw withdrew withdrawn|withstand withstood withstood|write wrote written|foresee foresaw foreseen|rebuild rebuilt rebuilt|mislead misled misled|bid bid bid|wed wed wed|outgrow outgrew outgrown|expend expended expended";

/// Verbs of more than one syllable that double their last letter.
const DOUBLING: &str = "admit commit compel control defer forget incur occur permit prefer refer regret submit transfer upset propel rebel cancel travel";

/// Singular and plural of nouns that do not take -s.
const PLURALS: &str = "man men|woman women|child children|person people|foot feet|tooth teeth|wife wives|life lives|knife knives|leaf leaves|half halves|thief thieves|shelf shelves|wolf wolves|crisis crises|analysis analyses|basis bases|criterion criteria|phenomenon phenomena|lady ladies|hero heroes|policeman policemen|businessman businessmen|congressman congressmen|spokesman spokesmen|gunman gunmen|fireman firemen|sportsman sportsmen|chairman chairmen|gentleman gentlemen|grownup grownups|series series|species species|aircraft aircraft|mother-in-law mothers-in-law|congresswoman congresswomen|seaman seamen|cameraman cameramen|potato potatoes|tomato tomatoes";

/// All forms of a verb in a fixed order: -s, past, participle, -ing. Of a verb of
/// several words the first is inflected ("give up", "gave up").
pub fn verb_forms(verb: &str) -> [String; 4] {
    let (head, rest) = verb.split_once(' ').map_or((verb, ""), |(head, rest)| (head, rest));
    let with_rest = |form: String| if rest.is_empty() { form } else { format!("{form} {rest}") };
    let irregular = IRREGULAR.split('|').map(|row| row.split(' ').collect::<Vec<_>>());
    let (past, participle) = irregular.into_iter().find(|row| row[0] == head).map_or_else(
        || (regular_past(head), regular_past(head)),
        |row| (row[1].to_owned(), row[2].to_owned()),
    );
    let third = match head {
        "be" => "is".to_owned(),
        "have" => "has".to_owned(),
        _ => with_s(head),
    };
    [third, past, participle, gerund(head)].map(with_rest)
}

/// Of a noun of several words the last is inflected, unless "of" or "or" stands
/// between ("point of view", "mother or father").
pub fn plural(noun: &str) -> String {
    for joint in [" of ", " or ", " in "] {
        if let Some((head, rest)) = noun.split_once(joint) {
            return format!("{}{joint}{rest}", plural(head));
        }
    }
    let (before, last) = noun.rsplit_once(' ').map_or(("", noun), |(before, last)| (before, last));
    let irregular = PLURALS.split('|').filter_map(|row| row.split_once(' '));
    let plural = irregular
        .into_iter()
        .find(|(one, _)| *one == last)
        .map_or_else(|| with_s(last), |(_, many)| many.to_owned());
    if before.is_empty() { plural } else { format!("{before} {plural}") }
}

pub fn adverb(adjective: &str) -> String {
    if let Some(stem) = adjective.strip_suffix("le") {
        format!("{stem}ly")
    } else if let Some(stem) = adjective.strip_suffix('y') {
        format!("{stem}ily")
    } else if adjective.ends_with("ic") {
        format!("{adjective}ally")
    } else {
        format!("{adjective}ly")
    }
}

fn with_s(word: &str) -> String {
    if let Some(stem) = consonant_y(word) {
        format!("{stem}ies")
    } else if ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end))
        || matches!(word, "go" | "do" | "undergo" | "veto" | "echo")
    {
        format!("{word}es")
    } else {
        format!("{word}s")
    }
}

fn regular_past(verb: &str) -> String {
    if let Some(stem) = consonant_y(verb) {
        format!("{stem}ied")
    } else if verb.ends_with('e') {
        format!("{verb}d")
    } else {
        format!("{}ed", doubled(verb))
    }
}

fn gerund(verb: &str) -> String {
    if let Some(stem) = verb.strip_suffix("ie") {
        format!("{stem}ying")
    } else if let Some(stem) = verb.strip_suffix('e').filter(|s| !s.ends_with(['e', 'y', 'o']))
        && verb != "be"
    {
        format!("{stem}ing")
    } else {
        format!("{}ing", doubled(verb))
    }
}

/// The stem of a word in a consonant and -y.
fn consonant_y(word: &str) -> Option<&str> {
    word.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']))
}

/// "stop" → "stopp" before a vowel.
fn doubled(verb: &str) -> String {
    let letters: Vec<char> = verb.chars().collect();
    let is_vowel = |c: char| "aeiou".contains(c);
    let is_short = letters.iter().filter(|c| is_vowel(**c)).count() == 1;
    let closes = match letters[..] {
        [.., before, vowel, last] => {
            !is_vowel(before) && is_vowel(vowel) && !is_vowel(last) && !"wxy".contains(last)
        }
        [vowel, last] => is_vowel(vowel) && !is_vowel(last),
        _ => false,
    };
    if closes && (is_short || DOUBLING.split(' ').any(|word| word == verb)) {
        format!("{verb}{}", letters[letters.len() - 1])
    } else {
        verb.to_owned()
    }
}
