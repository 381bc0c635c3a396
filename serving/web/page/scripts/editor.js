// The photo with its parsing: brushes by pointer and by keyboard, steps back and forth, and telling the server.

import * as api from "./api.js";
import { label, say } from "./language.js";
import { ERASED, Labels } from "./labels.js";
import { failed, whisper as tell } from "./notices.js";
import { bytesOf, draw, loaded } from "./overlay.js";

const SETTLED = 400; // ms after the last change
const element = (id) => document.getElementById(id);

export class Editor {
  /** changed: called with what the server says of the person after a correction. */
  constructor(classes, changed) {
    this.classes = classes;
    this.colours = classes.map(({ colour }) => bytesOf(colour));
    this.changed = changed;
    this.canvas = element("canvas");
    this.cursor = element("cursor");
    this.fold = element("adjust");
    this.target = -1;
    this.brush = ERASED;
    this.at = null;
    this.#makeBrushes();
    this.#listen();
  }

  /** What `open` needs to be given of a person; until then the former one stays. */
  read(person) {
    return Promise.all([loaded(person.photo), api.labels(person.key)]);
  }

  open(person, [photo, values]) {
    this.person = person;
    this.photo = photo;
    this.labels = new Labels(values, person.width, person.height);
    this.dress = person.dress;
    this.canvas.width = person.width;
    this.canvas.height = person.height;
    element("stage").style.setProperty("--ratio", String(person.width / person.height));
    this.at = [person.width / 2, person.height / 2];
    this.fold.open = false;
    this.redraw();
  }

  aim(target) {
    this.target = target;
    this.redraw();
  }

  redraw() {
    if (!this.labels) return;
    const opacity = element("overlay").valueAsNumber / 100;
    draw(this.canvas, this.photo, this.labels, this.colours, { opacity, target: this.target });
    element("undo").disabled = !this.labels.past.length;
    element("redo").disabled = !this.labels.future.length;
    element("clear").disabled = element("shrink").disabled = !this.labels.erased;
  }

  /** Sends what has changed; resolves when the server knows it. */
  async flush() {
    clearTimeout(this.timer);
    if (!this.dirty) return this.sending;
    this.dirty = false;
    const { key } = this.person;
    this.sending = api.correct(key, this.labels.values, this.dress).then((person) => {
      if (key === this.person.key) this.changed(person);
    });
    this.sending.catch(() => (this.dirty = true)); // and is sent again with the next request
    return this.sending;
  }

  edited() {
    this.redraw();
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush().catch(failed), SETTLED);
  }

  get radius() {
    return ((element("size").valueAsNumber / 100) ** 1.5 * Math.max(this.canvas.width, this.canvas.height)) / 6 + 0.7;
  }

  #makeBrushes() {
    const made = [["erase", ERASED, null], ...this.classes.map(({ name, colour }, i) => [name, i, colour])];
    element("brushes").replaceChildren(
      ...made.map(([name, value, colour]) => {
        const box = document.createElement("label");
        box.className = "brush";
        const radio = Object.assign(document.createElement("input"), { type: "radio", name: "brush", value });
        radio.checked = value === this.brush;
        radio.addEventListener("change", () => (this.brush = value));
        const swatch = document.createElement("span");
        swatch.className = colour ? "swatch" : "swatch hatch";
        if (colour) swatch.style.setProperty("--colour", colour);
        const words = document.createElement("span");
        box.append(radio, swatch, words);
        say(words, colour ? `class.${name}` : "brushErase");
        return box;
      }),
    );
  }

  #listen() {
    const { canvas, fold } = this;
    fold.addEventListener("toggle", () => {
      canvas.classList.toggle("painting", fold.open);
      if (fold.open) {
        canvas.tabIndex = 0;
        canvas.setAttribute("role", "application");
        label(canvas, "canvasPaint");
        fold.scrollIntoView({ block: "nearest" });
      } else {
        canvas.removeAttribute("tabindex");
        canvas.setAttribute("role", "img");
        label(canvas, "canvas");
        this.cursor.hidden = true;
      }
    });
    canvas.setAttribute("role", "img");
    canvas.addEventListener("pointerdown", (event) => {
      if (!fold.open || event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.labels.begin();
      this.stroking = true;
      this.at = this.#place(event);
      this.#paint(this.at);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!fold.open) return;
      const place = this.#place(event);
      if (this.stroking) this.#paint(place);
      this.at = place;
      this.#showCursor();
    });
    for (const kind of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(kind, () => {
        if (this.stroking) this.edited();
        this.stroking = false;
      });
    }
    canvas.addEventListener("pointerleave", () => (this.cursor.hidden = document.activeElement !== canvas));
    canvas.addEventListener("focus", () => fold.open && this.#showCursor());
    canvas.addEventListener("blur", () => (this.cursor.hidden = true));
    canvas.addEventListener("keydown", (event) => this.#key(event));
    element("overlay").addEventListener("input", () => this.redraw());
    element("size").addEventListener("input", () => fold.open && this.#showCursor());
    element("undo").addEventListener("click", () => this.#step("undo"));
    element("redo").addEventListener("click", () => this.#step("redo"));
    element("clear").addEventListener("click", () => {
      this.labels.clear();
      this.edited();
    });
    const reach = () => Math.max(1, Math.round(Math.max(this.canvas.width, this.canvas.height) / 64));
    for (const [id, sign] of [["grow", 1], ["shrink", -1]]) {
      element(id).addEventListener("click", () => {
        this.labels.grow(sign * reach(), this.target);
        this.edited();
        tell(id === "grow" ? "grown" : "shrunk");
      });
    }
  }

  #key(event) {
    if (!this.fold.open) return;
    const step = (event.shiftKey ? 8 : 2) * Math.max(1, this.canvas.width / 256);
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in ways) {
      const [x, y] = ways[event.key];
      const { width, height } = this.canvas;
      const from = this.at;
      this.at = [clamp(from[0] + x * step, width), clamp(from[1] + y * step, height)];
      this.#showCursor();
      if (this.holding) this.#paint(this.at, from);
    } else if (event.key === " " || event.key === "Enter") {
      // Pressed once the brush is down and arrows draw; pressed again it is up.
      this.holding = !this.holding && event.key === "Enter";
      this.labels.begin();
      this.#paint(this.at, this.at);
      this.edited();
      tell(this.holding ? "brushDown" : "painted");
    } else if (event.key === "[" || event.key === "]") {
      element("size").valueAsNumber += event.key === "]" ? 5 : -5;
      this.#showCursor();
    } else if (event.key === "z" || event.key === "y") {
      this.#step(event.key === "z" ? "undo" : "redo");
    } else return;
    event.preventDefault();
  }

  #step(way) {
    if (this.labels[way]()) this.edited();
  }

  #paint(place, from = this.at) {
    this.labels.stroke(...from, ...place, this.radius, this.brush);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.redraw());
    if (this.holding) this.edited();
  }

  #place(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  #showCursor() {
    const box = this.canvas.getBoundingClientRect();
    const outer = element("stage").getBoundingClientRect();
    const scale = box.width / this.canvas.width;
    const { style } = this.cursor;
    style.width = style.height = `${2 * this.radius * scale}px`;
    style.left = `${box.left - outer.left + this.at[0] * scale}px`;
    style.top = `${box.top - outer.top + this.at[1] * scale}px`;
    this.cursor.hidden = false;
  }
}

const clamp = (value, end) => Math.min(Math.max(value, 0), end);
