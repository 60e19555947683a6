//! `[stages]`

use crate::settings::section::section;

section! {
    /// Which stages run. What a stage that does not run would have done is left undone;
    /// a page is turned into text in any case.
    StagesSettings = "stages" {
        /// Strips what is not the article.
        boilerplate: bool = true;
        /// Mends characters and prose.
        repair: bool = true;
        /// Says what the article is: headline, publisher, section, language, …
        tag: bool = true;
    }
}
