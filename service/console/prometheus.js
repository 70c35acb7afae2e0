// Measures in Prometheus' text format.

const LINE = /^(\w+)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** `[{name, labels, value}]` out of the text. */
export function parse(text) {
  const found = [];
  for (const line of text.split("\n")) {
    const [, name, labels, value] = line.startsWith("#") ? [] : LINE.exec(line) ?? [];
    if (!name) continue;
    const pairs = [...(labels ?? "").matchAll(LABEL)].map(([, key, said]) => [key, said.replace(/\\(.)/g, "$1")]);
    found.push({ name, labels: Object.fromEntries(pairs), value: Number(value.replace("Inf", "Infinity")) });
  }
  return found;
}

/** The value of a measure with these labels; null where there is none. */
export const value = (samples, name, labels = {}) =>
  samples.find((one) => one.name === name && Object.entries(labels).every(([key, said]) => one.labels[key] === said))?.value ?? null;

/** A quantile (0 to 1) of a histogram: the bound of the bucket that it lies in; null without data. */
export function quantile(samples, name, labels, share) {
  const buckets = samples
    .filter((one) => one.name === `${name}_bucket` && Object.entries(labels).every(([key, said]) => one.labels[key] === said))
    .map((one) => [Number(one.labels.le.replace("+Inf", "Infinity")), one.value])
    .sort((a, b) => a[0] - b[0]);
  const total = buckets.at(-1)?.[1] ?? 0;
  return total ? buckets.find(([, count]) => count >= share * total)[0] : null;
}
