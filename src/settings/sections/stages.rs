//! `[stages]`

use crate::settings::section::section;
use crate::stages::repair::SpunMode;

section! {
    /// Which stages run. What a stage that does not run would have done is left undone;
    /// a page is turned into text in any case.
    StagesSettings = "stages" {
        /// Strips what is not the article.
        boilerplate: bool = true;
        /// A file of your own wordings of page furniture, beside those of the program and in
        /// their form, see OPERATIONS.md. Read at the start, at SIGHUP and at POST /reload.
        phrases_file: String = "";
        /// Mends characters and prose.
        repair: bool = true;
        /// What repair does about text that a synonym spinner wrote: nothing, score
        /// every article and flag spun ones, or mend them too.
        spun: SpunMode = SpunMode::Repair;
        /// Says what the article is: headline, publisher, section, language, …
        tag: bool = true;
    }
}
