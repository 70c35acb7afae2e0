// Practise: hear a sentence, read it, and see which sounds to work on.

import { remember, showAttempts } from "./attempts.js";
import { showBeside } from "./beside.js";
import { Choosing, tongue } from "./choosing.js";
import { Line } from "./connection.js";
import { fill, h } from "./dom.js";
import { keep, kept } from "./keep.js";
import { hush, tell } from "./notice.js";
import { showReading } from "./reading.js";
import { Reference } from "./reference.js";
import { ENGLISH } from "./sentences.js";
import { joined, loudness, Loudspeaker, Microphone } from "./sound.js";
import { say } from "./words.js";

const LONGEST = 300; // pieces of 100 ms: what the service takes
const SILENCE = 12; // quiet pieces after the last word that end a reading
const DROP = 0.3; // of loudness below the loudest, and it is quiet
const SILENT = 20; // the same in Mandarin, whose words nobody counts here

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
    this.#choose(kept("sentence") ?? ENGLISH.th);
    this.choosing.refresh();
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
    this.choosing = new Choosing((text) => this.#choose(text));
    this.reference = new Reference(() => this.#hear());
    this.text = h("textarea", { id: "text", rows: 2, maxlength: 400, oninput: () => this.#changed() });
    this.listen = h("button", { id: "hear", words: "hear", onclick: () => this.#hear() });
    this.read = h("button", { id: "read", class: "main", words: "read", onclick: () => (this.#line ? this.#end() : this.#read()) });
    this.status = h("p", { id: "reading-state", class: "note", role: "status" });
    this.line = h("p", { class: "line" });
    this.level = h("meter", { class: "level", min: 0, max: 1, value: 0, label: "loudness" });
    this.result = h("div", { id: "reading" });
    this.beside = h("div", { id: "beside-place" });
    this.past = h("div", { id: "attempts" });
    main.append(
      h("section", { class: "card", label: "sentence" },
        this.choosing.element,
        h("label", { class: "field" }, h("span", { words: "sentence" }), this.text),
        this.line, this.choosing.hint, this.level,
        h("div", { class: "buttons" }, this.listen, this.read, this.reference.element), this.status),
      this.result, this.beside,
      h("section", { class: "card", "aria-labelledby": "progress" }, h("h2", { id: "progress", words: "attempts" }), this.past));
  }

  #choose(text) {
    this.reference.drop();
    this.text.value = text;
    this.#changed();
  }

  #changed() {
    keep("sentence", this.text.value);
    this.choosing.show(this.text.value);
    this.language = tongue(this.sentence);
    this.line.lang = this.text.lang = this.language;
    fill(this.line, this.sentence.split(" ").map((word) => h("span", {}, `${word} `)));
    this.read.disabled = this.listen.disabled = !this.sentence;
    fill(this.result);
    fill(this.beside);
    showAttempts(this.past, this.sentence);
  }

  async #hear() {
    this.listen.disabled = true;
    try {
      const pcm = await this.reference.pcm(this.sentence, this.language);
      hush();
      this.#loudspeaker.stop();
      if (!this.#left) this.#loudspeaker.play(pcm.buffer);
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
    fill(this.beside);
    this.#busy(true);
    say(this.status, "connecting");
    const record = this.choosing.item(this.sentence) !== null;
    this.#line = new Line("/v1/pronunciation", { type: "start", rate: 16000, text: this.sentence, language: this.language, record }, {
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
    const silence = this.language === "zh" ? SILENT : SILENCE;
    if ((read && this.#quiet >= silence) || this.#pieces.length >= LONGEST) this.#end();
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
      if (this.language !== "zh") [...this.line.children].forEach((word, at) => word.classList.toggle("begun", at < message.words));
    } else if (message.type === "assessment") {
      const { assessment, standing } = message;
      if (standing) this.choosing.update(this.sentence, standing);
      if (assessment.assessable) remember(this.sentence, assessment.overall);
      showReading(this.result, assessment, joined(this.#pieces), (pcm) => {
        this.#loudspeaker.stop();
        this.#loudspeaker.play(pcm.buffer);
      });
      showAttempts(this.past, this.sentence);
      this.result.querySelector("h2")?.focus();
      if (assessment.assessable) this.#compare(joined(this.#pieces));
    } else if (message.type === "error") tell(message);
  }

  async #compare(pcm) {
    const { sentence } = this;
    try {
      const reference = await this.reference.pcm(sentence, this.language);
      await showBeside(this.beside, reference, pcm, () => !this.#left && sentence === this.sentence);
    } catch (error) {
      if (!["unauthorized", "forbidden"].includes(error.code)) tell(error); // no voice for this token
    }
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
    this.choosing.disabled = this.text.disabled = this.listen.disabled = reading;
    for (const word of this.line.children) word.classList.remove("begun");
  }
}
