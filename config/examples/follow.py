#!/usr/bin/env python3
"""Follows the enriched articles and shows, a line each, what became of them.

    pip install confluent-kafka
    config/examples/follow.py --brokers 127.0.0.1:9092

A consumer in the least code that does it right: each article is handled before its offset is
committed, what comes twice is known by its id, and tombstones are heeded.
"""

from enriched import Consumer, arguments

SEEN = 100_000


def main():
    seen = {}
    for batch in Consumer("follow", arguments(__doc__)).batches():
        for article in batch:
            if article.message is None:
                print(f"{article.key}: withdrawn")
                continue
            # At least once: the same id and the same bytes may come again.
            if seen.get(article.id) == hash(article.text):
                continue
            seen[article.id] = hash(article.text)
            if len(seen) > SEEN:
                del seen[next(iter(seen))]
            show(article.message)


def show(message):
    headline = message.get("headline", "(no headline)")
    language = message.get("inLanguage", "?")
    changes = f"{len(message['removals'])} cut, {len(message['edits'])} mended"
    print(f"{message['id']}  [{language}] {headline}  ({changes})", flush=True)


if __name__ == "__main__":
    main()
