// In the thread of the sound: what the microphone hears, as 100 ms of PCM16 at 16 kHz each.

import { RATE, Resampler } from "./resampler.js";

const PIECE = RATE / 10;

registerProcessor("capture", class extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate);
  #piece = new Int16Array(PIECE);
  #filled = 0;

  process([[samples]]) {
    for (const sample of this.#resampler.feed(samples ?? new Float32Array(128))) {
      this.#piece[this.#filled++] = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
      if (this.#filled === PIECE) {
        this.port.postMessage(this.#piece, [this.#piece.buffer]);
        this.#piece = new Int16Array(PIECE);
        this.#filled = 0;
      }
    }
    return true;
  }
});
