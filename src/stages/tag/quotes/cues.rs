//! Words that tell that somebody speaks: "said", "according to"; and what spinners put
//! in their place ("informed" for "told", "knowledgeable" for "informed").

use std::sync::LazyLock;

use regex::Regex;

/// Verbs of saying in the forms that stand beside quotes.
pub static CUE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(?:said|says|say|saying|told|tells|telling|added|adds|adding|wrote|writes|writing|",
        r"stated|states|stating|asked|asks|asking|argued|argues|arguing|explained|explains|",
        r"explaining|insisted|insists|insisting|warned|warns|warning|noted|notes|noting|claimed|",
        r"claims|claiming|replied|replies|replying|responded|responds|responding|continued|",
        r"continues|concluded|concludes|concluding|declared|declares|declaring|announced|",
        r"announces|announcing|acknowledged|acknowledges|admitted|admits|admitting|recalled|",
        r"recalls|observed|observes|remarked|remarks|tweeted|tweets|tweeting|complained|",
        r"complains|complaining|joked|jokes|joking|called|calls|calling|according to|quipped|",
        r"quips|countered|counters|vowed|vows|vowing|described|describes|describing|suggested|",
        r"suggests|suggesting|testified|testifies|predicted|predicts|informed|instructed|",
        r"reported|reports|reporting|read|reads|reading|agreed|agrees|emphasized|emphasises|",
        r"emphasised|emphasizes|emphasizing|stressed|stresses|stressing|pointed out|points out|",
        r"went on|goes on|began|begins|posted|posts|posting|lamented|laments|charged|charges|",
        r"accused|accuses|accusing|asserted|asserts|asserting|conceded|concedes|cautioned|",
        r"cautions|denied|denies|urged|urges|urging|promised|promises|pledged|pledges|thought|",
        r"thinks|wondered|wonders|shouted|shouts|shouting|exclaimed|exclaims|sings|sang|singing|",
        r"chanting|chanted|boasted|boasts|boasting|bragged|praised|praises|praising|blasted|",
        r"slammed|criticized|criticised|mocked|mocking|dismissed|dismissing|labeled|labelled|",
        r"dubbed|dubbing|likened|likens|compared|referred to|refers to|referring to|cited|cites|",
        r"citing|quoted|quoting|touted|touting|proclaimed|proclaims|proclaiming|opined|mused|",
        r"muses|offered|reasoned|confessed|revealed|reveals|confirmed|confirms|believes|",
        r"believed|hopes|found|finds|finding|put it|puts it|fired back|shot back|chimed in|",
        r"interjected|interrupted|repeated|repeats|repeating|railed|ranted|knowledgeable)\b",
    ))
    .expect("the pattern is well-formed")
});

/// Verbs that may stand before their subject: "said Quill".
pub fn is_inverted(cue: &str) -> bool {
    matches!(
        cue,
        "said"
            | "says"
            | "added"
            | "adds"
            | "wrote"
            | "writes"
            | "asked"
            | "asks"
            | "explained"
            | "explains"
            | "argued"
            | "argues"
            | "noted"
            | "notes"
            | "recalled"
            | "recalls"
            | "replied"
            | "responded"
            | "warned"
            | "warns"
            | "continued"
            | "concluded"
            | "declared"
            | "joked"
            | "remarked"
            | "observed"
            | "insisted"
            | "tweeted"
            | "stated"
            | "states"
            | "according to"
            | "reads"
            | "read"
    )
}

/// "adding": its subject is that of the sentence.
pub fn is_participle(cue: &str) -> bool {
    cue.ends_with("ing") || cue == "referring to"
}
