// Requests and their results: one stream at a time, views that can be gone back to, going on after a failure.

import * as api from "./api.js";
import { forgetWaiting, lost } from "./connection.js";
import { say } from "./language.js";
import { failed, forgive, whisper } from "./notices.js";
import { arrange, offerAll, tile } from "./tiles.js";
import { Viewer } from "./viewer.js";

const element = (id) => document.getElementById(id);
const RESUMES = 5; // without a result between them; whatever is wrong then, waiting doesn't mend it
const byScore = (one, other) => other.score - one.score;

export class Results {
  /**
   * settle: resolves when the server knows the latest corrections; gone: called when it no longer knows the person;
   * temperature: the slider's value; finished: called when an request without a source is answered.
   */
  constructor({ samples, settle, gone, temperature, finished }) {
    Object.assign(this, { samples, settle, gone, temperature, finished });
    this.views = [];
    this.viewer = new Viewer((item, options) => this.#from(item, options));
    element("more").addEventListener("click", () => this.more());
    element("back").addEventListener("click", () => this.#back());
  }

  open(person) {
    this.stop();
    this.person = person;
    this.views = [];
    this.viewer.before = person.photo;
    element("tiles").style.setProperty("--ratio", String(person.width / person.height));
    element("tiles").style.setProperty("--photo", `url("${new URL(person.photo, document.baseURI)}")`);
    this.#show();
  }

  stop() {
    this.controller?.abort();
    this.controller = null;
    forgetWaiting();
  }

  /** Ends what is under way for good: what is there stays, and stands as finished. */
  halt() {
    this.stop();
    forgive();
    if (this.view) this.view.wanted = this.view.next;
    this.#show();
  }

  get view() {
    return this.views.at(-1);
  }

  /** Begins a view. origin: {key of a text, details, photo}, what it was made from; none begins anew. */
  request(options, origin = null) {
    forgive();
    if (!origin) this.views = [];
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
    const request = { seed, temperature: this.temperature(), ...options };
    this.views.push({ request, origin, items: [], next: 0, wanted: 0, resumes: 0 });
    const far = element("finds-title").getBoundingClientRect().top > innerHeight * 0.8;
    if (far) element("finds-title").scrollIntoView({ block: "start" });
    return this.more(options.samples);
  }

  /** Asks for more of the view. */
  more(samples = this.samples) {
    this.view.asked = samples;
    this.view.wanted = this.view.next + samples;
    this.view.resumes = 0;
    return this.#run(this.view);
  }

  async #run(view) {
    this.stop();
    const controller = (this.controller = new AbortController());
    this.#show();
    try {
      await this.settle();
      const request = { ...view.request, first: view.next, samples: view.wanted - view.next };
      for await (const result of api.results(this.person.key, request, controller.signal)) {
        if (controller.signal.aborted) return;
        const item = { ...result, garment: view.request.garment };
        tile(item, { open: (it) => this.viewer.open(it, this.view.items), alike: (it) => this.#from(it, this.viewer.alike) });
        view.items.push(item);
        view.next = result.number + 1;
        view.resumes = 0;
        this.#show();
      }
      if (controller.signal.aborted) return;
      this.controller = null;
      this.#show();
      whisper("allHere", { count: view.items.length });
      if (!view.request.source) this.finished(view.request.garment);
    } catch (error) {
      if (controller.signal.aborted || error.name === "AbortError") return;
      this.controller = null;
      this.#failed(error, view);
    }
  }

  #failed(error, view) {
    if (!(error instanceof api.Failure)) throw error;
    // Where it was ended meanwhile, nothing is wanted any more, and as much is asked for as before.
    const again = () => this.view === view && (view.wanted > view.next ? this.#run(view) : this.more(view.asked));
    const away = error.code === "server-away" || error.code === "page-away";
    if (away && view.resumes < RESUMES) {
      view.resumes += 1;
      view.waits = true;
      this.#show();
      view.waits = false;
      lost(again);
      return;
    }
    if (away) {
      // It was back each time, and yet gave nothing.
      view.resumes = 0;
      error = new api.Failure("failed");
    }
    const mayWork = ["busy", "timed-out", "failed"].includes(error.code);
    if (!mayWork) view.wanted = view.next;
    this.#show();
    if (error.code === "photo-gone" || error.code === "result-gone") this.gone(error);
    else failed(error, mayWork ? [["tryAgain", {}, again]] : []);
  }

  #from(item, { use, spread = 0, says }) {
    const request = { garment: item.garment, source: "sample", key: item.key, use, spread };
    this.request(request, { says, details: { number: item.place }, photo: item.photo });
    element("finds-title").focus();
  }

  #back() {
    this.views.pop();
    this.halt();
    element("finds-title").focus();
  }

  #show() {
    const { view } = this;
    const running = this.controller !== null || Boolean(view?.waits);
    const items = view ? [...view.items].sort(byScore) : [];
    if (view) view.items.sorted = items;
    arrange(items, view && running ? view.wanted - view.next : 0);
    element("empty").hidden = Boolean(view);
    element("more").hidden = !items.length;
    element("more").setAttribute("aria-disabled", String(running));
    element("back").hidden = this.views.length < 2;
    element("origin").hidden = !view?.origin;
    if (view?.origin) {
      say(element("origin-text"), view.origin.says, view.origin.details);
      element("origin-photo").src = view.origin.photo;
    }
    if (view) say(element("finds-title"), `found.${view.request.garment}`);
    else say(element("finds-title"), "resultsTitle");
    if (!view) element("progress").textContent = "";
    if (!view) delete element("progress").dataset.text;
    else if (running) say(element("progress"), "coming", { count: items.length, wanted: view.wanted });
    else say(element("progress"), items.length ? "here" : "nothing", { count: items.length });
    element("tiles").setAttribute("aria-busy", String(running));
    offerAll(running ? [] : items);
  }
}
