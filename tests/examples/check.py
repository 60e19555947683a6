"""Publishes enriched articles, runs each example to the end of the topic, and looks at what it made."""

import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import confluent_kafka
import pyarrow.parquet

EXAMPLES = Path(__file__).parents[2] / "config" / "examples"
SECONDS = 120


def main(brokers, topic, path, jars):
    articles = [json.loads(line) for line in Path(path).read_text().splitlines()]
    assert len({article["id"] for article in articles}) == len(articles) > 10
    publish(brokers, topic, articles)
    withdrawn, kept = articles[-1], articles[:-1]
    follow(brokers, topic, articles, withdrawn)
    opensearch(brokers, topic, kept)
    lake(brokers, topic, articles)
    connect(brokers, topic, articles, jars)
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


class Index(BaseHTTPRequestHandler):
    """Of OpenSearch's bulk interface what indexes and deletes; busy once, and once for one document."""

    documents = {}
    busy = ["all", "one"]

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.path == "/articles/_bulk" and self.headers["Content-Type"] == "application/x-ndjson"
        assert body.endswith(b"\n")
        busy = self.busy.pop(0) if self.busy else None
        if busy == "all":
            return self.answer(429, {"error": "busy"})
        lines = iter(json.loads(line) for line in body.splitlines())
        items = []
        for action in lines:
            [(verb, target)] = action.items()
            document = next(lines) if verb == "index" else None
            if busy == "one" and verb == "index":
                busy, status = None, 429
            else:
                status = self.apply(verb, target["_id"], document)
            items.append({verb: {"_id": target["_id"], "status": status}})
        return self.answer(200, {"errors": False, "items": items})

    def apply(self, verb, key, document):
        if verb == "index":
            status = 200 if key in self.documents else 201
            self.documents[key] = document
            return status
        return 200 if self.documents.pop(key, None) else 404

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def opensearch(brokers, topic, kept):
    server = HTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    index = f"http://127.0.0.1:{server.server_port}/articles"
    assert run("opensearch.py", brokers, topic, "--index", index)
    assert not Index.busy, "it was busy, and asked again"
    assert sorted(Index.documents) == sorted(article["id"] for article in kept)
    for article in kept:
        document = Index.documents[article["id"]]
        assert document["articleBody"] == article["articleBody"] and "removals" not in document
    assert run("opensearch.py", brokers, topic, "--index", index) == [], "all was committed"


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
