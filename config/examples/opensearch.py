#!/usr/bin/env python3
"""Keeps an OpenSearch index of the enriched articles, by its bulk interface.

    pip install confluent-kafka
    config/examples/opensearch.py --brokers 127.0.0.1:9092 --index http://127.0.0.1:9200/articles

An article that comes again, or in a new version, replaces itself: its document's id is the article's.
A tombstone deletes the document of its key, so the raw messages' key must be the article's id. Offsets are
committed when OpenSearch has taken all of a batch; what it is too busy for is sent again.
"""

import json
import sys
import time
import urllib.error
import urllib.request

from enriched import Consumer, arguments

ATTEMPTS = 8
# Of no use to a search, and large.
LEFT_OUT = ("removals", "edits", "fingerprints", "provenance", "input")


def main():
    given = arguments(__doc__, ("--index", "http://127.0.0.1:9200/articles", "the index"))
    for batch in Consumer("opensearch", given).batches():
        # Of several versions in a batch the last counts.
        actions = {article.id or article.key: article for article in batch}
        send(f"{given.index}/_bulk", actions)
        print(f"{len(actions)} documents", flush=True)


def send(address, actions):
    for attempt in range(ATTEMPTS):
        busy = bulk(address, actions)
        if not busy:
            return
        actions = {key: actions[key] for key in busy}
        time.sleep(min(0.2 * 2**attempt, 10))
    sys.exit(f"{address} was too busy {ATTEMPTS} times over; nothing of the batch is committed")


def bulk(address, actions):
    """Sends all, and returns the ids that are to be sent again."""
    lines = []
    for key, article in actions.items():
        if article.message is None:
            lines.append({"delete": {"_id": key}})
        else:
            lines += [{"index": {"_id": key}}, document(article.message)]
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/x-ndjson"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            items = json.load(answer)["items"]
    except urllib.error.HTTPError as error:
        if error.code in (429, 503):
            return list(actions)
        raise
    except urllib.error.URLError:
        return list(actions)
    results = [next(iter(item.values())) for item in items]
    refused = [it for it in results if it["status"] not in (200, 201, 404, 429, 503)]
    if refused:
        sys.exit(f"refused, nothing of the batch is committed: {refused[0]}")
    return [it["_id"] for it in results if it["status"] in (429, 503)]


def document(message):
    return {name: value for name, value in message.items() if name not in LEFT_OUT}


if __name__ == "__main__":
    main()
