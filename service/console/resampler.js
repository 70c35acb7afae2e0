// Any rate to 16 kHz: a windowed sinc that lets nothing through which 16 kHz cannot hold.

export const RATE = 16000;

const REACH = 24; // samples of the output on either side that one is made of
const STEPS = 64; // positions between two samples at which the filter is known

/** Resamples a stream of mono Float32Array blocks. */
export class Resampler {
  #step;
  #reach;
  #filter;
  #kept;
  #at;

  constructor(rate) {
    this.#step = rate / RATE;
    const wide = Math.max(1, this.#step);
    this.#reach = Math.ceil(REACH * wide);
    this.#filter = new Float32Array(this.#reach * STEPS + 1);
    const cut = 0.94 / wide;
    for (let i = 0; i < this.#filter.length; i++) {
      const x = i / STEPS;
      const sinc = x === 0 ? cut : Math.sin(Math.PI * cut * x) / (Math.PI * x);
      this.#filter[i] = sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / this.#reach));
    }
    this.#kept = new Float32Array(this.#reach);
    this.#at = this.#reach;
  }

  /** What a block adds to the output. */
  feed(block) {
    if (this.#step === 1) return block.slice();
    const input = new Float32Array(this.#kept.length + block.length);
    input.set(this.#kept);
    input.set(block, this.#kept.length);
    const output = [];
    while (this.#at + this.#reach < input.length) {
      output.push(this.#sample(input));
      this.#at += this.#step;
    }
    const used = Math.max(0, Math.floor(this.#at) - this.#reach);
    this.#kept = input.slice(used);
    this.#at -= used;
    return Float32Array.from(output);
  }

  #sample(input) {
    let sum = 0;
    const first = Math.ceil(this.#at - this.#reach);
    const last = Math.floor(this.#at + this.#reach);
    for (let i = first; i <= last; i++) {
      sum += input[i] * this.#filter[Math.round(Math.abs(i - this.#at) * STEPS)];
    }
    return sum;
  }
}
