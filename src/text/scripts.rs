//! Which script a letter belongs to, as far as it tells languages apart.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Hebrew,
    Devanagari,
    Bengali,
    Ethiopic,
    Greek,
    Armenian,
    Georgian,
    Thai,
    Lao,
    Khmer,
    Myanmar,
    Sinhala,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Gujarati,
    Gurmukhi,
    Oriya,
    Tibetan,
    Thaana,
    Hangul,
    Kana,
    Han,
}

impl Script {
    pub const COUNT: usize = Script::Han as usize + 1;

    /// Of a letter or mark; none for digits, punctuation and other scripts.
    pub fn of(character: char) -> Option<Script> {
        use Script::*;
        let script = match character {
            'a'..='z' | 'A'..='Z' => Latin,
            '\0'..='\u{bf}' | '×' | '÷' => return None,
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Latin,
            // Modifier letters and combining accents go with the letter before them.
            '\u{250}'..='\u{2af}' => Latin,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Greek,
            '\u{400}'..='\u{52f}' => Cyrillic,
            '\u{531}'..='\u{58f}' => Armenian,
            '\u{591}'..='\u{5f4}' => Hebrew,
            '\u{620}'..='\u{64a}'
            | '\u{66e}'..='\u{6d3}'
            | '\u{6d5}'..='\u{6ef}'
            | '\u{6fa}'..='\u{6ff}'
            | '\u{750}'..='\u{77f}'
            | '\u{8a0}'..='\u{8ff}'
            | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}' => Arabic,
            '\u{780}'..='\u{7bf}' => Thaana,
            '\u{900}'..='\u{963}' | '\u{970}'..='\u{97f}' => Devanagari,
            '\u{980}'..='\u{9e3}' | '\u{9f0}'..='\u{9ff}' => Bengali,
            '\u{a01}'..='\u{a65}' | '\u{a70}'..='\u{a76}' => Gurmukhi,
            '\u{a81}'..='\u{ae3}' => Gujarati,
            '\u{b01}'..='\u{b63}' | '\u{b71}' => Oriya,
            '\u{b82}'..='\u{bd7}' => Tamil,
            '\u{c00}'..='\u{c63}' => Telugu,
            '\u{c80}'..='\u{ce3}' => Kannada,
            '\u{d00}'..='\u{d63}' => Malayalam,
            '\u{d81}'..='\u{df3}' => Sinhala,
            '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' => Thai,
            '\u{e81}'..='\u{ecd}' | '\u{edc}'..='\u{edf}' => Lao,
            '\u{f00}' | '\u{f40}'..='\u{fbc}' => Tibetan,
            '\u{1000}'..='\u{103f}' | '\u{1050}'..='\u{109f}' => Myanmar,
            '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}' => Georgian,
            '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{ac00}'..='\u{d7a3}' => Hangul,
            '\u{1200}'..='\u{135a}' | '\u{2d80}'..='\u{2dde}' => Ethiopic,
            '\u{1780}'..='\u{17d3}' => Khmer,
            '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' => Kana,
            '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9d}' => Kana,
            '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3134f}' => Han,
            _ => return None,
        };
        Some(script)
    }
}
