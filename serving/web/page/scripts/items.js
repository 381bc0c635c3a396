// The best of the shop's own products, worn by the visitor one after another; a tile opens the product.

import * as api from "./api.js";
import { label, say } from "./language.js";
import { Matches, element } from "./matches.js";

export class Items extends Matches {
  /** more: called with an item to be seen worn several times. */
  constructor(more) {
    super();
    this.more = more;
    this.dialog = element("item");
    element("item-close").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => this.item?.tile.focus());
    element("item-more").addEventListener("click", () => {
      const { item } = this;
      this.item = null; // the results have the focus now, not the tile
      this.dialog.close();
      this.more(item);
    });
  }

  hint(some) {
    say(element("matches-hint"), some ? "itemsHint" : "matchesNone");
  }

  async shown(person, items, signal) {
    for (const item of items) await this.#wear(person, item, signal);
  }

  async #wear(person, item, signal) {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
    const request = { garment: item.garment, source: "match", key: item.key, samples: 1, seed };
    for await (const result of api.results(person.key, request, signal)) {
      if (signal.aborted) return;
      item.worn = result.photo;
      item.tile.querySelector("img").src = result.photo;
      item.tile.classList.add("worn");
      if (this.item === item) this.#pictures();
    }
  }

  tile(item, number) {
    const box = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "portrait item" });
    const picture = Object.assign(document.createElement("img"), { src: item.photo, alt: "" });
    const words = Object.assign(document.createElement("span"), { className: "item-name", textContent: item.title });
    const price = Object.assign(document.createElement("span"), { className: "item-price", textContent: item.price });
    button.append(picture, words, price);
    label(button, item.price ? "openItemPrice" : "openItem", { number, title: item.title, price: item.price });
    button.addEventListener("click", () => this.#open(item));
    item.tile = button;
    box.append(button);
    return box;
  }

  #open(item) {
    this.item = item;
    element("item-title").textContent = item.title;
    element("item-price").textContent = item.price;
    element("item-price").hidden = !item.price;
    element("item-link").hidden = !item.link;
    if (item.link) element("item-link").href = item.link;
    else element("item-link").removeAttribute("href");
    this.#pictures();
    this.dialog.showModal();
  }

  #pictures() {
    element("item-worn").src = this.item.worn ?? this.item.photo;
    element("item-cut").src = this.item.photo;
  }
}
