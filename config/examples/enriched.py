"""What the examples share: batches of enriched articles, committed when they have been dealt with."""

import argparse
import json
import time
from dataclasses import dataclass

import confluent_kafka

BATCH_ARTICLES = 500
BATCH_SECONDS = 1.0


@dataclass
class Article:
    key: str
    # The JSON as it came; None is a tombstone.
    text: bytes | None
    message: dict | None
    id: str | None
    partition: int
    # Grows within a partition, so that of two versions of an article the later is known.
    offset: int

    @property
    def place(self):
        return f"{self.partition}-{self.offset}"


def arguments(doc, *more):
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", default="127.0.0.1:9092")
    parser.add_argument("--topic", default="articles.enriched")
    parser.add_argument("--to-the-end", action="store_true", help="stop where nothing more is to be had")
    for name, default, what in more:
        parser.add_argument(name, default=default, help=f"{what} [{default}]")
    return parser.parse_args()


class Consumer:
    def __init__(self, name, given):
        self.to_the_end = given.to_the_end
        self.consumer = confluent_kafka.Consumer({
            "bootstrap.servers": given.brokers,
            "group.id": f"copydesk-example-{name}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            # What an aborted transaction of an exactly-once worker left is no article.
            "isolation.level": "read_committed",
            "enable.partition.eof": self.to_the_end,
        })
        self.ended = set()
        self.consumer.subscribe([given.topic])

    def batches(self):
        """Each batch is committed when the next is asked for: by then it has been dealt with."""
        try:
            while True:
                batch = list(self.collect())
                if batch:
                    yield batch
                    self.consumer.commit(asynchronous=False)
                elif self.at_the_end():
                    return
        finally:
            self.consumer.close()

    def collect(self):
        deadline = time.monotonic() + BATCH_SECONDS
        for _ in range(BATCH_ARTICLES):
            message = self.consumer.poll(max(0.0, deadline - time.monotonic()))
            if message is None:
                return
            error = message.error()
            if error is None:
                yield read(message)
            elif error.code() == confluent_kafka.KafkaError._PARTITION_EOF:
                self.ended.add(message.partition())
                if self.at_the_end():
                    return
            elif not error.retriable():
                raise confluent_kafka.KafkaException(error)

    def at_the_end(self):
        assigned = {place.partition for place in self.consumer.assignment()}
        return self.to_the_end and bool(assigned) and assigned <= self.ended


def read(message):
    key = (message.key() or b"").decode("utf-8", "replace")
    payload = message.value()
    place = message.partition(), message.offset()
    if payload is None:
        return Article(key, None, None, None, *place)
    # With a schema registry, a zero byte and the schema's id come first.
    text = payload[5:] if payload[:1] == b"\0" else payload
    content = json.loads(text)
    return Article(key, text, content, content["id"], *place)
