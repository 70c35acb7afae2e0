// The conversation as it is told by its events: what was said, what was understood, what was done.

import { doing } from "./devices.js";
import { h } from "./dom.js";

const MOST = 100;

/** Those that a conversation can be in, by their own names. */
export const LANGUAGES = { en: "English", zh: "中文", ko: "한국어" };

/** Writes events into a list, and what is still being said into `forming`. */
export class Transcript {
  home = { areas: [], devices: [] };
  #list;
  #forming;
  #entries = new Map();
  #ended = new Map();
  #texts = new Map();

  constructor(list, forming) {
    this.#list = list;
    this.#forming = forming;
  }

  /** Take an event. */
  heard(event) {
    switch (event.type) {
      case "partial_heard":
        this.#forming.textContent = event.text;
        break;
      case "speech_ended":
        this.#ended.set(event.utterance, event.monotonic);
        break;
      case "final_heard":
        this.#forming.textContent = "";
        this.#said(event);
        break;
      case "device_changed":
        this.#changed(event);
        break;
      case "replied":
        this.#understood(event);
        break;
      case "language_changed":
        this.#changedLanguage(event);
        break;
      case "reply_started":
        this.#reply(event);
        break;
      case "announced":
        this.#add(null, h("p", { class: "reply" }, event.rings ? `⏰ ${event.text}` : event.text));
        break;
      case "timed_out":
        this.#forming.textContent = "";
        if (event.waiting_for !== "answer") this.#add(event, h("p", { class: "note", words: `timed_out_${event.waiting_for}` }));
        break;
      case "failed":
        this.#add(event, h("p", { class: "failed", lang: "en" }, event.message));
        break;
      case "utterance_done":
        this.#ended.delete(event.utterance);
        this.#texts.delete(event.utterance);
        break;
    }
  }

  #said({ text, typed, confidence, ...event }) {
    this.#texts.set(event.utterance, text);
    const about = typed ? h("small", { words: "typed" }) : confidence === null ? null
      : h("small", { words: "sure", values: { percent: Math.round(100 * confidence) } });
    this.#add(event, h("p", { class: "said" }, text ? h("q", {}, text) : h("em", { words: "heard_nothing" }), " ", about));
  }

  #understood({ reply, ...event }) {
    const slots = Object.entries(reply.slots).map(([name, value]) => `${name}: ${value}`).join(", ");
    const line = h("p", { class: "understood" },
      h("span", { class: `stage ${reply.stage}`, words: `stage_${reply.stage}` }),
      reply.intent ? h("code", {}, reply.intent) : null,
      slots ? h("small", {}, slots) : null,
      reply.understood && reply.understood !== this.#texts.get(event.utterance) ? h("small", { words: "taken_as", values: { text: reply.understood } }) : null);
    const ended = this.#ended.get(event.utterance);
    if (ended !== undefined) {
      line.append(h("small", { words: "took", values: { ms: Math.round(1000 * (event.monotonic - ended)) } }));
    }
    this.#add(event, line);
  }

  #changedLanguage({ language, heard, ...event }) {
    const name = LANGUAGES[language.split("-")[0]] ?? language;
    this.#add(event, h("p", { class: "note", words: heard ? "language_changed" : "language_typed", values: { name } }));
  }

  #reply({ text, ...event }) {
    const before = this.#entries.get(event.utterance)?.querySelector(".reply");
    if (before) before.append(` ${text}`);
    else this.#add(event, h("p", { class: "reply" }, text));
  }

  #changed({ device: id, state, ...event }) {
    const device = this.home.devices.find((one) => one.id === id);
    if (!device) return;
    const entry = this.#entries.get(event.utterance);
    const words = `${device.name}: ${doing({ ...device, state })}`;
    const line = entry?.querySelector(`[data-changed="${CSS.escape(id)}"]`);
    if (line) line.textContent = words;
    else if (entry) this.#add(event, h("p", { class: "done", "data-changed": id }, words));
  }

  /** Add a line to the entry of the event's utterance, or to one of its own. */
  #add(event, line) {
    const key = event?.utterance ?? null;
    let entry = key === null ? null : this.#entries.get(key);
    if (!entry) {
      entry = h("li");
      this.#list.append(entry);
      if (key !== null) this.#entries.set(key, entry);
      if (this.#list.children.length > MOST) this.#drop(this.#list.firstElementChild);
    }
    entry.append(line);
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #drop(entry) {
    entry.remove();
    for (const [key, one] of this.#entries) if (one === entry) this.#entries.delete(key);
  }
}
