// Practise: how a sentence is said, by the assistant's voice or in a teacher's recording.

import { ask, ServiceError } from "./connection.js";
import { h } from "./dom.js";
import { tell } from "./notice.js";
import { RATE } from "./resampler.js";
import { say } from "./words.js";

const HEADER = 44; // bytes of a WAV file before its samples
const LONGEST = 30; // s

/** The reference of the sentence; a teacher's recording stands in for the voice until it is dropped. */
export class Reference {
  #spoken = { text: null, pcm: null };
  #teacher = null;

  constructor(changed) {
    this.file = h("input", { id: "teacher", type: "file", accept: "audio/*", class: "hidden", label: "teacher", onchange: () => this.#take(changed) });
    this.button = h("button", { type: "button", words: "teacher", onclick: () => (this.#teacher ? this.drop() : this.file.click()) });
    this.element = h("span", {}, this.file, this.button);
  }

  /** Whether it is a teacher's. */
  get own() {
    return this.#teacher !== null;
  }

  /** The samples (Int16Array) for a text; raises ServiceError. */
  async pcm(text, language) {
    if (this.#teacher) return this.#teacher;
    if (this.#spoken.text !== text) {
      const answer = await ask("POST", "/v1/speech", { text, language });
      this.#spoken = { text, pcm: new Int16Array((await answer.arrayBuffer()).slice(HEADER)) };
    }
    return this.#spoken.pcm;
  }

  /** Go back to the assistant's voice. */
  drop() {
    this.#teacher = null;
    this.file.value = "";
    say(this.button, "teacher");
  }

  async #take(changed) {
    const [file] = this.file.files;
    if (!file) return;
    try {
      const offline = new OfflineAudioContext(1, 1, RATE); // decoding resamples to its rate
      const sound = await offline.decodeAudioData(await file.arrayBuffer());
      if (sound.duration > LONGEST) throw new ServiceError({ code: "too_large", message: "" });
      this.#teacher = mixed(sound);
      say(this.button, "teacher_drop", { name: file.name });
      changed();
    } catch (error) {
      this.drop();
      tell(error instanceof ServiceError ? error : new ServiceError({ code: "bad_audio", message: "" }));
    }
  }
}

function mixed(sound) {
  const channels = Array.from({ length: sound.numberOfChannels }, (_, at) => sound.getChannelData(at));
  const mean = (at) => channels.reduce((sum, one) => sum + one[at], 0) / channels.length;
  return Int16Array.from({ length: sound.length }, (_, at) => Math.round(32767 * Math.max(-1, Math.min(1, mean(at)))));
}
