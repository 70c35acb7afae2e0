// Scores and sounds as people read them; colour never stands alone.

const GOOD = 80;
const FAIR = 60;

/** `good`, `fair`, `weak`, or `none` where there is no score; 0 to 100. */
export function band(score) {
  if (score === null || score === undefined) return "none";
  return Math.round(score) >= GOOD ? "good" : Math.round(score) >= FAIR ? "fair" : "weak";
}

/** A shape for each band. */
export const MARKS = { good: "●", fair: "▲", weak: "■", none: "○" };

/** A score without decimals. */
export const whole = (score) => (score === null || score === undefined ? "–" : String(Math.round(score)));

const IPA = {
  AA: "ɑ", AE: "æ", AH: "ʌ", AO: "ɔ", AW: "aʊ", AY: "aɪ", B: "b", CH: "tʃ", D: "d", DH: "ð", EH: "ɛ",
  ER: "ɝ", EY: "eɪ", F: "f", G: "ɡ", HH: "h", IH: "ɪ", IY: "i", JH: "dʒ", K: "k", L: "l", M: "m",
  N: "n", NG: "ŋ", OW: "oʊ", OY: "ɔɪ", P: "p", R: "ɹ", S: "s", SH: "ʃ", T: "t", TH: "θ", UH: "ʊ",
  UW: "u", V: "v", W: "w", Y: "j", Z: "z", ZH: "ʒ", AH0: "ə", ER0: "ɚ",
};

/** A phone of ARPAbet in IPA; others as they are. */
export const ipa = (phone) => IPA[phone] ?? IPA[phone.replace(/[012]$/, "")] ?? phone;
