// Sentences by key, in the visitor's language; every element that shows one knows its key, so a switch changes them all.

const LANGUAGES = { en: "English", zh: "中文" };
const CHOICE = "tf-tryon.language"; // a shop's own pages at the same address have keys of their own
const catalogues = {};
let language = "en";

async function load(name) {
  if (catalogues[name]) return;
  const response = await fetch(`page/text/${name}.json`);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  catalogues[name] = await response.json();
}

/** The sentence of a key; {name} in it is replaced by the details' value, or by all of a list. */
export function text(key, details = {}) {
  const sentence = catalogues[language][key];
  if (sentence === undefined) throw new Error(`no text ${key}`);
  return sentence.replace(/\{(\w+)\}/g, (_, name) => {
    // {text: "garment.top"} names another text
    const shown = (value) => (value?.text === undefined ? String(value) : text(value.text));
    return new Intl.ListFormat(language).format([details[name] ?? ""].flat().map(shown));
  });
}

export const known = (key) => key in catalogues[language];

function render(element) {
  const { text: key, label, alt, details } = element.dataset;
  const values = details ? JSON.parse(details) : {};
  if (key !== undefined) element.textContent = text(key, values);
  if (label !== undefined) element.setAttribute("aria-label", text(label, values));
  if (label !== undefined && element.classList.contains("icon")) element.title = text(label, values);
  if (alt !== undefined) element.alt = text(alt, values);
}

/** Makes an element show a sentence, now and after a switch of language. */
export function say(element, key, details) {
  element.dataset.text = key;
  if (details) element.dataset.details = JSON.stringify(details);
  else delete element.dataset.details;
  render(element);
}

/** Likewise its accessible name, or a picture's alternative. */
export function label(element, key, details) {
  element.dataset[element.tagName === "IMG" ? "alt" : "label"] = key;
  if (details) element.dataset.details = JSON.stringify(details);
  render(element);
}

export async function speak(name) {
  await load(name);
  language = name;
  document.documentElement.lang = name === "zh" ? "zh-Hans" : name;
  for (const element of document.querySelectorAll("[data-text], [data-label], [data-alt]")) render(element);
  const other = Object.keys(LANGUAGES).find((each) => each !== name);
  const button = document.getElementById("language");
  button.textContent = LANGUAGES[other];
  button.lang = other === "zh" ? "zh-Hans" : other;
  button.onclick = async () => {
    localStorage.setItem(CHOICE, other);
    await speak(other);
  };
}

export function preferred() {
  const chosen = localStorage.getItem(CHOICE);
  if (chosen in LANGUAGES) return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
