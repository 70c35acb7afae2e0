// One reading that was judged: its scores, its words sound by sound, and what to do better.

import { fill, h } from "./dom.js";
import { picture } from "./picture.js";
import { band, ipa, MARKS, whole } from "./scores.js";
import { syllableButtons, syllableCards } from "./syllables.js";
import { stretch } from "./sound.js";
import { language, text } from "./words.js";

const SIDES = ["accuracy", "tone", "fluency", "completeness", "prosody"];
const MARGIN = 0.03; // s beside a word or sound that is played: alone it is only a click

/** Show an assessment. `pcm` is the recording, `play(pcm)` plays a piece of it. */
export function showReading(place, assessment, pcm, play) {
  if (!assessment.assessable) {
    fill(place, h("section", { class: "card refused" }, h("h2", { words: "not_assessable", tabindex: "-1" }),
      h("p", { words: `reason_${assessment.reason}` })));
    return;
  }
  const detail = h("div", { class: "detail", "aria-live": "polite" });
  const choose = (index, phone = null) => showWord(detail, assessment, index, phone, hear);
  const hear = ({ start, end }) => {
    if (start !== null) play(stretch(pcm, start - MARGIN, end + MARGIN));
  };
  fill(place,
    h("section", { class: "card", "aria-labelledby": "result" }, h("h2", { id: "result", tabindex: "-1", words: "result" }),
      overall(assessment),
      assessment.advice ? h("p", { class: "advice" }, h("strong", { words: "first" }), " ", assessment.advice.text[language()] ?? assessment.advice.text.en) : null),
    h("section", { class: "card", label: "word_by_word" }, h("h2", { words: "word_by_word" }),
      legend(), sentence(assessment, choose, hear), detail),
    h("section", { class: "card", label: "recording" }, h("h2", { words: "recording" }),
      h("div", { class: "buttons" }, h("button", { words: "hear_yourself", onclick: () => play(pcm) })),
      h("div", { class: "scroll", tabindex: "0", role: "group", label: "recording" }, picture(assessment, pcm))));
}

function overall({ overall: scores, rate }) {
  const total = h("div", { class: `total ${band(scores.total)}` }, h("b", {}, whole(scores.total)), h("span", { words: "of_100" }));
  const sides = SIDES.filter((side) => typeof scores[side] === "number").map((side) => h("div", {},
    h("dt", { words: side }),
    h("dd", {}, h("meter", { min: 0, max: 100, low: 60, high: 80, optimum: 100, value: scores[side], label: side }), h("b", {}, whole(scores[side])))));
  const pace = !rate ? null : rate.syllables_per_minute
    ? h("p", { class: "note", words: "pace_syllables", values: { syllables: Math.round(rate.syllables_per_minute) } })
    : h("p", { class: "note", words: "pace", values: { words: Math.round(rate.words_per_minute) } });
  return h("div", { class: "overall" }, total, h("div", {}, h("dl", { class: "sides" }, sides), pace));
}

const legend = () => h("ul", { class: "legend" }, ["good", "fair", "weak"].map((one) =>
  h("li", { class: one }, h("span", { "aria-hidden": "true" }, MARKS[one]), " ", h("span", { words: `band_${one}` }))));

function sentence({ words, pauses }, choose, hear) {
  const row = h("div", { class: "sentence" });
  words.forEach((word, index) => {
    const pause = pauses.find((one) => one.before === index && !one.expected);
    if (pause) row.append(h("span", { class: "pausing", words: "pause", values: { seconds: (pause.end - pause.start).toFixed(1) } }));
    row.append(token(word, index, choose, hear));
  });
  return row;
}

function token(word, index, choose, hear) {
  const score = word.error === "insertion" ? null : word.total;
  const grade = word.error === "insertion" ? "none" : band(score);
  const flagged = word.error !== "none" && word.error !== "mispronunciation";
  const chosen = (phone, one) => () => {
    hear(one);
    choose(index, phone);
  };
  return h("div", { class: "token" },
    h("button", { class: `word ${grade} is-${word.error}`, onclick: chosen(null, word), "aria-label": `${word.word}: ${flagged ? text(`flag_${word.error}`) : whole(score)}` },
      h("span", { class: "spelling" }, word.word),
      h("span", { class: "mark", "aria-hidden": "true" }, `${MARKS[grade]} ${whole(score)}`),
      flagged ? h("span", { class: "flag", words: `flag_${word.error}` }) : null),
    h("div", { class: "sounds" }, syllableButtons(word, chosen), word.phones.map((phone, at) =>
      h("button", { class: `sound ${band(phone.accuracy)}`, onclick: chosen(at, phone), "aria-label": `/${ipa(phone.phone)}/ ${whole(phone.accuracy)}` }, ipa(phone.phone)))));
}

function showWord(place, assessment, index, only, hear) {
  const word = assessment.words[index];
  const rows = word.phones.map((phone, at) => {
    const heard = phone.heard.map((one) => `${one.phone ? `/${ipa(one.phone)}/` : text("nothing_heard")} ${Math.round(100 * one.probability)} %`);
    const grade = band(phone.accuracy);
    return h("tr", { class: at === only ? "chosen" : "" },
      h("th", { scope: "row" }, `/${ipa(phone.phone)}/`),
      h("td", { class: grade }, h("span", { "aria-hidden": "true" }, MARKS[grade]), ` ${whole(phone.accuracy)}`),
      h("td", {}, heard.join(text("comma")) || "–"),
      h("td", {}, h("button", { words: "play", onclick: () => hear(phone) })));
  });
  const stress = word.lexical_stress;
  fill(place,
    h("h3", {}, word.word),
    word.error === "none" ? null : h("p", { words: `about_${word.error}` }),
    stress && stress.expected !== stress.heard ? h("p", { words: "stress_is", values: stress }) : null,
    word.syllables.length ? syllableCards(assessment, index, only, hear) : null,
    rows.length ? h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {},
      h("th", { scope: "col", words: "sound" }), h("th", { scope: "col", words: "score" }), h("th", { scope: "col", words: "heard" }), h("td"))),
    h("tbody", {}, rows))) : null);
}
