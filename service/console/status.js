// Status: whether the service is ready, what it is doing, how long it takes, and its models.

import { ask, askJson } from "./connection.js";
import { fill, h } from "./dom.js";
import { tell } from "./notice.js";
import { megabytes, Pulls } from "./pulls.js";
import { parse, quantile, value } from "./prometheus.js";
import { known, text } from "./words.js";

const EVERY = 5000;
const STAGES = ["first_partial", "final", "reply", "sound", "answer", "assessment", "decision", "queue", "work"];

/** Show the page; the result leaves it. */
export function open(main) {
  const ready = h("p", { id: "ready", role: "status" });
  const load = h("dl", { class: "tiles", id: "load" });
  const stages = h("div", { class: "scroll" });
  const models = h("div", { class: "scroll", id: "models" });
  const engines = h("p", { class: "note" });
  main.append(
    h("section", { class: "card", "aria-labelledby": "load-title" }, h("h2", { id: "load-title", words: "load" }), ready, load),
    h("section", { class: "card", "aria-labelledby": "latency" }, h("h2", { id: "latency", words: "latency" }), stages),
    h("section", { class: "card", "aria-labelledby": "models-title" }, h("h2", { id: "models-title", words: "models" }), engines, models));

  const measure = async () => {
    const answer = await fetch("/readyz").catch(() => null);
    const words = !answer ? "error_unreachable" : answer.ok ? "is_ready" : "is_not_ready";
    fill(ready, h("strong", { class: answer?.ok ? "good" : "weak", words }));
    if (!answer) return;
    const samples = parse(await (await ask("GET", "/metrics")).text());
    showLoad(load, samples);
    showStages(stages, samples);
  };
  const catalogue = async () => {
    const about = await askJson("GET", "/v1/models");
    fill(engines, text("loaded", { engines: about.loaded.join(text("comma")) || "–" }));
    const open = models.querySelector("details")?.open;
    showModels(models, about.models, pulls);
    if (open) models.querySelector("details").open = true;
    pulls.show();
  };
  const pulls = new Pulls(models, () => catalogue().catch(tell));
  measure().then(catalogue).catch(tell);
  const timer = setInterval(() => measure().catch(tell), EVERY);
  return () => {
    clearInterval(timer);
    pulls.close();
  };
}

function showLoad(place, samples) {
  const sum = (name) => samples.filter((one) => one.name === name).reduce((all, one) => all + one.value, 0);
  const tiles = {
    sessions: sum("sonorant_sessions"),
    workers: value(samples, "sonorant_workers"),
    waiting: value(samples, "sonorant_queue_depth"),
    minutes: Math.round(sum("sonorant_audio_seconds_total") / 6) / 10,
    errors: sum("sonorant_errors_total"),
    refused: sum("sonorant_refused_total"),
  };
  fill(place, Object.entries(tiles).map(([key, number]) => h("div", {}, h("dt", { words: `tile_${key}` }), h("dd", {}, String(number ?? "–")))));
}

function showStages(place, samples) {
  const name = "sonorant_stage_seconds";
  const rows = STAGES.map((stage) => {
    const count = value(samples, `${name}_count`, { stage });
    if (!count) return null;
    const mean = value(samples, `${name}_sum`, { stage }) / count;
    const most = quantile(samples, name, { stage }, 0.95);
    return h("tr", {}, h("th", { scope: "row", words: `stage_of_${stage}` }),
      h("td", { class: "number" }, String(count)),
      h("td", { class: "number" }, text("ms", { ms: (1000 * mean).toFixed(mean < 0.01 ? 1 : 0) })),
      h("td", { class: "number" }, most === Infinity ? text("ms_more", { ms: 30000 }) : text("ms_most", { ms: 1000 * most })));
  }).filter(Boolean);
  fill(place, rows.length ? h("table", {}, h("thead", {}, h("tr", {},
    ["stage", "times", "mean", "p95"].map((key, at) => h("th", { scope: "col", words: `of_${key}`, class: at ? "number" : "" })))),
  h("tbody", {}, rows)) : h("p", { class: "note", words: "nothing_measured" }));
}

function showModels(place, models, pulls) {
  const others = models.filter(({ here }) => !here);
  fill(place, table(models.filter(({ here }) => here), pulls),
    others.length ? h("details", { class: "settings" }, h("summary", { words: "others", values: { count: others.length } }), table(others, pulls)) : null);
}

const table = (models, pulls) => h("table", {}, h("thead", {}, h("tr", {},
  ["name", "role", "languages", "licence", "size", "here"].map((key) => h("th", { scope: "col", words: `model_${key}`, class: key === "size" ? "number" : "" })))),
h("tbody", {}, models.map((model) => h("tr", {},
  h("th", { scope: "row" }, model.name),
  h("td", {}, known(`role_${model.role}`) ? text(`role_${model.role}`) : model.role),
  h("td", {}, model.languages.join(", ") || "–"),
  h("td", {}, model.licence),
  h("td", { class: "number" }, megabytes(model.size)),
  h("td", {}, model.here ? h("span", { class: "good", words: "here" }) : pulls.control(model))))));
