// Elements out of plain calls: h("button", {words: "send", onclick: begin}, child).

import { label, say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** An element. `words` and `label` are keys of the dictionaries; functions listen; false is left out. */
export function h(tag, about = {}, ...children) {
  return filled(document.createElement(tag), about, children);
}

/** An element of a drawing. */
export function s(tag, about = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), about, children);
}

function filled(element, about, children) {
  for (const [name, value] of Object.entries(about)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "words") say(element, value, about.values);
    else if (name === "label") label(element, value, about.values);
    else if (name === "values") continue;
    else if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false));
  return element;
}

/** Put other children into an element. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== false));
}
