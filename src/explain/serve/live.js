// The tab that shows how the worker stands, from its metrics and its last dead letters. Without
// a worker behind the page there are none, and no tab.

import { Refused, ask, askForToken, onToken } from "./desk.js";
import { showMessage } from "./shell.js";

const INTERVAL = 2_000;
const KEPT = 60;
const STAGES = ["decode", "boilerplate", "repair", "tag", "encode"];
const part = (id) => document.getElementById(id);
const views = [part("tab-proof"), part("tab-live")];

let before = null;
let course = [];
let timer = null;

/** The samples of an exposition in Prometheus' text format, by name. */
function samples(exposition) {
  const found = new Map();
  for (const line of exposition.split("\n")) {
    const match = /^([a-z_]+)(?:\{(.*?)\})? (\S+)/.exec(line);
    if (match) {
      const [, name, labels = "", value] = match;
      const named = Object.fromEntries([...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]));
      found.set(name, [...(found.get(name) ?? []), { labels: named, value: Number(value) }]);
    }
  }
  return found;
}

function total(found, name) {
  return (found.get(name) ?? []).reduce((sum, sample) => sum + sample.value, 0);
}

function number(value) {
  return value.toLocaleString(undefined, { maximumFractionDigits: value < 10 ? 1 : 0 });
}

function mebibytes(bytes) {
  return `${number(bytes / 1_048_576)} MiB`;
}

function row(cells) {
  const line = document.createElement("tr");
  for (const cell of cells) {
    const field = document.createElement("td");
    field.append(cell);
    line.append(field);
  }
  return line;
}

/** Fills a table; one with nothing to show says so. */
function fill(id, rows) {
  const columns = part(id).querySelectorAll("th").length;
  if (rows.length === 0) {
    const none = row(["none"]);
    none.firstChild.colSpan = columns;
    rows = [none];
  }
  part(id).tBodies[0].replaceChildren(...rows);
}

function showFigures(now, since) {
  const rate = (name) => (since ? (total(now.found, name) - total(since.found, name)) / ((now.at - since.at) / 1_000) : 0);
  const figures = [
    ["Ready", total(now.found, "copydesk_ready") === 1 ? "yes" : "no"],
    ["Partitions", number(total(now.found, "copydesk_partitions_assigned"))],
    ["Lag, messages", number(total(now.found, "copydesk_lag_messages"))],
    ["Taken a second", number(rate("copydesk_messages_taken_total"))],
    ["Enriched a second", number(rate("copydesk_articles_enriched_total"))],
    ["In flight", number(total(now.found, "copydesk_articles_in_flight"))],
    ["Of the byte budget", `${mebibytes(total(now.found, "copydesk_in_flight_bytes"))} of ${mebibytes(total(now.found, "copydesk_in_flight_budget_bytes"))}`],
    ["Memory", mebibytes(total(now.found, "process_resident_memory_bytes"))],
    ["Enriched", number(total(now.found, "copydesk_articles_enriched_total"))],
    ["Rejected", number(total(now.found, "copydesk_articles_rejected_total"))],
    ["Dead letters", number(total(now.found, "copydesk_dead_letters_total"))],
  ];
  part("figures").replaceChildren(
    ...figures.map(([name, value]) => {
      const group = document.createElement("div");
      group.append(Object.assign(document.createElement("dt"), { textContent: name }));
      group.append(Object.assign(document.createElement("dd"), { textContent: value }));
      return group;
    }),
  );
  if (since) {
    course = [...course, rate("copydesk_articles_enriched_total")].slice(-KEPT);
  }
  const highest = Math.max(...course, 1);
  const points = course.map((value, index) => `${(600 / (KEPT - 1)) * index},${78 - (76 * value) / highest}`);
  part("course").firstElementChild.setAttribute("points", points.join(" "));
  part("course").setAttribute("aria-label", `Articles a second over the last two minutes, at most ${number(highest)}`);
}

function showStages(now, since) {
  const sums = (found, suffix) => new Map((found?.get(`copydesk_stage_duration_seconds_${suffix}`) ?? []).map((sample) => [sample.labels.stage, sample.value]));
  const [sum, count] = [sums(now.found, "sum"), sums(now.found, "count")];
  const [earlierSum, earlierCount] = [sums(since?.found, "sum"), sums(since?.found, "count")];
  const each = (seconds, articles) => (articles > 0 ? `${((seconds / articles) * 1_000).toFixed(2)} ms` : "–");
  fill(
    "stages",
    STAGES.filter((stage) => count.has(stage)).map((stage) =>
      row([
        stage,
        each(sum.get(stage) - (earlierSum.get(stage) ?? 0), count.get(stage) - (earlierCount.get(stage) ?? 0)),
        each(sum.get(stage), count.get(stage)),
      ]),
    ),
  );
}

function showDeadLetters(now, letters) {
  const reasons = (now.found.get("copydesk_dead_letters_total") ?? []).toSorted((one, other) => other.value - one.value);
  fill("reasons", reasons.map((sample) => row([sample.labels.reason, number(sample.value)])));
  fill(
    "letters",
    letters.map((letter) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${letter.topic} / ${letter.partition} / ${letter.offset}`;
      button.addEventListener("click", () => {
        select(views[0]);
        showMessage(letter.topic, letter.partition, letter.offset);
      });
      return row([new Date(letter.at_millis).toLocaleTimeString(), button, letter.stage, `${letter.reason}: ${letter.error}`]);
    }),
  );
}

async function look() {
  try {
    const [metrics, letters] = await Promise.all([ask("metrics"), ask("dead-letters")]);
    const now = { at: performance.now(), found: samples(await metrics.text()) };
    showFigures(now, before);
    showStages(now, before);
    // Focus stays where it is while nothing has changed.
    const told = await letters.text();
    if (told !== part("letters").dataset.told) {
      part("letters").dataset.told = told;
      showDeadLetters(now, JSON.parse(told));
    }
    before = now;
    part("live-status").textContent = "";
  } catch (error) {
    part("live-status").textContent = error instanceof Refused ? error.message : "The worker does not answer.";
    before = null;
  }
}

function select(view) {
  for (const tab of views) {
    const chosen = tab === view;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    part(tab.getAttribute("aria-controls")).hidden = !chosen;
  }
  clearInterval(timer);
  if (view === views[1]) {
    look();
    timer = setInterval(() => document.hidden || look(), INTERVAL);
  }
}

for (const [index, tab] of views.entries()) {
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      views[1 - index].focus();
      select(views[1 - index]);
    }
  });
}

/** Shows the tabs where there is a worker to look at. */
async function begin() {
  try {
    const there = await ask("metrics");
    part("views").hidden = !there.ok;
    if (there.ok) {
      part("view-proof").setAttribute("role", "tabpanel");
      part("view-proof").setAttribute("aria-labelledby", "tab-proof");
    }
  } catch (error) {
    if (error instanceof Refused) {
      askForToken();
    }
  }
}

onToken(begin);
begin();
