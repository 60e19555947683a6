// Sends what was pasted or opened, or the place of a message, and shows the proof that comes
// back. The answer is HTML in which the desk has escaped every word of the article; it is read
// as a document of its own, in which no script runs, and this page's policy lets none run either.

import { Refused, ask, askForToken } from "./desk.js";

const part = (id) => document.getElementById(id);
const form = part("article");
const place = part("place");
const text = part("text");
const format = part("format");
const file = part("file");
const buttons = document.querySelectorAll("form button");

// A file goes as its bytes: the desk finds out its encoding.
let opened = null;
let sending = false;

function say(status, fault) {
  part("status").textContent = status;
  part("fault").textContent = fault;
}

async function show(path, request) {
  if (sending) {
    return;
  }
  sending = true;
  buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
  say("Reading it …", "");
  try {
    const answer = await ask(path, { method: "POST", ...request });
    const content = await answer.text();
    if (answer.ok) {
      const proof = new DOMParser().parseFromString(content, "text/html");
      part("proof").replaceChildren(...proof.body.childNodes);
      say("The proof is below.", "");
      part("proof").focus();
    } else {
      part("proof").replaceChildren();
      say("", content.trim());
    }
  } catch (error) {
    if (error instanceof Refused) {
      say("", error.message);
      askForToken();
    } else {
      say("", "The desk does not answer.");
    }
  }
  sending = false;
  buttons.forEach((button) => button.removeAttribute("aria-disabled"));
}

function showArticle() {
  const body = opened ?? text.value;
  if (opened === null && text.value.trim() === "") {
    say("", "There is no article yet: paste one, or open a file.");
    text.focus();
    return undefined;
  }
  const headers = format.value === "" ? {} : { "content-type": format.value };
  // As bytes, so that the browser names no content type by itself.
  return show("proof", { headers, body: typeof body === "string" ? new TextEncoder().encode(body) : body });
}

/** Shows the proof of a message that is in a topic. */
export function showMessage(topic, partition, offset) {
  [part("topic").value, part("partition").value, part("offset").value] = [topic, partition, offset];
  return show("proof/message", { body: JSON.stringify({ topic, partition, offset }) });
}

async function open(chosen) {
  if (chosen) {
    opened = await chosen.arrayBuffer();
    text.value = "";
    text.placeholder = `${chosen.name}, ${chosen.size.toLocaleString()} bytes`;
    await showArticle();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  showArticle();
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    showArticle();
  }
});
place.addEventListener("submit", (event) => {
  event.preventDefault();
  showMessage(part("topic").value, part("partition").valueAsNumber, part("offset").valueAsNumber);
});
text.addEventListener("input", () => {
  opened = null;
  file.value = "";
  text.placeholder = "";
});
file.addEventListener("change", () => open(file.files[0]));
form.addEventListener("dragover", (event) => {
  event.preventDefault();
  form.classList.add("dropping");
});
form.addEventListener("dragleave", () => form.classList.remove("dropping"));
form.addEventListener("drop", (event) => {
  const chosen = event.dataTransfer.files[0];
  form.classList.remove("dropping");
  if (chosen) {
    event.preventDefault();
    open(chosen);
  }
});
