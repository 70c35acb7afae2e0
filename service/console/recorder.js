// A button that records a sentence, with its loudness and quality while it is said.

import { h } from "./dom.js";
import { tell } from "./notice.js";
import { quality } from "./quality.js";
import { joined, loudness, Microphone } from "./sound.js";
import { say } from "./words.js";

const LONGEST = 150; // pieces of 100 ms

/** Records once and again; `done(pcm)` gets each recording. */
export class Recorder {
  pcm = null;
  #microphone = null;
  #pieces = [];
  #done;
  #gone = false;

  constructor(name, done = () => null) {
    this.#done = done;
    this.button = h("button", { type: "button", words: "record", onclick: () => (this.#microphone ? this.stop() : this.#start()) });
    this.button.dataset.recorder = name;
    this.level = h("meter", { class: "level", min: 0, max: 1, value: 0, label: "loudness" });
    this.note = h("small", { role: "status" });
    this.element = h("div", { class: "recorder" }, this.button, this.level, this.note);
  }

  async #start() {
    this.#pieces = [];
    this.pcm = null;
    try {
      this.#microphone = await Microphone.open((pcm) => this.#piece(pcm));
      if (this.#gone) this.stop();
      else say(this.button, "stop");
    } catch (error) {
      tell(error);
    }
  }

  #piece(pcm) {
    if (!this.#microphone) return;
    this.#pieces.push(pcm);
    this.level.value = loudness(pcm);
    if (this.#pieces.length % 5 === 0) this.#judge();
    if (this.#pieces.length >= LONGEST) this.stop();
  }

  #judge() {
    const { seconds, snr, verdict } = quality(joined(this.#pieces));
    say(this.note, "quality", { seconds: seconds.toFixed(1), snr });
    this.element.dataset.verdict = verdict;
    this.note.append(" – ", h("span", { class: verdict === "good" ? "good" : "weak", words: `quality_${verdict}` }));
  }

  /** End the recording. */
  stop() {
    if (!this.#microphone) return;
    this.#microphone.close();
    this.#microphone = null;
    this.level.value = 0;
    this.#judge();
    say(this.button, "again");
    this.pcm = joined(this.#pieces);
    if (!this.#gone) this.#done(this.pcm);
  }

  /** Leave. */
  close() {
    this.#gone = true;
    this.stop();
  }
}
