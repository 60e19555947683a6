// Sends what was pasted or opened, and shows the proof that comes back. The answer is HTML in
// which the desk has escaped every word of the article; it is read as a document of its own,
// in which no script runs, and this page's policy lets none run either.
"use strict";

const part = (id) => document.getElementById(id);
const form = part("article");
const text = part("text");
const format = part("format");
const file = part("file");
const access = part("access");
const token = part("token");
const send = form.querySelector("button");

// A file goes as its bytes: the desk finds out its encoding.
let opened = null;
let sending = false;

function say(status, fault) {
  part("status").textContent = status;
  part("fault").textContent = fault;
}

async function show() {
  const body = opened ?? text.value;
  if (sending || (opened === null && text.value.trim() === "")) {
    if (!sending) {
      say("", "There is no article yet: paste one, or open a file.");
      text.focus();
    }
    return;
  }
  sending = true;
  send.setAttribute("aria-disabled", "true");
  say("Reading it …", "");
  try {
    await ask(body);
  } catch {
    say("", "The desk does not answer.");
  }
  sending = false;
  send.removeAttribute("aria-disabled");
}

async function ask(body) {
  const headers = {};
  if (format.value !== "") {
    headers["content-type"] = format.value;
  }
  if (token.value !== "") {
    headers.authorization = `Bearer ${token.value}`;
  }
  const answer = await fetch("proof", {
    method: "POST",
    headers,
    // As bytes, so that the browser names no content type by itself.
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
    credentials: "omit",
    redirect: "error",
  });
  const content = await answer.text();
  if (answer.status === 401) {
    access.hidden = false;
    say("", token.value === "" ? "This desk asks for the admin port’s token." : "That is not the token.");
    token.focus();
    return;
  }
  if (!answer.ok) {
    part("proof").replaceChildren();
    say("", content.trim());
    return;
  }
  const proof = new DOMParser().parseFromString(content, "text/html");
  part("proof").replaceChildren(...proof.body.childNodes);
  say("The proof is below.", "");
  part("proof").focus();
}

async function open(chosen) {
  if (chosen) {
    opened = await chosen.arrayBuffer();
    text.value = "";
    text.placeholder = `${chosen.name}, ${chosen.size.toLocaleString()} bytes`;
    await show();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    show();
  }
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
