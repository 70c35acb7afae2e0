// Attempts at each sentence, kept in this browser, and how they went.

import { fill, h, s } from "./dom.js";
import { keep, kept } from "./keep.js";
import { band, MARKS, whole } from "./scores.js";
import { language } from "./words.js";

const MOST = 50; // of one sentence
const SENTENCES = 200;

/** Keep an attempt at a sentence. */
export function remember(sentence, overall) {
  const all = kept("attempts") ?? {};
  const before = all[sentence] ?? [];
  delete all[sentence]; // the newest sentence comes last
  all[sentence] = [...before, { when: Date.now(), ...overall }].slice(-MOST);
  keep("attempts", Object.fromEntries(Object.entries(all).slice(-SENTENCES)));
}

/** Show the attempts at a sentence. */
export function showAttempts(place, sentence) {
  const all = kept("attempts") ?? {};
  const attempts = all[sentence] ?? [];
  if (!attempts.length) {
    fill(place, h("p", { class: "note", words: "no_attempts" }));
    return;
  }
  const when = new Intl.DateTimeFormat(language(), { dateStyle: "short", timeStyle: "short" });
  const rows = [...attempts].reverse().slice(0, 10).map((one) => h("tr", {},
    h("td", {}, when.format(one.when)),
    ...["total", "accuracy", "fluency", "prosody"].map((side) => h("td", { class: `number ${band(one[side])}` }, h("span", { "aria-hidden": "true" }, MARKS[band(one[side])]), ` ${whole(one[side])}`))));
  fill(place,
    attempts.length > 1 ? course(attempts) : null,
    h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {},
      ["when", "total", "accuracy", "fluency", "prosody"].map((key, at) => h("th", { scope: "col", words: key, class: at ? "number" : "" })))),
    h("tbody", {}, rows))),
    h("div", { class: "buttons" }, h("button", { words: "forget_attempts", onclick: () => {
      delete all[sentence];
      keep("attempts", all);
      showAttempts(place, sentence);
    } })));
}

/** The totals as a line. */
function course(attempts) {
  const width = 320;
  const height = 80;
  const x = (at) => 8 + (at * (width - 16)) / (attempts.length - 1);
  const y = ({ total }) => height - 8 - (total / 100) * (height - 16);
  const points = attempts.map((one, at) => `${x(at).toFixed(1)},${y(one).toFixed(1)}`).join(" ");
  return s("svg", { class: "course", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    s("line", { class: "rule", x1: 0, x2: width, y1: y({ total: 80 }), y2: y({ total: 80 }) }),
    s("polyline", { points }),
    attempts.map((one, at) => s("circle", { class: band(one.total), cx: x(at), cy: y(one), r: 4 })));
}
