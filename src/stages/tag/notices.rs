//! Notices about the article itself: update, correction, clarification, editor's
//! note, republication.
//!
//! "This story has been updated with comment from the ministry." is a notice;
//! "The law was updated in 2019." is not. Spun text has its own wording: "This
//! text has been up to date so as to add feedback from …".

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use crate::article::{Article, ClueSource, Fact};
use crate::tags::{InferenceSource, Notice, NoticeKind, Tags};
use crate::text::calendar::find_moment;

pub fn tag(article: &Article, tags: &mut Tags) {
    for clue in article.evidence.of(Fact::Notice).take(MOST_NOTICES) {
        let text = clue.value.text();
        // Whoever collected the clue saw a notice's form; without a known
        // wording it is still taken, as the commonest kind, if it says so.
        if let Some(kind) = kind_of(text) {
            add(tags, kind, text, InferenceSource::Clue(clue.source), confidence(clue.source));
        }
    }
    let blocks = article.blocks();
    for index in edges(blocks.len()) {
        let text = article.block_text(&blocks[index]);
        let Some(kind) = kind_of(text) else { continue };
        // "CORRECTION:" alone announces the next paragraph.
        let is_label = text.trim_end_matches([':', ' ']).split_whitespace().count() <= 2;
        match blocks.get(index + 1) {
            Some(next) if is_label => {
                let both = &article.text()[blocks[index].span.start..next.span.end];
                if both.len() <= MOST_BYTES {
                    add(tags, kind, both, InferenceSource::Body, 0.8);
                }
            }
            _ if is_label => {}
            _ => add(tags, kind, text, InferenceSource::Body, 0.9),
        }
    }
}

const MOST_NOTICES: usize = 8;
const MOST_BYTES: usize = 1200;

/// The blocks where notices stand: the first three and the last four.
fn edges(count: usize) -> impl Iterator<Item = usize> {
    (0..count).filter(move |&index| index < 3 || index + 4 >= count)
}

fn confidence(source: ClueSource) -> f32 {
    match source {
        ClueSource::VisibleText | ClueSource::Element => 0.95,
        _ => 0.85,
    }
}

fn add(tags: &mut Tags, kind: NoticeKind, text: &str, source: InferenceSource, confidence: f32) {
    let is_known =
        tags.notices.iter().any(|known| known.text.contains(text) || text.contains(&known.text));
    if is_known || tags.notices.len() >= MOST_NOTICES {
        return;
    }
    let date = find_moment(text, false).map(|moment| moment.to_string());
    tags.notices.push(Notice { kind, text: text.to_owned(), date });
    tags.infer("correction", source, "notice_wording", confidence);
}

/// What kind of notice `text` is, if it is one.
pub fn kind_of(text: &str) -> Option<NoticeKind> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    PATTERNS.iter().find(|(_, pattern)| pattern.is_match(text)).map(|(kind, _)| *kind)
}

/// In the order asked: a correction that begins "Editor's note" is a correction.
static PATTERNS: LazyLock<Vec<(NoticeKind, Regex)>> = LazyLock::new(|| {
    WORDINGS
        .iter()
        .map(|(kind, wordings)| {
            let source = wordings.join("|").replace("ARTICLE", THIS_ARTICLE);
            let pattern = RegexBuilder::new(&format!("^(?:{source})"))
                .case_insensitive(true)
                .build()
                .expect("the pattern is well-formed");
            (*kind, pattern)
        })
        .collect()
});

/// "This story", in English as written and as spun.
const THIS_ARTICLE: &str = r"(?:this|the|our) (?:(?:above|original|online) )?(?:article|story|post|piece|report|text|page|item|column|headline|version of this \w+|news|submit|publish|entry|tale|copy|blog|list)";

