// Garments of the shop's catalogue that go with what the visitor wears, best first.

import * as api from "./api.js";
import { label, say } from "./language.js";

const element = (id) => document.getElementById(id);

export class Matches {
  /** wear: called with a match, its garment and its picture's address. */
  constructor(wear) {
    this.wear = wear;
  }

  hide() {
    this.controller?.abort();
    element("matches").hidden = true;
  }

  async find(person, garment) {
    this.hide();
    const { signal } = (this.controller = new AbortController());
    element("matches").hidden = false;
    element("matches-list").replaceChildren();
    say(element("matches-title"), `matches.${garment}`);
    say(element("matches-hint"), "matchesComing");
    try {
      const found = await api.matches(person.key, garment, signal);
      say(element("matches-hint"), found.length ? "matchesHint" : "matchesNone");
      element("matches-list").replaceChildren(...found.map((match, i) => this.#card(match, garment, i + 1)));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof api.Failure)) throw error;
      say(element("matches-hint"), "matchesFailed");
    }
  }

  #card(match, garment, number) {
    const box = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "portrait" });
    const photo = `api/catalogue/${match.key}.png`;
    const picture = Object.assign(document.createElement("img"), { src: photo, alt: "" });
    const words = document.createElement("span");
    button.append(picture, words);
    say(words, "tryIt");
    label(button, "tryMatch", { number });
    button.addEventListener("click", () => this.wear(match, garment, photo));
    box.append(button);
    return box;
  }
}
