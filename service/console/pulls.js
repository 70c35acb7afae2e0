// Status: fetching models, how far each is, and calling it off.

import { ask } from "./connection.js";
import { fill, h } from "./dom.js";
import { token } from "./keep.js";
import { hush, tell } from "./notice.js";
import { watch } from "./watch.js";
import { text } from "./words.js";

/** A number of bytes as people read it. */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** The pulls of the service, shown beside the models; `changed()` is called when one is here. */
export class Pulls {
  #place;
  #changed;
  #pulls = [];
  #leave = () => null;

  constructor(place, changed) {
    this.#place = place;
    this.#changed = changed;
    // A token without the scope sees the models all the same.
    if (token()) this.#leave = watch("/v1/models/pulls", (message) => this.#told(message), (error) => error.code !== "forbidden" && tell(error));
  }

  /** What stands in the row of a model that is not here. */
  control(model) {
    return h("div", { class: "pull", "data-model": model.name },
      h("button", { words: "pull", "aria-label": `${text("pull")}: ${model.name}`, onclick: () => this.#start(model) }),
      h("div", { class: "pulled", role: "status" }));
  }

  /** Show how far each is. */
  show() {
    for (const pull of this.#pulls) {
      const row = this.#place.querySelector(`[data-model="${CSS.escape(pull.name)}"]`);
      if (!row) continue;
      const running = pull.state === "running";
      row.firstChild.hidden = running;
      const percent = pull.total ? Math.min(100, Math.floor((100 * pull.done) / pull.total)) : 0;
      const told = h("small", { words: `pull_state_${pull.state}`, values: { percent, size: megabytes(pull.total ?? pull.done) } });
      if (running && row.lastChild.querySelector("meter")) {
        row.querySelector("meter").value = percent;
        row.querySelector("small").replaceWith(told);
        continue; // the button below keeps the focus
      }
      fill(row.lastChild, running ? h("meter", { min: 0, max: 100, value: percent, label: "pull" }) : null, told,
        running ? h("button", { words: "cancel", onclick: () => this.#cancel(pull) }) : null,
        pull.error ? h("small", { class: "weak", lang: "en" }, pull.error) : null);
    }
  }

  /** Leave; what is fetched goes on. */
  close() {
    this.#leave();
  }

  async #start({ name, size, licence }) {
    if (!confirm(text("pull_sure", { name, size: megabytes(size), licence }))) return;
    await this.#ask("POST", name);
  }

  #cancel({ name }) {
    return this.#ask("DELETE", name);
  }

  async #ask(method, name) {
    try {
      await ask(method, `/v1/models/${encodeURIComponent(name)}/pull`);
      hush();
    } catch (error) {
      tell(error);
    }
  }

  #told(message) {
    const before = this.#pulls;
    if (message.type === "pulls") this.#pulls = message.pulls;
    else this.#pulls = [...before.filter(({ name }) => name !== message.pull.name), message.pull];
    this.show();
    const ran = new Set(before.filter(({ state }) => state === "running").map(({ name }) => name));
    if (this.#pulls.some(({ name, state }) => state === "done" && ran.has(name))) this.#changed();
  }
}
