//! Which quotation marks go together.

/// An opening mark and those that close it. Straight marks and curly ones are mixed in
/// what is written on several keyboards.
const PAIRS: &[(char, &[char])] = &[
    // English, Chinese; closed by another opening one where the keyboard has one mark.
    ('“', &['”', '"', '“']),
    // German, Czech and their neighbours close with “, Polish, Dutch and Romanian with ”.
    ('„', &['“', '”', '"']),
    // Swedish, Finnish; elsewhere by mistake.
    ('”', &['”', '"']),
    ('"', &['"', '”']),
    // French, Russian, Spanish, Italian, and German in Switzerland.
    ('«', &['»']),
    // German and Danish books and papers.
    ('»', &['«']),
    // Japanese, and Chinese in Taiwan and Hong Kong.
    ('「', &['」']),
    ('『', &['』']),
];

/// Where » opens; elsewhere it only closes.
const INWARD: &[&str] =
    &["de", "da", "sv", "fi", "cs", "sk", "pl", "hu", "hr", "sl", "sr", "bs", "et"];

/// Where » opens and closes.
const ONE_WAY: &[&str] = &["sv", "fi"];

/// How the language of a text, if it is known, has its marks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Custom {
    inward: bool,
    one_way: bool,
    /// ‘…’ is speech, as in British papers.
    pub single: bool,
}

impl Custom {
    pub fn of(language: Option<&str>) -> Self {
        let is_in = |languages: &[&str]| language.is_some_and(|it| languages.contains(&it));
        Self { inward: is_in(INWARD), one_way: is_in(ONE_WAY), single: is_in(&["en"]) }
    }

    pub fn opens(self, mark: char) -> bool {
        (mark != '»' || self.inward) && PAIRS.iter().any(|(opening, _)| *opening == mark)
    }

    pub fn closes(self, opening: char, mark: char) -> bool {
        PAIRS.iter().any(|(other, closing)| *other == opening && closing.contains(&mark))
            || (self.one_way && opening == '»' && mark == '»')
    }
}

pub fn is_mark(character: char) -> bool {
    PAIRS.iter().any(|(opening, closing)| *opening == character || closing.contains(&character))
}
