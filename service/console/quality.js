// How good a recording is, as it is made: only a hint; the service decides.

import { RATE } from "./resampler.js";

const SPEECH = 1.5; // s, at least
const NOISE = 20; // dB between speech and noise, at least
const LOUD = 0.01; // share of samples near the limit, at most
const FRAME = RATE / 50;

/** Seconds of speech, dB of its level above the noise, and a verdict: a key of the dictionaries. */
export function quality(pcm) {
  const levels = [];
  for (let at = 0; at + FRAME <= pcm.length; at += FRAME) {
    let sum = 0;
    for (let i = at; i < at + FRAME; i++) sum += (pcm[i] / 32768) ** 2;
    levels.push(10 * Math.log10(sum / FRAME + 1e-10));
  }
  const sorted = [...levels].sort((a, b) => a - b);
  const low = sorted[Math.floor(0.1 * sorted.length)] ?? -100;
  const high = sorted[Math.floor(0.9 * sorted.length)] ?? -100;
  const middle = Math.max((low + high) / 2, -60);
  const seconds = levels.filter((level) => level > middle).length / 50;
  const loud = pcm.reduce((count, sample) => count + (Math.abs(sample) > 32000), 0) / (pcm.length || 1);
  const snr = Math.round(high - low);
  const verdict = loud > LOUD ? "loud" : seconds < SPEECH ? "short" : snr < NOISE ? "noisy" : "good";
  return { seconds, snr, verdict };
}
