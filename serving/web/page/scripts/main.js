// The page: from a photo to results. Each part has a file of its own; here they are put together.

import * as api from "./api.js";
import { offerBorrowing } from "./borrow.js";
import { lost, watch } from "./connection.js";
import { Editor } from "./editor.js";
import { Garments } from "./garments.js";
import { preferred, say, speak } from "./language.js";
import { Items } from "./items.js";
import { Matches } from "./matches.js";
import { dismiss, failed, notice, whisper } from "./notices.js";
import { offerProduct } from "./product.js";
import { Results } from "./results.js";
import { offerStarts } from "./start.js";
import { turns } from "./turns.js";

const RESENDS = 5; // of one photo; then it is the photo's way here that is cut off, and waiting doesn't mend it
const element = (id) => document.getElementById(id);

const [about] = await Promise.all([begun(), speak(preferred())]);
document.body.classList.toggle("plain", !about.varies); // no results around one, no other person's garment
document.title = element("brand").textContent = about.title;
say(element("privacy"), about.keeps ? "privacyKept" : "privacy");
say(element("made-by"), about.drawn ? "madeByDrawn" : "madeBy");

let source = []; // what the visitor gave, and how it was to be taken: sent again if the server has forgotten it
let person = null;
const begin = turns();

const garments = new Garments(about.garments, about.classes, (name, number) => {
  editor.aim(number);
  element("show").disabled = !name;
  say(element("show"), name ? `show.${name}` : "showNothing");
});
const editor = new Editor(about.classes, (change) => {
  Object.assign(person, change);
  offered();
});
const results = new Results({
  samples: about.samples,
  settle: () => editor.flush(),
  gone: (error) => failed(error, [["useAgain", {}, () => take(...source)]]),
  temperature: () => element("temperature").valueAsNumber / 100,
  finished: (garment) => (about.catalogue || about.products) && matches.find(person, garment),
});
results.viewer.classes = about.classes;
const matches = about.products
  ? new Items((item) => wear({ ...item, source: "match" }))
  : new Matches((match, garment, photo) => {
      const request = { garment, source: "match", key: match.key, samples: 1 };
      results.request(request, { says: "fromMatch", details: {}, photo });
      element("finds-title").focus();
    });
if (about.wears) offerProduct(about.garments, (product) => wear({ ...product, source: "product" }));
const closeBorrowing = offerBorrowing(about.starts, (other, use) => {
  if (!garments.value) {
    notice("showNothing", {}, { kind: "error" });
    return;
  }
  const request = { garment: garments.value, source: "person", key: other.key, use };
  results.request(use.length > 1 ? { ...request, samples: 1 } : request, { says: `fromOther.${use.join("-")}`, photo: other.photo });
});

offerStarts(about.starts, take);
element("show").addEventListener("click", show);
element("change").addEventListener("click", () => {
  results.halt();
  matches.hide();
  stage("start");
  element("headline").scrollIntoView({ block: "center" });
  element("file").focus();
});
element("forget").addEventListener("click", async () => {
  try {
    await api.forget();
  } catch (error) {
    failed(error);
    return;
  }
  // Nothing of the visit stays in the browser either.
  location.reload();
});
element("dress").addEventListener("change", () => {
  editor.dress = element("dress").checked;
  editor.edited();
});
watch();

/** What the page is about; waits for a server that isn't there yet. */
async function begun() {
  for (;;) {
    try {
      return await api.about();
    } catch (error) {
      if (!(error instanceof api.Failure)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
}

function stage(name) {
  document.body.dataset.stage = name;
  element("start").hidden = name !== "start";
  element("room").hidden = name === "start";
  element("forget").hidden = person === null;
}

function show() {
  if (!garments.value) return;
  matches.hide();
  results.request({ garment: garments.value });
}

/** A product, of the catalogue or of the visitor's, worn several times. */
function wear({ garment, source, key, photo }) {
  garments.choose(garment);
  results.request({ garment, source, key, samples: 4 }, { says: "fromProduct", photo });
  element("finds-title").focus();
}

function offered(wanted) {
  garments.offer(person, editor.labels.erased, wanted);
  // A dress that the parsing saw may be none: then the visitor says so.
  element("dress-label").hidden = !(person.dress || (editor.dress === false && editor.sawDress));
  element("dress").checked = editor.dress;
}

/** A photo (Blob) or the name of one of the people: read, shown, and what is doubtful about it said. */
async function take(photo, options = {}, resends = 0) {
  const isLatest = begin();
  dismiss();
  const busy = element("reading");
  busy.hidden = false;
  element("drop").setAttribute("aria-busy", "true");
  whisper("reading");
  if (document.body.dataset.stage === "room") {
    results.halt();
    element("show").disabled = true;
    notice("reading");
  }
  try {
    if (photo instanceof Blob && photo.size > about.maxUpload) {
      throw new api.Failure("too-many-bytes", { limit: about.maxUpload >> 20 });
    }
    const added = await api.addPerson(photo, options);
    if (!isLatest()) return;
    const read = await editor.read(added);
    if (!isLatest()) return;
    editor.open(added, read);
    source = [photo, options];
    person = added;
    results.open(person);
    matches.hide();
    closeBorrowing();
    stage("room");
    editor.sawDress = person.dress;
    offered(person.wiped || about.garments[0]);
    dismiss();
    scrollTo({ top: 0 });
    element("main").focus({ preventScroll: true });
    tell(photo, options);
  } catch (error) {
    if (!(error instanceof api.Failure)) throw error;
    if (!isLatest()) return;
    dismiss();
    element("show").disabled = !garments.value;
    const away = error.code === "page-away";
    if (away && resends < RESENDS) lost(() => isLatest() && take(photo, options, resends + 1));
    else if (away) {
      failed(new api.Failure("failed"), [["tryAgain", {}, () => take(photo, options)]]);
      return;
    }
    const cut = ["head-cut", "feet-cut"].includes(error.code);
    failed(error, cut ? [["useAnyway", {}, () => take(photo, { ...options, cut: "allow" })]] : []);
  } finally {
    if (isLatest()) {
      busy.hidden = true;
      element("drop").removeAttribute("aria-busy");
    }
  }
}

function tell(photo, options) {
  if (person.people > 1) {
    const others = Array.from({ length: person.people }, (_, i) => i + 1).filter((number) => number !== person.person);
    const actions = others.map((number) => ["choosePerson", { number }, () => take(photo, { ...options, person: number })]);
    notice("several", { count: person.people, person: person.person }, { actions });
  }
  if (person.wiped) {
    const wrong = () => {
      editor.labels.clear();
      editor.edited();
      offered();
    };
    const garment = { text: `garment.${person.wiped}` };
    notice("wiped", { garment }, { actions: [["wipedRight", {}, show], ["wipedWrong", {}, wrong]] });
  } else if (person.doubts?.length) {
    notice("doubts", { garments: person.doubts.map((garment) => ({ text: `garment.${garment}` })) });
  } else if (person.few) {
    notice("few");
  }
}
