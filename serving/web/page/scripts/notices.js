// What the visitor should read, and what can be done about it; one error at a time.

import { known, say } from "./language.js";

const place = document.getElementById("notices");

export function dismiss() {
  place.replaceChildren();
}

/** What went wrong was of something that is over. */
export function forgive() {
  for (const former of place.querySelectorAll(".error")) former.remove();
}

/**
 * Shows a sentence; an error takes the former one's place.
 * actions: [[key of a text, details, function], ...]; a click ends the notice.
 */
export function notice(key, details = {}, { kind = "note", actions = [], more = "" } = {}) {
  const box = document.createElement("div");
  box.className = `notice ${kind}`;
  box.setAttribute("role", kind === "error" ? "alert" : "status");
  const words = document.createElement("div");
  words.className = "notice-words";
  const sentence = document.createElement("p");
  words.append(sentence);
  if (more) {
    const free = document.createElement("p");
    free.className = "hint";
    free.lang = "en";
    free.textContent = more;
    words.append(free);
  }
  const buttons = document.createElement("div");
  buttons.className = "row";
  for (const [name, values, act] of [...actions, ["dismiss", {}, () => {}]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    say(button, name, values);
    button.addEventListener("click", () => {
      box.remove();
      act();
    });
    buttons.append(button);
  }
  box.append(words, buttons);
  if (kind === "error") forgive();
  place.append(box);
  say(sentence, key, details); // after it is in the page, so that screen readers notice
}

/** A failure as a sentence; what only the server knows stands below it, in its own words. */
export function failed(failure, actions = []) {
  const key = `error.${failure.code}`;
  const free = ["refused", "bad-request"].includes(failure.code) ? failure.details?.text : "";
  notice(known(key) ? key : "error.failed", failure.details ?? {}, { kind: "error", actions, more: free ?? "" });
}

const spoken = document.getElementById("spoken");

/** Only for those who hear the page. */
export const whisper = (key, details) => say(spoken, key, details);
