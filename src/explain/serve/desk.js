// Asks the desk, with the admin port's token where it wants one.

const access = document.getElementById("access");
const token = document.getElementById("token");

// It is kept in the field and goes with the next question.
access.addEventListener("submit", (event) => event.preventDefault());

/** What the desk says when it wants to know who asks. */
export class Refused extends Error {}

/** The answer to a request of this path, relative to the page. */
export async function ask(path, { method = "GET", headers = {}, body } = {}) {
  if (token.value !== "") {
    headers = { ...headers, authorization: `Bearer ${token.value}` };
  }
  const answer = await fetch(path, { method, headers, body, credentials: "omit", redirect: "error" });
  if (answer.status === 401) {
    access.hidden = false;
    throw new Refused(token.value === "" ? "This desk asks for the admin port’s token." : "That is not the token.");
  }
  return answer;
}

/** Puts the reader where the token is asked for. */
export function askForToken() {
  token.focus();
}

/** Calls when another token was given. */
export function onToken(listener) {
  token.addEventListener("change", listener);
}
