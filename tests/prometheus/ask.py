"""Puts the dashboard's and the rules' questions to a Prometheus: ask.py working|gone ADDRESS CONFIG."""

import json
import pathlib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 90
# A worker without faults has none to count.
MAY_BE_EMPTY = {"Failures"}
# As Grafana would fill them in.
VARIABLES = {"$__rate_interval": "1m", "$job": ".*", "$instance": ".*"}


def main():
    when, address, config = sys.argv[1:]
    prometheus = Prometheus(address)
    if when == "working":
        panels = dashboard(pathlib.Path(config))
        wait_while(lambda: empty(prometheus, panels))
        wait_while(lambda: unevaluated(prometheus))
        print(f"prometheus: {len(panels)} questions of the dashboard and all rules are answered")
    else:
        wait_while(lambda: inactive(prometheus, "CopydeskHalted"))
        print("prometheus: a worker that is gone raises CopydeskHalted")


class Prometheus:
    def __init__(self, address):
        self.address = address

    def get(self, path, **query):
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            sys.exit(f"prometheus: {query or path}: {error.read().decode()}")

    def ask(self, expression):
        return self.get("query", query=expression)["result"]

    def rules(self):
        return [rule for group in self.get("rules")["groups"] for rule in group["rules"]]


def dashboard(config):
    board = json.loads((config / "grafana/dashboards/copydesk.json").read_text())
    return [
        (panel["title"], filled_in(target["expr"]))
        for panel in board["panels"]
        for target in panel.get("targets", [])
    ]


def filled_in(expression):
    for variable, value in VARIABLES.items():
        expression = expression.replace(variable, value)
    return expression


def empty(prometheus, panels):
    return [
        f"{title}: {expression}"
        for title, expression in panels
        if title not in MAY_BE_EMPTY and not prometheus.ask(expression)
    ]


def unevaluated(prometheus):
    rules = prometheus.rules()
    for rule in rules:
        if rule["health"] == "err":
            sys.exit(f"prometheus: {rule['name']}: {rule['lastError']}")
    return [
        rule["name"]
        for rule in rules
        if rule["health"] != "ok" or rule["type"] == "recording" and not prometheus.ask(rule["name"])
    ]


def inactive(prometheus, name):
    return [
        f"{name} is {rule['state']}"
        for rule in prometheus.rules()
        if rule["name"] == name and rule["state"] == "inactive"
    ]


def wait_while(lacking):
    deadline = time.monotonic() + PATIENCE
    found = ["no answer"]
    while time.monotonic() < deadline:
        try:
            found = lacking()
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            found = [str(error)]  # It is still starting.
        if not found:
            return
        time.sleep(0.5)
    sys.exit(f"prometheus: in vain for {PATIENCE} s: " + "; ".join(found))


main()
