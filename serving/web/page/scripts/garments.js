// Which garment is to be replaced: what is worn, or what was wiped away.

import { say } from "./language.js";

const element = (id) => document.getElementById(id);

export class Garments {
  /** classes: of the parsing; chosen: called with a garment and its class, or with "" and -1. */
  constructor(names, classes, chosen) {
    this.names = names;
    this.classes = classes;
    this.chosen = chosen;
    this.value = "";
    this.radios = new Map();
    element("garments").replaceChildren(
      ...names.map((name) => {
        const box = document.createElement("label");
        const radio = Object.assign(document.createElement("input"), { type: "radio", name: "garment", value: name });
        radio.addEventListener("change", () => this.choose(name));
        const words = document.createElement("span");
        box.append(radio, words);
        say(words, `garment.${name}`);
        this.radios.set(name, radio);
        return box;
      }),
    );
  }

  choose(name) {
    this.value = name;
    for (const [each, radio] of this.radios) radio.checked = each === name;
    const label = name === "dress" ? "bottom" : name; // a dress has the bottom's class
    this.chosen(name, this.classes.findIndex((each) => each.name === label));
  }

  /** Offers what a person wears; keeps the choice where it can. */
  offer({ worn, dress }, erased, wanted = this.value) {
    const can = (name) => erased || worn.includes(name);
    for (const [name, radio] of this.radios) radio.disabled = !can(name);
    const hint = element("garment-hint");
    const missing = this.names.filter((name) => !can(name));
    hint.hidden = !missing.length;
    if (missing.length) {
      const key = dress && !this.names.includes("dress") && missing.includes("bottom") ? "hintDress" : "hintMissing";
      say(hint, key, { garment: { text: `garment.${missing[0]}` } });
    }
    const pick = [wanted, ...this.names].find((name) => this.names.includes(name) && can(name)) ?? "";
    this.choose(pick);
  }
}
