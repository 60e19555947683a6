//! `--only`: which stages run, for commands that work on files.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use copydesk::settings::{Settings, StagesSettings};
use copydesk::stage::StageName;

#[derive(Args)]
pub struct OnlyArguments {
    /// Run the named stages alone; with `tag` alone, the text is the body as it stands
    #[arg(long, value_name = "STAGE,…", value_delimiter = ',', value_parser = stage_parser())]
    only: Vec<StageName>,
}

impl OnlyArguments {
    /// Switches off the stages that are not named, if any is.
    pub fn apply(&self, settings: &mut Settings) {
        if !self.only.is_empty() {
            settings.stages = StagesSettings {
                boilerplate: self.only.contains(&StageName::Boilerplate),
                repair: self.only.contains(&StageName::Repair),
                tag: self.only.contains(&StageName::Tag),
                ..settings.stages.clone()
            };
        }
    }
}

fn stage_parser() -> impl TypedValueParser<Value = StageName> {
    PossibleValuesParser::new(StageName::ALL.map(StageName::as_str)).try_map(|name| {
        let named = StageName::ALL.into_iter().find(|stage| stage.as_str() == name);
        named.ok_or("not a stage")
    })
}
