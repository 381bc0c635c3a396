// One result, large: beside the original, slid over it, or its shape; what can be done with it.

import { Failure } from "./api.js";
import { label, say } from "./language.js";
import { bytesOf, drawParsing, loaded } from "./overlay.js";

const element = (id) => document.getElementById(id);

export class Viewer {
  /** from: called with an item and what is wanted of it. */
  constructor(from) {
    this.dialog = element("viewer");
    this.colours = [];
    const act = (id, options) =>
      element(id).addEventListener("click", () => {
        this.dialog.close();
        from(this.item, options());
      });
    act("keep-shape", () => ({ use: ["shape"], says: "fromShape" }));
    act("keep-texture", () => ({ use: ["texture"], says: "fromTexture" }));
    act("alike", () => this.alike);
    element("close").addEventListener("click", () => this.dialog.close());
    element("previous").addEventListener("click", () => this.#go(-1));
    element("next").addEventListener("click", () => this.#go(1));
    this.dialog.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (way && event.target.tagName !== "INPUT") this.#go(way);
    });
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => this.item?.tile?.querySelector(".tile-open")?.focus());
    for (const radio of this.dialog.querySelectorAll("[name=view]")) {
      radio.addEventListener("change", () => this.#look(radio.value));
    }
    element("compare").addEventListener("input", () => this.#slide());
    this.#slide();
  }

  get alike() {
    return { use: ["shape", "texture"], spread: element("spread").valueAsNumber / 100, says: "fromAlike" };
  }

  open(item, items) {
    this.items = items;
    this.#show(item);
    this.dialog.showModal();
  }

  #go(way) {
    // Best first, as the tiles stand, with those that came meanwhile.
    const { sorted } = this.items;
    const place = sorted.indexOf(this.item) + way;
    if (place >= 0 && place < sorted.length) this.#show(sorted[place]);
  }

  async #show(item) {
    this.item = item;
    const { sorted } = this.items;
    const place = sorted.indexOf(item) + 1;
    say(element("viewer-title"), "largeTitle", { number: place, count: sorted.length });
    element("previous").disabled = place <= 1;
    element("next").disabled = place >= sorted.length;
    element("large-before").src = this.before;
    element("large-after").src = item.photo;
    label(element("large-after"), "resultPhoto", { number: item.place });
    const save = element("download");
    save.href = `${item.photo}?save`;
    save.download = `try-on-${item.place}.png`;
    const shape = element("large-shape");
    try {
      const parsing = await loaded(item.parsing);
      if (this.item === item) drawParsing(shape, parsing, this.colours);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (this.item === item) shape.getContext("2d").clearRect(0, 0, shape.width, shape.height); // no other's
    }
  }

  set classes(classes) {
    this.colours = classes.map(({ colour }) => bytesOf(colour));
  }

  #look(view) {
    element("pair").dataset.view = view;
    element("compare-label").hidden = view !== "slide";
  }

  #slide() {
    element("pair").style.setProperty("--cut", `${element("compare").value}%`);
  }
}