const WORDINGS: &[(NoticeKind, &[&str])] = &[
    (
        NoticeKind::Correction,
        &[
            r"(?:editor[’']?s?[’']? note:? ?)?ARTICLE (?:has been|was|is|had been) (?:since )?(?:corrected|amended|edited (?:to )?correct|fixed)\b",
            r"ARTICLE (?:has been|was) (?:updated|revised|changed|up to date|modified) (?:so as )?to (?:correct|reflect (?:the|that) correct|fix|appropriate|right)",
            r"(?:editor[’']?s?[’']? note:? ?)?(?:an|a) (?:earlier|previous|prior|original|early|older) (?:version|model|headline|edition|caption|photo caption) (?:of|for|on|to|in) (?:this|the) \w+[^.]{0,60}? (?:misstated|misspelled|misspelt|misidentified|incorrectly|mistakenly|erroneously|wrongly|said|stated|gave|contained|included|referred|omitted|did not|had|was|named|attributed)",
            r"(?:corrections?|corrected|correction appended|amendment)(?: \([^)]{0,40}\)|,? \w+ \d{1,2}[^:]{0,20}|,? \d{1,2} \p{Alphabetic}[^:]{0,20}| notice)?\s?(?:[:—–]|-\s)",
            r"(?:korrektur|korrigiert|berichtigung|richtigstellung)(?: vom [^:]{0,30})?\s?:",
            r"(?:in einer (?:früheren|vorherigen|älteren|ersten) (?:version|fassung) (?:dieses|des) (?:artikels|textes|beitrags))",
            r"(?:rectificatif|rectification|correction|erratum)\s?:|une (?:précédente|première) version de cet article",
            r"(?:correcci[óo]n|rectificaci[óo]n|fe de (?:errores|erratas))\s?:|una versi[óo]n (?:anterior|previa) de (?:este|esta)",
            r"(?:errata|corre[çc][ãa]o)\s?:|uma vers[ãa]o anterior d(?:este|esta)|(?:rettifica|correzione)\s?:|(?:correctie|rectificatie|rättelse|rettelse|oikaisu|sprostowanie|oprava|düzeltme|поправка|исправление)\s?:",
            r"in een eerdere versie van dit|i en tidigare version av|i en tidligere versjon av|i en tidligere version af",
        ],
    ),
    (
        NoticeKind::Clarification,
        &[
            r"clarifications?(?: \([^)]{0,40}\)|,? \w+ \d{1,2}[^:]{0,20}|,? \d{1,2} \p{Alphabetic}[^:]{0,20})?\s?(?:[:—–]|-\s)",
            r"ARTICLE (?:has been|was) (?:updated|amended|revised|edited|changed|up to date)?\s?(?:so as )?(?:to )?(?:clarif|make clear|make clearer)",
            r"(?:klarstellung|aclaraci[óo]n|pr[ée]cision|esclarecimento|chiarimento|precisazione|verduidelijking|förtydligande|presisering|präzisering)\s?:",
        ],
    ),
    (
        NoticeKind::Republication,
        &[
            r"(?:this|the) (?:article|story|post|piece|report|column|essay|text|interview|excerpt|item)(?: \w+)? (?:is|was|has been|had been)?\s?(?:originally |first |initially |previously |initial |authentic |unique )?(?:republished|reprinted|reposted|syndicated|re-published|cross-posted)\b",
            r"(?:this|the) (?:article|story|post|piece|report|column|essay|text|interview) (?:was |has been |had been )?(?:originally|first|initially|previously) (?:appeared|published|ran|posted|printed|revealed|printed)",
            r"(?:originally|first) (?:published|appeared|posted) (?:on|by|in|at)\b",
            r"(?:republished|reprinted|reproduced) (?:with permission|from|courtesy|under|here)",
            r"(?:dieser|der) (?:artikel|text|beitrag) (?:erschien|ist) (?:zuerst|ursprünglich|zunächst|im original)",
            r"cet article (?:a été|est) (?:republié|initialement publié|publié (?:initialement|à l[’']origine))|este (?:art[íi]culo|texto|reportaje) (?:fue|se) public(?:ado|ó) (?:originalmente|primero)|(?:este|esse) (?:artigo|texto) foi (?:publicado originalmente|originalmente publicado)|(?:questo articolo è (?:stato pubblicato|apparso) (?:originariamente|per la prima volta))|dit artikel (?:verscheen|is) (?:eerder|oorspronkelijk)",
        ],
    ),
    (
        NoticeKind::Update,
        &[
            r"(?:editor[’']?s?[’']? note:? ?)?ARTICLE (?:has been|was|is|will be|is being|have been) (?:since |now |substantially |last )?(?:updated|up to date|up-to-date|revised|modified|expanded|refreshed|current)\b",
            r"ARTICLE (?:has been|was) (?:edited|changed|amended) (?:so as )?(?:to|with|since|after)\b",
            r"(?:update|updated|up to date|updates)(?:,? \([^)]{0,40}\)|,? [^:\n]{0,40}\d[^:\n]{0,24}(?::\d\d[^:\n]{0,16})?)?\s?(?:[:—–]|-\s)",
            r"(?:updated|last updated|up to date)(?: on| at)? (?:\w+day,? )?(?:\d|\w+\.? \d)[^.!?]{0,40}(?:to (?:add|include|reflect)|with)\b",
            r"(?:aktualisierung|aktualisiert|update)(?: (?:vom|am)? ?[^:\n]{0,30})?\s?:|(?:dieser|der) (?:artikel|text|beitrag) (?:wurde|wird) [^.]{0,60}(?:aktualisiert|ergänzt|überarbeitet)",
            r"(?:mise à jour|mis à jour|actualisation)(?: [^:\n]{0,40})?\s?:|cet article a été (?:mis à jour|actualisé|complété|modifié)",
            r"(?:actualizaci[óo]n|actualizado|atualiza[çc][ãa]o|aggiornamento|aggiornato|uppdatering|uppdaterad|oppdatert|oppdatering|opdatering|opdateret|päivitys|aktualizacja|aktualizace|güncelleme|обновлено|оновлено)(?: [^:\n]{0,40})?\s?:",
            r"(?:este|esta) (?:art[íi]culo|noticia|nota|informaci[óo]n|historia|texto|artigo|reportagem|mat[ée]ria|not[íi]cia) (?:se ha|ha sido|fue|foi) (?:actualizad[oa]|modificad[oa]|atualizad[oa]|ampliad[oa])",
            r"(?:questo articolo è stato (?:aggiornato|modificato))|dit (?:artikel|bericht|verhaal) (?:is|werd) [^.]{0,40}(?:bijgewerkt|geüpdatet|aangevuld|aangepast)|(?:artikeln|texten|saken|artikkelen|artiklen) (?:är|har|er|har blitt|er blevet) [^.]{0,20}(?:uppdaterad|uppdaterats|oppdatert|opdateret)",
        ],
    ),
    (
        NoticeKind::EditorsNote,
        &[
            r"(?:editor|editorial|publisher|author|writer)[’']?s?[’']? (?:note|observe)s?\b\s?(?:[:—–.]|-\s|$)",
            r"(?:note (?:from|by) the editors?|note to (?:our )?readers?|a note (?:from|to)[^:]{0,40})\s?(?:[:—–]|$)",
            r"(?:anmerkung der redaktion|anm\. ?d\. ?red\.?|hinweis der redaktion|note de la r[ée]daction|nota de la redacci[óo]n|nota del editor|nota da reda[çc][ãa]o|nota do editor|nota della redazione|noot van de redactie|redaktionens anmärkning|red\. anm\.|от редакции)\s?[:.—–]?",
        ],
    ),
];
