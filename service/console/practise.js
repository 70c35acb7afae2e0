// Practise: hear a sentence, read it, and see which sounds to work on.

import { remember, showAttempts } from "./attempts.js";
import { ask, Line } from "./connection.js";
import { fill, h } from "./dom.js";
import { keep, kept } from "./keep.js";
import { hush, tell } from "./notice.js";
import { showReading } from "./reading.js";
import { SENTENCES } from "./sentences.js";
import { joined, loudness, Loudspeaker, Microphone } from "./sound.js";
import { say } from "./words.js";

const LONGEST = 300; // pieces of 100 ms: what the service takes
const SILENCE = 12; // quiet pieces after the last word that end a reading
const DROP = 0.3; // of loudness below the loudest, and it is quiet
const HEADER = 44; // bytes of a WAV file before its samples

/** Show the page; the result leaves it. */
export function open(main) {
  const page = new Practise(main);
  return () => page.close();
}

class Practise {
  #line = null;
  #microphone = null;
  #loudspeaker = new Loudspeaker();
  #pieces = [];
  #begun = 0;
  #loudest = 0;
  #quiet = 0;
  #left = false;

  constructor(main) {
    this.#build(main);
    this.#choose(kept("sentence") ?? SENTENCES.th);
  }

  close() {
    this.#left = true;
    this.#stop();
    this.#loudspeaker.stop();
  }

  get sentence() {
    return this.text.value.trim().replace(/\s+/g, " ");
  }

  #build(main) {
    this.pick = h("select", { id: "pick", onchange: () => this.pick.value && this.#choose(this.pick.value) },
      h("option", { value: "", words: "own_sentence" }),
      Object.entries(SENTENCES).map(([about, text]) => h("optgroup", { label: `about_${about}` }, h("option", { value: text, lang: "en" }, text))));
    this.text = h("textarea", { id: "text", rows: 2, maxlength: 400, lang: "en", oninput: () => this.#changed() });
    this.listen = h("button", { id: "hear", words: "hear", onclick: () => this.#hear() });
    this.read = h("button", { id: "read", class: "main", words: "read", onclick: () => (this.#line ? this.#end() : this.#read()) });
    this.status = h("p", { id: "reading-state", class: "note", role: "status" });
    this.line = h("p", { class: "line", lang: "en" });
    this.level = h("meter", { class: "level", min: 0, max: 1, value: 0, label: "loudness" });
    this.result = h("div", { id: "reading" });
    this.past = h("div", { id: "attempts" });
    main.append(
      h("section", { class: "card", label: "sentence" },
        h("div", { class: "fields" },
          h("label", { class: "field" }, h("span", { words: "pick" }), this.pick)),
        h("label", { class: "field" }, h("span", { words: "sentence" }), this.text),
        this.line, this.level,
        h("div", { class: "buttons" }, this.listen, this.read), this.status),
      this.result,
      h("section", { class: "card", "aria-labelledby": "progress" }, h("h2", { id: "progress", words: "attempts" }), this.past));
  }

  #choose(text) {
    this.text.value = text;
    this.#changed();
  }

  #changed() {
    keep("sentence", this.text.value);
    this.pick.value = Object.values(SENTENCES).includes(this.text.value) ? this.text.value : "";
    fill(this.line, this.sentence.split(" ").map((word) => h("span", {}, `${word} `)));
    this.read.disabled = this.listen.disabled = !this.sentence;
    fill(this.result);
    showAttempts(this.past, this.sentence);
  }

  async #hear() {
    this.listen.disabled = true;
    try {
      const answer = await ask("POST", "/v1/speech", { text: this.sentence, language: "en" });
      const file = await answer.arrayBuffer();
      hush();
      this.#loudspeaker.stop();
      if (!this.#left) this.#loudspeaker.play(file.slice(HEADER));
    } catch (error) {
      tell(error);
    } finally {
      this.listen.disabled = !this.sentence;
    }
  }

  // A reading

  async #read() {
    this.#loudspeaker.stop();
    this.#pieces = [];
    this.#begun = this.#loudest = this.#quiet = 0;
    fill(this.result);
    this.#busy(true);
    say(this.status, "connecting");
    this.#line = new Line("/v1/pronunciation", { type: "start", rate: 16000, text: this.sentence, language: "en" }, {
      open: () => this.#listen(),
      message: (message) => this.#heard(message),
      closed: (error) => this.#closed(error),
    });
  }

  async #listen() {
    try {
      const microphone = await Microphone.open((pcm) => this.#piece(pcm));
      if (this.#left || !this.#line) microphone.close();
      else this.#microphone = microphone;
      hush();
      say(this.status, "read_now");
    } catch (error) {
      this.#stop();
      tell(error);
    }
  }

  #piece(pcm) {
    if (!this.#line) return;
    this.#pieces.push(pcm);
    this.#line.audio(pcm);
    const now = loudness(pcm);
    this.level.value = now;
    this.#loudest = Math.max(this.#loudest, now);
    this.#quiet = now < this.#loudest - DROP ? this.#quiet + 1 : 0;
    const read = this.#begun >= this.line.children.length;
    if ((read && this.#quiet >= SILENCE) || this.#pieces.length >= LONGEST) this.#end();
  }

  #end() {
    if (!this.#line?.open) {
      this.#stop();
      return;
    }
    this.#deaf();
    this.#line.send({ type: "end" });
    this.read.disabled = true;
    say(this.status, "judging");
  }

  #heard(message) {
    if (message.type === "progress") {
      this.#begun = message.words;
      [...this.line.children].forEach((word, at) => word.classList.toggle("begun", at < message.words));
    } else if (message.type === "assessment") {
      const { assessment } = message;
      if (assessment.assessable) remember(this.sentence, assessment.overall);
      showReading(this.result, assessment, joined(this.#pieces), (pcm) => {
        this.#loudspeaker.stop();
        this.#loudspeaker.play(pcm.buffer);
      });
      showAttempts(this.past, this.sentence);
      this.result.querySelector("h2")?.focus();
    } else if (message.type === "error") tell(message);
  }

  #closed(error) {
    this.#stop();
    if (error) tell(error);
  }

  #stop() {
    this.#deaf();
    this.#line?.close();
    this.#line = null;
    this.#busy(false);
    this.status.textContent = "";
  }

  #deaf() {
    this.#microphone?.close();
    this.#microphone = null;
    this.level.value = 0;
  }

  #busy(reading) {
    say(this.read, reading ? "stop" : "read");
    this.read.disabled = false;
    this.pick.disabled = this.text.disabled = this.listen.disabled = reading;
    for (const word of this.line.children) word.classList.remove("begun");
  }
}
