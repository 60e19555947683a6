"""Publishes enriched articles, runs each example to the end of the topic, and looks at what it made."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import confluent_kafka
import pyarrow.parquet
import search

EXAMPLES = Path(__file__).parents[2] / "config" / "examples"
SECONDS = 120


def main(brokers, topic, path, jars):
    articles = [json.loads(line) for line in Path(path).read_text().splitlines()]
    assert len({article["id"] for article in articles}) == len(articles) > 10
    publish(brokers, topic, articles)
    withdrawn, kept = articles[-1], articles[:-1]
    follow(brokers, topic, articles, withdrawn)
    search.hold(run, brokers, topic, kept, f"{jars}/opensearch")
    lake(brokers, topic, articles)
    connect(brokers, topic, articles, f"{jars}/connect")
    print(f"examples: {len(articles)} articles followed, indexed and stored")


def publish(brokers, topic, articles):
    """Each article once, one of them again, one behind a schema's id, and one withdrawn."""
    producer = confluent_kafka.Producer({"bootstrap.servers": brokers, "partitioner": "murmur2_random"})

    def send(article, payload):
        producer.produce(topic, key=article["id"], value=payload)

    for number, article in enumerate(articles):
        prefix = b"\0\0\0\0\x64" if number == 1 else b""
        send(article, prefix + json.dumps(article).encode())
    send(articles[0], json.dumps(articles[0]).encode())
    send(articles[-1], None)
    assert producer.flush(SECONDS) == 0


def run(name, brokers, topic, *more):
    command = [sys.executable, EXAMPLES / name, "--brokers", brokers, "--topic", topic, "--to-the-end", *more]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


def follow(brokers, topic, articles, withdrawn):
    lines = run("follow.py", brokers, topic)
    shown = sorted(line.split("  ")[0] for line in lines if not line.endswith(": withdrawn"))
    assert shown == sorted(article["id"] for article in articles), lines
    assert [line for line in lines if line.endswith(": withdrawn")] == [f"{withdrawn['id']}: withdrawn"]


def lake(brokers, topic, articles):
    with tempfile.TemporaryDirectory() as folder:
        assert run("lake.py", brokers, topic, "--folder", folder)
        files = list(Path(folder).rglob("*.parquet"))
        assert not list(Path(folder).rglob("*.part"))
        rows = [row for file in files for row in pyarrow.parquet.ParquetFile(file).read().to_pylist()]
        assert len(rows) == len(articles) + 1, "all, and the one that came twice"
        for article in articles:
            row = next(row for row in rows if row["id"] == article["id"])
            assert json.loads(row["message"]) == article and row["body"] == article["articleBody"]
        assert {file.parent.name for file in files} > {"day=unknown"}
        assert run("lake.py", brokers, topic, "--folder", folder) == [], "all was committed"


def connect(brokers, topic, articles, jars):
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        folder = Path(folder)
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        free.close()
        lines, offsets = folder / "articles.ndjson", folder / "connect.offsets"
        configure("worker.properties", folder, {
            "127.0.0.1:9092": brokers, "127.0.0.1:8083": address, "connect.offsets": str(offsets),
        })
        configure("sink.properties", folder, {
            "topics=articles.enriched": f"topics={topic}", "file=articles.ndjson": f"file={lines}",
        })
        program = ["java", "-Xmx256m", "-cp", f"{jars}/*", "org.apache.kafka.connect.cli.ConnectStandalone"]
        log = folder / "log"
        with log.open("w") as output:
            worker = subprocess.Popen(
                [*program, folder / "worker.properties", folder / "sink.properties"],
                stdout=output, stderr=output,
            )
        try:
            # All, and the one that came twice; not the one that was withdrawn.
            rows = wait_for_lines(lines, len(articles) + 1, worker, log)
        finally:
            worker.terminate()
            worker.wait(SECONDS)
        # The schema's id is before one of them, as it was sent.
        rows = [json.loads(row[row.index("{"):]) for row in rows]
        assert sorted(row["id"] for row in rows) == sorted(
            article["id"] for article in [*articles, articles[0]]
        )
        assert all(row in articles for row in rows)


def configure(name, folder, changes):
    text = (EXAMPLES / "connect" / name).read_text()
    for before, after in changes.items():
        assert before in text, f"{name} has no {before}"
        text = text.replace(before, after)
    (folder / name).write_text(text)


def wait_for_lines(path, count, worker, log):
    deadline = time.monotonic() + SECONDS
    rows = []
    while time.monotonic() < deadline and len(rows) < count:
        assert worker.poll() is None, log.read_text()
        time.sleep(0.5)
        rows = path.read_text().splitlines() if path.exists() else []
    assert len(rows) == count, f"{len(rows)} lines, not {count}: {log.read_text()}"
    return rows


main(*sys.argv[1:])
