// Garments of the shop's catalogue that go with what the visitor wears, best first.

import * as api from "./api.js";
import { label, say } from "./language.js";

export const element = (id) => document.getElementById(id);

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
      const items = found.map((match) => ({ ...match, garment, photo: `api/catalogue/${match.key}.png` }));
      this.hint(items.length > 0);
      element("matches-list").replaceChildren(...items.map((item, i) => this.tile(item, i + 1)));
      await this.shown(person, items, signal);
    } catch (error) {
      if (signal.aborted || error.name === "AbortError") return;
      if (!(error instanceof api.Failure)) throw error;
      say(element("matches-hint"), "matchesFailed");
    }
  }

  hint(some) {
    say(element("matches-hint"), some ? "matchesHint" : "matchesNone");
  }

  tile(item, number) {
    const box = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "portrait" });
    const picture = Object.assign(document.createElement("img"), { src: item.photo, alt: "" });
    const words = document.createElement("span");
    button.append(picture, words);
    say(words, "tryIt");
    label(button, "tryMatch", { number });
    button.addEventListener("click", () => this.wear(item, item.garment, item.photo));
    box.append(button);
    return box;
  }

  /** Called when all tiles stand; what is thrown here is told like what finding them throws. */
  async shown() {}
}
