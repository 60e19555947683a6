"""Holds the OpenSearch example against a real OpenSearch, behind a door that is busy at first."""

import json
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

NODE = Path(__file__).parent / "opensearch" / "Node.java"
SECONDS = 180


def hold(run, brokers, topic, kept, jars):
    with node(jars) as address:
        Door.behind = address
        door = HTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=door.serve_forever, daemon=True).start()
        index = f"http://127.0.0.1:{door.server_port}/articles"
        assert run("opensearch.py", brokers, topic, "--index", index)
        assert not Door.busy, "it was busy, and asked again"
        ask(f"{address}/articles/_refresh", {})
        found = ask(f"{address}/articles/_search", {"size": 1000})["hits"]["hits"]
        assert sorted(hit["_id"] for hit in found) == sorted(article["id"] for article in kept)
        documents = {hit["_id"]: hit["_source"] for hit in found}
        for article in kept:
            document = documents[article["id"]]
            assert document["articleBody"] == article["articleBody"] and "removals" not in document
        look_up(address, kept)
        assert run("opensearch.py", brokers, topic, "--index", index) == [], "all was committed"


def look_up(address, kept):
    """Its own headline finds each article, and a day those of that day."""
    for article in kept:
        if article.get("headline"):
            query = {"match_phrase": {"headline": article["headline"]}}
            found = ask(f"{address}/articles/_search", {"size": 100, "query": query})["hits"]["hits"]
            assert article["id"] in [hit["_id"] for hit in found], article["headline"]
    dated = [article for article in kept if article.get("datePublished")]
    assert dated
    day = dated[0]["datePublished"][:10]
    query = {"range": {"datePublished": {"gte": day, "lte": day}}}
    found = ask(f"{address}/articles/_search", {"size": 100, "query": query})["hits"]["hits"]
    assert dated[0]["id"] in [hit["_id"] for hit in found], day


class Door(BaseHTTPRequestHandler):
    """Hands bulk requests on; busy once for all of one, and once for one document."""

    behind = None
    busy = ["all", "one"]

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        busy = self.busy.pop(0) if self.busy else None
        if busy == "all":
            return self.answer(429, {"error": "busy"})
        refused = []
        if busy == "one":
            action, document, rest = body.split(b"\n", 2)
            [(verb, target)] = json.loads(action).items()
            assert verb == "index" and document
            refused, body = [{verb: {"_id": target["_id"], "status": 429}}], rest
        answer = ask(f"{self.behind}{self.path}", body, self.headers["Content-Type"])
        answer["items"] += refused
        return self.answer(200, answer)

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def ask(address, content, kind="application/json"):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    request = urllib.request.Request(address, body, {"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise AssertionError(error.read().decode()) from error


@contextmanager
def node(jars):
    with tempfile.TemporaryDirectory() as folder, socket.socket() as one, socket.socket() as other:
        ports = []
        for free in (one, other):
            free.bind(("127.0.0.1", 0))
            ports.append(free.getsockname()[1])
        one.close()
        other.close()
        address = f"http://127.0.0.1:{ports[0]}"
        log = Path(folder) / "log"
        program = ["java", "-Xmx512m", "-cp", f"{jars}/*", NODE, Path(folder) / "node", *map(str, ports)]
        with log.open("w") as output:
            process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=output, stderr=output)
        try:
            wait_for(address, process, log)
            yield address
        finally:
            process.stdin.close()
            process.wait(SECONDS)


def wait_for(address, process, log):
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.5)
