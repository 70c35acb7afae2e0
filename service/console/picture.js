// A recording as a drawing: waveform, words with their sounds, and the melody of the voice.

import { s } from "./dom.js";
import { RATE } from "./resampler.js";
import { band, ipa } from "./scores.js";
import { text } from "./words.js";

const SECOND = 240; // units of the drawing
const WAVE = 70;
const WORD = 24;
const PHONE = 24;
const PITCH = 80;
const HEIGHT = WAVE + WORD + PHONE + PITCH + 24;

/** The drawing, as wide as the recording is long. */
export function picture({ words, duration, pitch, text: said }, pcm) {
  const width = Math.max(320, Math.ceil(duration * SECOND));
  const drawing = s("svg", { class: "picture", viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": text("picture_of", { text: said }) });
  drawing.append(s("path", { class: "wave", d: wave(pcm) }));
  for (const word of words) {
    if (word.start === null) continue;
    drawing.append(...block(word.word, word.start, word.end, WAVE + 4, WORD, band(word.total), "word"));
    for (const phone of word.phones) {
      drawing.append(...block(ipa(phone.phone), phone.start, phone.end, WAVE + WORD + 7, PHONE, band(phone.accuracy), "phone"));
    }
    for (const one of word.syllables) {
      drawing.append(...block(one.pinyin, one.start, one.end, WAVE + WORD + 7, PHONE, band(one.accuracy), "phone"));
    }
  }
  drawing.append(...melody(pitch));
  return drawing;
}

/** The outline of samples, 240 units a second, 70 high. */
export function wave(pcm) {
  const step = Math.floor(RATE / SECOND);
  const most = pcm.reduce((most_, sample) => Math.max(most_, Math.abs(sample)), 3000);
  const parts = [];
  for (let at = 0, x = 0; at < pcm.length; at += step, x += (step / RATE) * SECOND) {
    let high = 0;
    let low = 0;
    for (let i = at; i < Math.min(at + step, pcm.length); i++) {
      high = Math.max(high, pcm[i]);
      low = Math.min(low, pcm[i]);
    }
    const y = (sample) => (WAVE / 2) * (1 - sample / most);
    parts.push(`M${x.toFixed(1)} ${y(high).toFixed(1)}V${(y(low) + 0.6).toFixed(1)}`);
  }
  return parts.join("");
}

function block(name, start, end, y, height, grade, kind) {
  const x = start * SECOND;
  const width = Math.max(1, (end - start) * SECOND - 1);
  const label = s("text", { x: x + width / 2, y: y + height / 2 + 5 }, name);
  const group = s("g", { class: `block ${kind} ${grade}` }, s("rect", { x, y, width, height, rx: 4 }));
  if (width > 7 * [...name].length) group.append(label);
  return [group];
}

/** The line of the pitch, in semitones round its median, broken where nothing is voiced. */
function melody(pitch) {
  if (!pitch?.contour || pitch.median_hz === null) return [];
  const values = pitch.contour.filter((value) => value !== null);
  const most = Math.max(6, ...values.map(Math.abs));
  const top = WAVE + WORD + PHONE + 18;
  const middle = top + PITCH / 2;
  let path = "";
  let pen = false;
  pitch.contour.forEach((value, at) => {
    if (value !== null) {
      path += `${pen ? "L" : "M"}${(at * pitch.step * SECOND).toFixed(1)} ${(middle - (value / most) * (PITCH / 2 - 4)).toFixed(1)}`;
    }
    pen = value !== null;
  });
  const width = pitch.contour.length * pitch.step * SECOND;
  return [
    s("line", { class: "rule", x1: 0, x2: width, y1: middle, y2: middle }),
    s("text", { class: "hertz", x: 2, y: top + 8 }, `${Math.round(pitch.median_hz)} Hz`),
    s("path", { class: "melody", d: path }),
  ];
}
