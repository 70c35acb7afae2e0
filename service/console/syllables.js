// Syllables of Mandarin: pinyin under the characters, initial, final and tone of each, its melody.

import { h, s } from "./dom.js";
import { line } from "./beside.js";
import { band, MARKS, whole } from "./scores.js";
import { text } from "./words.js";

const TONES = { 1: "ˉ1", 2: "ˊ2", 3: "ˇ3", 4: "ˋ4", 5: "·5" };
const NAMED = {
  initial: (sound) => (sound ? `${sound}-` : "∅"),
  final: (sound) => (sound.startsWith("-") ? sound : `-${sound}`),
  tone: (sound) => TONES[sound] ?? sound,
};
// Time within the syllable, and Chao's five levels: what each tone is like.
const SHAPES = {
  1: [[0, 5], [1, 5]],
  2: [[0, 3], [0.35, 2.8], [1, 5]],
  3: [[0, 2], [0.5, 1], [1, 1]],
  full: [[0, 2], [0.5, 1], [1, 4]], // the third at the end of a phrase
  4: [[0, 5], [1, 1]],
  5: [[0, 3], [1, 2]],
};
const LEVEL = [2, 3.5]; // semitones between two levels, at least and at most
const ALONE = 4; // syllables up to which the speaker's middle says nothing of the level
const WIDTH = 150;
const HEIGHT = 70;
const EDGE = 6;

/** The buttons of the syllables of a word; `chosen(number, syllable)` makes what a click does. */
export const syllableButtons = ({ syllables }, chosen) => syllables.map((one, at) =>
  h("button", { class: `sound ${band(one.accuracy)}`, onclick: chosen(at, one), "aria-label": `${one.pinyin} ${whole(one.accuracy)}` }, one.pinyin));

/** A card for each syllable of a word, the one with the number `index` of those of the reading. */
export const syllableCards = ({ words, pitch }, index, only, hear) => h("ul", { class: "syllables" }, words[index].syllables.map((one, at, all) =>
  h("li", { class: at === only ? "chosen" : "" },
    h("h4", { lang: "zh" }, one.hanzi || one.pinyin, one.hanzi ? h("small", {}, ` ${one.pinyin}`) : null),
    h("dl", {}, ["initial", "final", "tone"].map((kind) => part(one, kind))),
    melody(one, pitch, {
      alone: words.reduce((sum, { syllables }) => sum + syllables.length, 0) < ALONE,
      ends: at === all.length - 1 && (words[index + 1]?.start ?? null) === null,
    }),
    h("button", { words: "play", onclick: () => hear(one) }))));

function part(syllable, kind) {
  const one = syllable[kind];
  const asked = kind === "tone" ? one.surface : one.expected;
  const others = one.heard.filter(({ phone, probability }) => phone !== asked && probability >= 0.1)
    .map(({ phone, probability }) => `${NAMED[kind](phone)} ${Math.round(100 * probability)} %`);
  const grade = band(one.accuracy);
  const judged = kind !== "tone" || asked !== "5";
  return h("div", {},
    h("dt", {}, h("span", { words: `part_${kind}` }), " ", h("b", {}, NAMED[kind](asked)),
      kind === "tone" && one.expected !== asked ? h("small", { words: "tone_of_dictionary", values: { tone: TONES[one.expected] } }) : null),
    judged ? h("dd", { class: grade }, h("span", { "aria-hidden": "true" }, MARKS[grade]), ` ${whole(one.accuracy)}`,
      others.length ? h("small", {}, ` ${text("heard")}: ${others.join(text("comma"))}`) : null) : h("dd", { words: "tone_not_judged" }));
}

/** The pitch of a syllable over the shape of its tone. */
function melody({ contour, tone }, pitch, { alone, ends }) {
  const voiced = contour.map((value, at) => [at, value]).filter(([, value]) => value !== null);
  if (voiced.length < 3 || !pitch) return null;
  const first = voiced[0][0];
  const length = voiced.at(-1)[0] - first;
  const level = Math.min(LEVEL[1], Math.max(LEVEL[0], (pitch.range_semitones ?? 0) / 4));
  const shape = SHAPES[tone.surface === "3" && ends ? "full" : tone.surface] ?? SHAPES[5];
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = mean(shape.map(([, height]) => (height - 3) * level));
  const offset = alone ? mean(voiced.map(([, value]) => value)) - middle : 0;
  const wanted = shape.map(([, height]) => (height - 3) * level + offset);
  const all = [...voiced.map(([, value]) => value), offset - 2 * level, offset + 2 * level];
  const low = Math.min(...all) - 0.5;
  const high = Math.max(...all) + 0.5;
  const x = (share) => EDGE + share * (WIDTH - 2 * EDGE);
  const y = (value) => EDGE + ((high - value) / (high - low)) * (HEIGHT - 2 * EDGE);
  return s("svg", { class: "contour", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": text("contour_of", { tone: TONES[tone.surface] }) },
    s("path", { class: "wanted", d: line(wanted, (at) => x(shape[at][0]), y) }),
    s("path", { class: "melody of-learner", d: line(voiced.map(([, value]) => value), (at) => x((voiced[at][0] - first) / length), y) }));
}
