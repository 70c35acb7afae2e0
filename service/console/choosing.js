// Practise: what to say, out of our own sentences or a course, with what is due first.

import { askJson } from "./connection.js";
import { fill, h } from "./dom.js";
import { keep, kept } from "./keep.js";
import { tell } from "./notice.js";
import { band, MARKS, whole } from "./scores.js";
import { ENGLISH, MANDARIN } from "./sentences.js";
import { language, text } from "./words.js";

const SENTENCES = { english: ENGLISH, mandarin: MANDARIN };
const SCORED = ["en", "zh"];

/** The language of a text: Mandarin if it has Chinese characters. */
export const tongue = (said) => (/\p{Script=Han}/u.test(said) ? "zh" : "en");

/** Two lists to choose from; `chosen(text)` is called with what to say. */
export class Choosing {
  #chosen;
  #courses = [];
  #text = "";

  constructor(chosen) {
    this.#chosen = chosen;
    this.source = h("select", { id: "source", onchange: ({ target }) => this.#turn(target.value) });
    this.pick = h("select", { id: "pick", onchange: () => this.pick.value && this.#chosen(this.pick.value) });
    this.due = h("button", { id: "due", class: "after", type: "button", words: "next_due", hidden: true, onclick: () => this.#next() });
    this.hint = h("p", { class: "note", id: "hint" });
    this.element = h("div", { class: "choosing" }, h("div", { class: "fields" },
      h("label", { class: "field" }, h("span", { words: "source" }), this.source),
      h("label", { class: "field" }, h("span", { words: "pick" }), this.pick)),
    this.due);
    this.#fill(kept("source") ?? "english");
  }

  /** Fetch the courses, and how far one has come. */
  async refresh() {
    try {
      const { courses } = await askJson("GET", "/v1/lessons");
      this.#courses = courses.filter(({ teaches }) => SCORED.includes(teaches.slice(0, 2)));
      this.#fill(this.source.value);
      this.show(this.#text);
    } catch (error) {
      if (!["unauthorized", "forbidden"].includes(error.code)) tell(error); // reading tells of those
    }
  }

  /** The item of the chosen course that a text is, if any. */
  item(said) {
    return this.#items().find((one) => one.text === said) ?? null;
  }

  /** Take up a standing that the service told of. */
  update(said, standing) {
    for (const course of this.#courses) {
      for (const lesson of course.lessons) {
        for (const item of lesson.items) if (item.text === said) item.standing = standing;
      }
    }
    this.#fill(this.source.value);
    this.show(said);
  }

  /** Show which text is chosen. */
  show(said) {
    this.#text = said;
    const item = this.item(said);
    const there = [...this.pick.options].some(({ value }) => value === said);
    this.pick.value = there ? said : "";
    const lesson = item && this.#course.lessons.find(({ items }) => items.includes(item));
    fill(this.hint, item
      ? [item.cue ? `“${item.cue}” ` : "", item.gloss, lesson.tip ? h("br") : "", lesson.tip[language()] ?? Object.values(lesson.tip)[0] ?? "", h("br"), standing(item)]
      : []);
  }

  set disabled(value) {
    this.source.disabled = this.pick.disabled = this.due.disabled = value;
  }

  get #course() {
    return this.#courses.find(({ id }) => id === this.source.value);
  }

  #items() {
    return this.#course?.lessons.flatMap(({ items }) => items) ?? [];
  }

  #turn(source) {
    keep("source", source);
    this.#fill(source);
    const first = this.#course ? this.#ahead()[0]?.text ?? this.#items()[0].text : Object.values(SENTENCES[source])[0];
    this.#chosen(first);
  }

  #fill(source) {
    fill(this.source,
      Object.keys(SENTENCES).map((key) => h("option", { value: key, words: `source_${key}` })),
      this.#courses.map((course) => h("option", { value: course.id }, name(course.name))));
    this.source.value = source;
    if (!this.source.value) this.source.value = "english";
    const course = this.#course;
    const own = SENTENCES[this.source.value] ?? {};
    fill(this.pick, h("option", { value: "", words: "own_sentence" }),
      Object.entries(own).map(([about, said]) => h("optgroup", { label: `about_${about}` }, option(said, said))),
      course?.lessons.map((lesson) => {
        const group = h("optgroup", {}, lesson.items.map((item) => option(item.text, `${mark(item)} ${item.text}`)));
        group.label = name(lesson.name);
        return group;
      }) ?? []);
    this.due.hidden = !course;
  }

  /** What is due, longest first, then what is new. */
  #ahead() {
    const items = this.#items();
    const now = Date.now();
    const met = items.filter((one) => one.standing && new Date(one.standing.due) <= now);
    met.sort((a, b) => new Date(a.standing.due) - new Date(b.standing.due));
    return [...met, ...items.filter((one) => !one.standing)];
  }

  #next() {
    const ahead = this.#ahead();
    const next = ahead.find(({ text: said }) => said !== this.#text) ?? ahead[0];
    if (next) this.#chosen(next.text);
    else fill(this.hint, h("span", { words: "nothing_due" }));
  }
}

const option = (value, shown) => h("option", { value, lang: tongue(value) }, shown);
const name = (names) => names[language()] ?? Object.entries(names).find(([tag]) => tag.startsWith(language()))?.[1] ?? Object.values(names)[0];
const mark = ({ standing: known }) => (known ? MARKS[band(known.score)] : "○");

function standing({ standing: known }) {
  if (!known) return h("span", { words: "item_new" });
  const due = new Date(known.due);
  const score = whole(known.score);
  if (due <= Date.now()) return h("span", { words: "item_due", values: { score } });
  const when = new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(due);
  return h("span", { words: "item_later", values: { score, when } });
}
