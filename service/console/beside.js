// A reading beside its reference: how alike, both waveforms, and both melodies in one drawing.

import { askForm } from "./connection.js";
import { fill, h, s } from "./dom.js";
import { tell } from "./notice.js";
import { wave } from "./picture.js";
import { RATE } from "./resampler.js";
import { band, MARKS, whole } from "./scores.js";
import { stretch, wav } from "./sound.js";
import { text } from "./words.js";

const WIDTH = 720;
const WAVE = 46;
const PITCH = 150;
const SIDE = 34; // for the numbers of the scale
const SPAN = 6; // semitones that are always shown, above and below the middle

/** Compare, and show it; nothing where it cannot be compared. `still()` says whether it is wanted. */
export async function showBeside(place, reference, learner, still) {
  try {
    const { shadowing } = await askForm("/v1/pronunciation/shadowing", { reference: wav(reference), audio: wav(learner) });
    if (still()) fill(place, card(shadowing, reference, learner));
  } catch (error) {
    if (error.code !== "bad_audio") tell(error);
  }
}

function card(found, reference, learner) {
  const scores = ["sounds", "melody", "rhythm"].map((side) => h("div", {},
    h("dt", { words: `beside_${side}` }),
    h("dd", {}, h("meter", { min: 0, max: 100, low: 60, high: 80, optimum: 100, value: found[side] ?? 0, label: `beside_${side}` }),
      h("b", { class: band(found[side]) }, `${MARKS[band(found[side])]} ${whole(found[side])}`))));
  return h("section", { class: "card", "aria-labelledby": "beside" }, h("h2", { id: "beside", words: "beside" }),
    h("dl", { class: "sides" }, scores),
    h("p", { class: "note", words: found.same ? "beside_speed" : "beside_other", values: { percent: Math.round(100 * found.speed) } }),
    h("ul", { class: "legend lines" }, h("li", { class: "of-reference", words: "of_reference" }), h("li", { class: "of-learner", words: "of_learner" })),
    h("div", { class: "scroll", tabindex: "0", role: "group", label: "beside" }, drawing(found, reference, learner)));
}

function drawing(found, reference, learner) {
  const height = 2 * WAVE + PITCH + 20;
  const top = 2 * WAVE + 14;
  const { contour } = found;
  const values = [...contour.reference, ...contour.learner].filter((value) => value !== null);
  const most = Math.max(SPAN, ...values.map(Math.abs));
  const x = (at) => SIDE + (at * (WIDTH - SIDE)) / Math.max(contour.reference.length - 1, 1);
  const y = (value) => top + (PITCH / 2) * (1 - value / most);
  const strip = (pcm, start, end, row, kind) => s("svg", { x: SIDE, y: row, width: WIDTH - SIDE, height: WAVE, viewBox: `0 0 ${Math.max(end - start, 0.01) * 240} 70`, preserveAspectRatio: "none" },
    s("path", { class: `wave ${kind}`, d: wave(stretch(pcm, start, end)) }));
  const rule = (value) => [
    s("line", { class: "rule", x1: SIDE, x2: WIDTH, y1: y(value), y2: y(value) }),
    s("text", { class: "hertz", x: 0, y: y(value) + 4 }, value ? `${value > 0 ? "+" : "−"}${Math.round(most)}` : "0"),
  ];
  return s("svg", { class: "picture beside", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": text("beside_picture") },
    strip(reference, found.reference_start, found.reference_end, 0, "of-reference"),
    strip(learner, found.learner_start, found.learner_end, WAVE + 4, "of-learner"),
    [most, 0, -most].flatMap(rule),
    s("path", { class: "melody of-reference", d: line(contour.reference, x, y) }),
    s("path", { class: "melody of-learner", d: line(contour.learner, x, y) }));
}

/** A line over the values, broken where there are none. */
export function line(values, x, y) {
  let pen = false;
  return values.map((value, at) => {
    const step = value === null ? "" : `${pen ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = value !== null;
    return step;
  }).join("");
}
