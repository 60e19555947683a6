#!/usr/bin/env python3
"""Writes the enriched articles into a lake: Parquet files by the day of publication.

    pip install confluent-kafka pyarrow
    config/examples/lake.py --brokers 127.0.0.1:9092 --folder lake

A file is named for what is in it (partition and offsets), written aside, and put in its place whole; only
then are offsets committed. So after a crash the same articles are in the same files or in files whose
offsets overlap, and `SELECT … QUALIFY row_number() OVER (PARTITION BY id ORDER BY offset DESC) = 1` is the
latest version of each. The whole message is in the column `message`, the columns are what queries ask for.
"""

import os
from collections import defaultdict
from pathlib import Path

import pyarrow
import pyarrow.parquet
from enriched import Consumer, arguments

COLUMNS = pyarrow.schema([
    ("id", pyarrow.string()),
    ("offset", pyarrow.int64()),
    ("url", pyarrow.string()),
    ("headline", pyarrow.string()),
    ("published", pyarrow.string()),
    ("publisher", pyarrow.string()),
    ("language", pyarrow.string()),
    ("words", pyarrow.int64()),
    ("body", pyarrow.string()),
    ("message", pyarrow.string()),
])


def main():
    given = arguments(__doc__, ("--folder", "lake", "where the files go"))
    for batch in Consumer("lake", given).batches():
        days = defaultdict(list)
        for article in batch:
            # A lake keeps what was; who must forget a withdrawn article deletes its rows.
            if article.message is not None:
                days[day(article.message)].append(article)
        for name, articles in days.items():
            write(Path(given.folder) / f"day={name}", articles)
        print(f"{sum(map(len, days.values()))} articles in {len(days)} files", flush=True)


def day(message):
    published = message.get("datePublished", "")
    return published[:10] if len(published) >= 10 else "unknown"


def write(folder, articles):
    folder.mkdir(parents=True, exist_ok=True)
    rows = pyarrow.Table.from_pylist([row(article) for article in articles], schema=COLUMNS)
    first, last = articles[0].place, articles[-1].place
    path = folder / f"{first}--{last}.parquet"
    aside = path.with_suffix(".part")
    pyarrow.parquet.write_table(rows, aside, compression="zstd")
    os.replace(aside, path)


def row(article):
    message = article.message
    return {
        "id": article.id,
        "offset": article.offset,
        "url": message.get("url"),
        "headline": message.get("headline"),
        "published": message.get("datePublished"),
        "publisher": message.get("publisher", {}).get("name"),
        "language": message.get("inLanguage"),
        "words": message.get("wordCount"),
        "body": message["articleBody"],
        "message": article.text.decode(),
    }


if __name__ == "__main__":
    main()
