// What is said on the pages, in the language that the reader chose.

import en from "./en.js";
import zh from "./zh.js";

const DICTIONARIES = { en, zh };
let chosen = "en";

/** The language of the pages: `en` or `zh`. */
export const language = () => chosen;

/** The phrase of a key, with {names} put in; the key itself where there is none. */
export function text(key, values = {}) {
  const phrase = DICTIONARIES[chosen][key] ?? en[key] ?? key;
  return phrase.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Whether there is a phrase. */
export const known = (key) => key in en;

/** Let an element say a phrase, also after the language was changed. */
export function say(element, key, values) {
  element.dataset.words = key;
  if (values) element.dataset.values = JSON.stringify(values);
  else delete element.dataset.values;
  element.textContent = text(key, values);
}

/** Name an element for those who do not see it; an input shows the name as a hint too. */
export function label(element, key, values) {
  element.dataset.label = key;
  if (values) element.dataset.values = JSON.stringify(values);
  element.setAttribute(element.localName === "optgroup" ? "label" : "aria-label", text(key, values));
  if (element.localName === "input" || element.localName === "textarea") {
    element.placeholder = text(key, values);
  }
}

/** Choose the language, and say everything on the page in it. */
export function choose(tag) {
  chosen = tag in DICTIONARIES ? tag : "en";
  document.documentElement.lang = chosen === "zh" ? "zh-Hans" : "en";
  for (const element of document.querySelectorAll("[data-words]")) {
    say(element, element.dataset.words, valuesOf(element));
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    label(element, element.dataset.label, valuesOf(element));
  }
}

/** The first of the browser's languages that there is a dictionary for. */
export function preferred() {
  const tags = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return tags.find((tag) => tag in DICTIONARIES) ?? "en";
}

const valuesOf = (element) => element.dataset.values && JSON.parse(element.dataset.values);
