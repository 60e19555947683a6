//! The words that tell who speaks, by language: verbs of saying in the forms that stand
//! beside quotes, and what "according to" is.

use std::sync::LazyLock;

use regex::Regex;

pub struct Cues {
    /// Of a verb of saying, at the start of what follows a quote.
    pub behind: Regex,
    /// The same before a quote, anywhere in its sentence.
    pub before: Regex,
    /// "according to", at the start of what follows a quote or of its sentence.
    pub source: Regex,
    pub pronouns: &'static [&'static str],
    /// Nouns have capitals, so a title looks like a name.
    pub has_capital_nouns: bool,
    /// A noun may have a name in the genitive behind it: "rzecznik Ministerstwa Zdrowia".
    pub has_bare_genitive: bool,
}

/// None for languages that are not listed.
pub fn of(language: &str) -> Option<&'static Cues> {
    CUES.iter().find(|(code, _)| *code == language).map(|(_, cues)| &**cues)
}

type Entry = (&'static str, LazyLock<Cues>);

static CUES: [Entry; 8] = [
    (
        "de",
        LazyLock::new(|| Cues { has_capital_nouns: true, ..cues(DE, DE_SOURCES, &["er", "sie"]) }),
    ),
    ("fr", LazyLock::new(|| cues(FR, FR_SOURCES, &["il", "elle", "lui"]))),
    ("es", LazyLock::new(|| cues(ES, ES_SOURCES, &["él", "ella"]))),
    ("it", LazyLock::new(|| cues(IT, IT_SOURCES, &["lui", "lei"]))),
    ("pt", LazyLock::new(|| cues(PT, PT_SOURCES, &["ele", "ela"]))),
    ("nl", LazyLock::new(|| cues(NL, NL_SOURCES, &["hij", "zij", "ze"]))),
    (
        "pl",
        LazyLock::new(|| Cues { has_bare_genitive: true, ..cues(PL, PL_SOURCES, &["on", "ona"]) }),
    ),
    (
        "ru",
        LazyLock::new(|| Cues {
            has_bare_genitive: true, ..cues(RU, RU_SOURCES, &["он", "она"])
        }),
    ),
];

fn cues(verbs: &str, sources: &str, pronouns: &'static [&'static str]) -> Cues {
    let pattern = |pattern: String| Regex::new(&pattern).expect("the pattern is well-formed");
    Cues {
        behind: pattern(format!(r"^(?:{verbs})\b")),
        before: pattern(format!(r"\b(?:{verbs})\b")),
        source: pattern(format!(r"^(?i:{sources})")),
        pronouns,
        has_capital_nouns: false,
        has_bare_genitive: false,
    }
}

const DE: &str = "sagte|sagt|erklärte|erklärt|betonte|betont|meinte|meint|fügte|ergänzte|ergänzt|\
    teilte|kritisierte|kritisiert|forderte|fordert|warnte|warnt|berichtete|berichtet|schrieb|\
    schreibt|antwortete|antwortet|versicherte|versichert|räumte|erläuterte|erläutert|\
    bekräftigte|bekräftigt|kündigte|lobte|lobt|mahnte|mahnt|rief|erzählte|erzählt|urteilte";
const DE_SOURCES: &str = r"so |laut |nach Angaben von |nach den Worten von ";

const FR: &str = "(?:a|avait)(?:-t-(?:il|elle))? (?:déclaré|dit|expliqué|affirmé|ajouté|indiqué|\
    souligné|estimé|précisé|assuré|confié|annoncé|écrit|lancé|insisté|rappelé|reconnu|conclu|\
    répondu|regretté|dénoncé|martelé|commenté|raconté|témoigné|poursuivi)|\
    s[’'](?:est|était) (?:réjouie?|félicitée?|indignée?|inquiétée?|exclamée?)|\
    (?:déclare|dit|explique|affirme|ajoute|indique|souligne|estime|précise|assure|confie|annonce|\
    écrit|lance|insiste|rappelle|reconnaît|conclut|répond|regrette|dénonce|martèle|commente|\
    raconte|témoigne|poursuit|déclarait|disait|expliquait)(?:(?:-t)?-(?:il|elle))?";
const FR_SOURCES: &str = r"selon |d[’']après ";

const ES: &str = "dijo|dice|afirmó|afirma|señaló|señala|explicó|explica|declaró|declara|añadió|\
    añade|aseguró|asegura|indicó|indica|manifestó|manifiesta|comentó|comenta|sostuvo|sostiene|\
    apuntó|apunta|advirtió|advierte|subrayó|subraya|destacó|destaca|agregó|agrega|expresó|\
    expresa|respondió|responde|insistió|insiste|reconoció|reconoce|recordó|recuerda|concluyó|\
    concluye|escribió|escribe|contó|cuenta|ha (?:dicho|afirmado|señalado|explicado|declarado|\
    añadido|asegurado|indicado|manifestado|comentado|apuntado|advertido|subrayado|destacado)";
const ES_SOURCES: &str = r"según |de acuerdo con |en palabras de ";

const IT: &str = "ha (?:detto|dichiarato|spiegato|affermato|aggiunto|sottolineato|commentato|\
    scritto|ricordato|osservato|concluso|risposto|raccontato|ribadito|precisato|annunciato)|\
    dice|spiega|afferma|aggiunge|sottolinea|commenta|dichiara|osserva|ricorda|conclude|risponde|\
    racconta|ribadisce|precisa|disse|sostiene|avverte|scrive";
const IT_SOURCES: &str = r"secondo |a detta di ";

const PT: &str = "disse|diz|afirmou|afirma|explicou|explica|declarou|declara|acrescentou|\
    acrescenta|garantiu|garante|ressaltou|ressalta|destacou|destaca|comentou|comenta|contou|\
    conta|escreveu|escreve|sublinhou|sublinha|referiu|refere|adiantou|considerou|defendeu|\
    respondeu|lembrou|completou|concluiu|avaliou";
const PT_SOURCES: &str = r"segundo |de acordo com |conforme ";

const NL: &str = "zei|zegt|vertelde|vertelt|verklaarde|verklaart|stelde|stelt|schreef|schrijft|\
    liet|laat|meldde|meldt|benadrukte|benadrukt|antwoordde|antwoordt|reageerde|reageert|\
    vervolgde|vervolgt|waarschuwde|waarschuwt|voegde";
const NL_SOURCES: &str = r"aldus |volgens ";

const PL: &str = "(?:powiedział|mówił|stwierdził|dodał|podkreślił|zaznaczył|wyjaśnił|oświadczył|\
    przekonywał|ocenił|poinformował|zapewnił|napisał|tłumaczył|podsumował|odpowiedział|przyznał|\
    przekazał|zauważył)a?|mówi|tłumaczy|dodaje|podkreśla|wyjaśnia|twierdzi|uważa";
const PL_SOURCES: &str = r"według |zdaniem ";

const RU: &str = "(?:сказал|заявил|сообщил|отметил|добавил|подчеркнул|рассказал|пояснил|объяснил|\
    написал|уточнил|ответил|признал|напомнил)а?|говорит|считает|заявляет|отмечает|подчеркивает|\
    подчёркивает|добавляет|рассказывает|поясняет";
const RU_SOURCES: &str = r"по словам |по мнению ";
