"""Looks at the proof page by way of a WebDriver: look.py DRIVER PAGE FOLDER-FOR-PICTURES."""

import base64
import json
import pathlib
import sys
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PATIENCE = 60
HOSTILE = (
    "<html><head><title>Harbour <script>window.broken = 1</script></title></head><body><article>"
    "<h1>The <img src=x onerror='window.broken = 1'> ferry is late again this week</h1>"
    "<p>The ferry to the islands was late again on Monday, and the harbour master gave no reason "
    "for it. Passengers had waited since the early morning, and many of them went home.</p>"
    "<p>&lt;script&gt;window.broken = 1&lt;/script&gt; was painted on the wall of the terminal, "
    "which the harbour master called &lt;img src=x onerror=window.broken=1&gt; a nuisance.</p>"
    "<p>Sign up for our newsletter to get the latest stories in your inbox every morning.</p>"
    "</article></body></html>"
)


class Browser:
    def __init__(self, driver, scheme):
        self.driver = driver
        wait_until("the driver answers", lambda: self.call("GET", "/status")["ready"])
        options = {
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,1600",
                f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}",
            ]
        }
        capabilities = {
            "alwaysMatch": {
                "browserName": "chrome",
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL"},
            }
        }
        session = self.call("POST", "/session", {"capabilities": capabilities})
        self.driver += "/session/" + session["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.driver + path, data, {"content-type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error

    def open(self, address):
        self.call("POST", "/url", {"url": address})

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector):
        return self.call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0]).innerText", selector)

    def click(self, selector):
        self.call("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector, text):
        self.call("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def photograph(self, path):
        path.write_bytes(base64.b64decode(self.call("GET", "/screenshot")))

    def complaints(self):
        log = self.call("POST", "/se/log", {"type": "browser"})
        # A missing token or article is told to the reader; the console repeats the code.
        return [entry["message"] for entry in log if "the server responded with a status of" not in entry["message"]]

    def close(self):
        self.call("DELETE", "")


def wait_until(what, holds):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if holds():
                return
            last = None
        except (AssertionError, OSError, KeyError, TypeError) as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {PATIENCE} s ({last})")
        time.sleep(0.1)


def check(holds, what):
    if not holds:
        raise AssertionError(what)
    print(f"browser: {what}")


def proof_of_a_hostile_page(browser):
    browser.run("document.getElementById('text').value = arguments[0]", HOSTILE)
    browser.click("#article button")
    wait_until("a proof", lambda: "ferry to the islands" in browser.text("#proof"))
    check(browser.run("return window.broken") is None, "no script of an article runs")
    check(browser.run("return document.querySelectorAll('#proof script, #proof img').length") == 0, "nothing of an article becomes an element")
    check("window.broken" in browser.text("#proof"), "what an article says is shown as text")
    struck = browser.run("return [...document.querySelectorAll('#proof del')].map((it) => it.innerText).join(' ')")
    check("Sign up for our newsletter" in struck, "what is cut is struck through")
    check(browser.run("return document.activeElement.id") == "proof", "the proof has the focus")


def live_tab(browser):
    wait_until("the tabs", lambda: browser.run("return !document.getElementById('views').hidden"))
    browser.call("POST", f"/element/{browser.find('#tab-proof')}/value", {"text": "\ue014"})
    check(browser.run("return document.activeElement.id") == "tab-live", "an arrow key goes to the other tab")
    figures = lambda: dict(line.split("\n") for line in browser.run("return [...document.querySelectorAll('#figures div')].map((it) => it.innerText)"))
    # All at once: before the worker has its partitions there is no lag either.
    done = {"Ready": "yes", "Lag, messages": "0", "In flight": "0"}
    settled = lambda now: done.items() <= now.items() and now["Enriched"] != "0" and now["Dead letters"] != "0"
    wait_until("articles and dead letters to be counted", lambda: settled(figures()))
    print("browser: articles and dead letters are counted, and none is left under way")
    wait_until("times of the stages", lambda: "boilerplate" in browser.text("#stages") and "ms" in browser.text("#stages"))
    wait_until("the last dead letters", lambda: "articles.raw /" in browser.text("#letters"))
    check("not_json" in browser.text("#reasons") + browser.text("#letters") or browser.text("#reasons").strip() != "", "dead letters have reasons")


def dead_letter_by_its_place(browser):
    browser.click("#letters button")
    wait_until("the reason", lambda: "dead letter" in browser.text("#fault"))
    check(browser.run("return !document.getElementById('view-proof').hidden"), "a dead letter's place opens it")


def message_by_its_place(browser):
    for field, value in [("topic", "articles.raw"), ("partition", "0"), ("offset", "0")]:
        browser.run("document.getElementById(arguments[0]).value = ''", field)
        browser.type(f"#{field}", value)
    browser.click("#place button")
    wait_until("the message", lambda: browser.text("#proof").strip() or browser.text("#fault").strip())
    check(browser.text("#proof").strip() != "" or "dead letter" in browser.text("#fault"), "a message is shown by topic, partition and offset")


def named_controls(browser):
    unnamed = browser.run(
        "return [...document.querySelectorAll('input, select, textarea, button')]"
        ".filter((it) => !it.labels?.length && !it.innerText?.trim() && !it.ariaLabel).map((it) => it.outerHTML)"
    )
    check(unnamed == [], f"every control has a name {unnamed or ''}".strip())


def main(driver, page, folder):
    folder = pathlib.Path(folder)
    for scheme in ["light", "dark"]:
        browser = Browser(driver, scheme)
        try:
            wait_until("the page", lambda: browser.open(page) is None and browser.find("#text"))
            dark = browser.run("return matchMedia('(prefers-color-scheme: dark)').matches")
            check(dark == (scheme == "dark"), f"the page is {scheme}")
            named_controls(browser)
            proof_of_a_hostile_page(browser)
            browser.photograph(folder / f"proof-{scheme}.png")
            live_tab(browser)
            browser.photograph(folder / f"live-{scheme}.png")
            dead_letter_by_its_place(browser)
            message_by_its_place(browser)
            browser.photograph(folder / f"message-{scheme}.png")
            complaints = browser.complaints()
            check(complaints == [], f"the browser has nothing to complain of {complaints or ''}".strip())
        finally:
            browser.close()


main(*sys.argv[1:])
