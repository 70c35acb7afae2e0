// People: enrolling somebody, sentence after sentence, each heard by the service while it is said.

import { Line } from "./connection.js";
import { fill, h } from "./dom.js";
import { hush, tell } from "./notice.js";
import { loudness, Microphone } from "./sound.js";
import { language, say, text } from "./words.js";

const LONGEST = 200; // pieces of 100 ms

/** The form; `enrolled(person)` is called once somebody is. */
export class Enrolling {
  #line = null;
  #microphone = null;
  #pieces = 0;
  #enrolled;
  #gone = false;

  constructor(enrolled) {
    this.#enrolled = enrolled;
    this.name = h("input", { id: "name", required: true, maxlength: 100, autocomplete: "off" });
    this.consent = h("textarea", { rows: 3, required: true, maxlength: 1000, value: text("consent_text") });
    this.begin = h("button", { id: "enrol", class: "main", words: "enrol_begin" });
    this.count = h("p", { class: "note", id: "count" });
    this.prompt = h("p", { class: "line", id: "prompt", role: "status" });
    this.record = h("button", { id: "say", type: "button", class: "main", words: "record", onclick: () => (this.#microphone ? this.#said() : this.#listen()) });
    this.level = h("meter", { class: "level", min: 0, max: 1, value: 0, label: "loudness" });
    this.note = h("small", { id: "quality", role: "status" });
    this.saying = h("div", { class: "stack", hidden: true }, this.count, this.prompt,
      h("div", { class: "recorder" }, this.record, this.level, this.note),
      h("div", { class: "buttons" }, h("button", { type: "button", words: "cancel", onclick: () => this.#end() })));
    this.element = h("div", { class: "stack" },
      h("form", { class: "stack", onsubmit: (event) => this.#begin(event) },
        h("p", { class: "note", words: "enrol_about" }),
        h("label", { class: "field" }, h("span", { words: "person" }), this.name),
        h("label", { class: "field" }, h("span", { words: "consent" }), this.consent),
        h("div", { class: "buttons" }, this.begin)),
      this.saying);
  }

  /** Leave; who is not enrolled yet is forgotten. */
  close() {
    this.#gone = true;
    this.#end();
  }

  #begin(event) {
    event.preventDefault();
    const about = { type: "enrol", name: this.name.value.trim(), consent: this.consent.value.trim(), language: language() };
    this.#busy(true);
    this.#line = new Line("/v1/voiceprint", about, {
      message: (message) => this.#heard(message),
      closed: (error) => {
        this.#end();
        if (error) tell(error);
      },
    });
  }

  #heard(message) {
    if (message.type === "prompt") {
      hush();
      this.saying.hidden = false;
      say(this.count, "enrol_count", { number: message.taken + 1, needed: Math.max(message.needed, message.taken + 1) });
      fill(this.prompt, h("q", { lang: /\p{Script=Han}/u.test(message.text) ? "zh" : "en" }, message.text));
      this.record.disabled = false;
      this.record.focus();
    } else if (message.type === "heard") this.#quality(message.quality);
    else if (message.type === "recording") {
      const key = message.taken ? "recording_taken" : `why_${message.reason}`;
      fill(this.note, h("span", { class: message.taken ? "good" : "weak", words: key }), message.taken ? null : ` ${text("say_another")}`);
    } else if (message.type === "enrolled") {
      this.name.value = "";
      this.#enrolled(message.person);
    }
  }

  #quality({ speech, snr }) {
    if (this.#microphone) say(this.note, "quality", { seconds: speech.toFixed(1), snr: Math.round(snr) });
  }

  async #listen() {
    this.#pieces = 0;
    try {
      const microphone = await Microphone.open((pcm) => this.#piece(pcm));
      if (this.#gone || !this.#line) {
        microphone.close();
        return;
      }
      this.#microphone = microphone;
      this.note.textContent = "";
      say(this.record, "stop");
    } catch (error) {
      tell(error);
    }
  }

  #piece(pcm) {
    if (!this.#microphone) return;
    this.#line?.audio(pcm);
    this.level.value = loudness(pcm);
    if (++this.#pieces >= LONGEST) this.#said();
  }

  #said() {
    this.#deaf();
    this.record.disabled = true;
    this.#line?.send({ type: "said" });
  }

  #deaf() {
    this.#microphone?.close();
    this.#microphone = null;
    this.level.value = 0;
    say(this.record, "record");
  }

  #end() {
    this.#deaf();
    this.#line?.close();
    this.#line = null;
    this.saying.hidden = true;
    this.note.textContent = "";
    this.#busy(false);
  }

  #busy(saying) {
    this.name.disabled = this.consent.disabled = this.begin.disabled = saying;
  }
}
