// The microphone, the loudspeaker, and recordings.

import { RATE } from "./resampler.js";
import { ServiceError } from "./connection.js";

let context = null;

/** The browser's sound; made when something was clicked, for browsers allow it only then. */
function sound() {
  context ??= new AudioContext({ latencyHint: "interactive" });
  if (context.state === "suspended") context.resume();
  return context;
}

/** The microphone: calls `heard` with 1600 samples (Int16Array, 16 kHz) ten times a second. */
export class Microphone {
  #stream;
  #nodes;

  static async open(heard) {
    if (!navigator.mediaDevices) throw new ServiceError({ code: "insecure", message: "" });
    const stream = await navigator.mediaDevices
      .getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: false } })
      .catch((error) => {
        const code = error.name === "NotFoundError" ? "without_microphone" : "no_microphone";
        throw new ServiceError({ code, message: "" });
      });
    const made = sound();
    await made.audioWorklet.addModule("/console/capture.js");
    const source = made.createMediaStreamSource(stream);
    const capture = new AudioWorkletNode(made, "capture", {
      numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit",
    });
    capture.port.onmessage = ({ data }) => heard(data);
    source.connect(capture);
    return new Microphone(stream, [source, capture]);
  }

  constructor(stream, nodes) {
    this.#stream = stream;
    this.#nodes = nodes;
  }

  close() {
    for (const node of this.#nodes) node.disconnect();
    this.#nodes.at(-1).port.onmessage = null;
    for (const track of this.#stream.getTracks()) track.stop();
  }
}

/** Plays PCM16 at 16 kHz as it comes, piece after piece without a gap. */
export class Loudspeaker {
  #playing = new Set();
  #next = 0;

  play(buffer) {
    const made = sound();
    const pcm = new Int16Array(buffer);
    if (!pcm.length) return;
    const piece = made.createBuffer(1, pcm.length, RATE);
    piece.copyToChannel(Float32Array.from(pcm, (sample) => sample / 32768), 0);
    const source = made.createBufferSource();
    source.buffer = piece;
    source.connect(made.destination);
    this.#next = Math.max(this.#next, made.currentTime + 0.02);
    source.start(this.#next);
    this.#next += piece.duration;
    this.#playing.add(source);
    source.onended = () => this.#playing.delete(source);
  }

  /** Stop at once. */
  stop() {
    for (const source of this.#playing) source.stop();
    this.#playing.clear();
    this.#next = 0;
  }
}

/** Join pieces of a recording. */
export function joined(pieces) {
  const all = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** A stretch of a recording, from and to in seconds. */
export const stretch = (pcm, from, to) =>
  pcm.slice(Math.max(0, Math.round(from * RATE)), Math.round(to * RATE));

/** A recording as a WAV file. */
export function wav(pcm) {
  const head = new DataView(new ArrayBuffer(44));
  const letters = (at, text) => [...text].forEach((c, i) => head.setUint8(at + i, c.charCodeAt(0)));
  letters(0, "RIFF");
  head.setUint32(4, 36 + pcm.byteLength, true);
  letters(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, RATE, true);
  head.setUint32(28, 2 * RATE, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  letters(36, "data");
  head.setUint32(40, pcm.byteLength, true);
  return new Blob([head, pcm], { type: "audio/wav" });
}

/** How loud a piece is, 0 to 1, where speech lies in the middle: -60 dB is 0, full scale is 1. */
export function loudness(pcm) {
  let sum = 0;
  for (const sample of pcm) sum += (sample / 32768) ** 2;
  return Math.max(0, Math.min(1, 1 + Math.log10(sum / pcm.length + 1e-12) / 6));
}
