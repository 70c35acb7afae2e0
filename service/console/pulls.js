// Status: fetching models, how far each is, and calling it off.

import { ask, askJson } from "./connection.js";
import { fill, h } from "./dom.js";
import { token } from "./keep.js";
import { hush, tell } from "./notice.js";
import { text } from "./words.js";

const EVERY = 1000;

/** A number of bytes as people read it. */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** The pulls of the service, shown beside the models; `changed()` is called when one is here. */
export class Pulls {
  #place;
  #changed;
  #pulls = [];
  #timer = 0;
  #left = false;

  constructor(place, changed) {
    this.#place = place;
    this.#changed = changed;
    if (token()) this.#look(true);
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
    this.#left = true;
    clearTimeout(this.#timer);
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
      await this.#look();
    } catch (error) {
      tell(error);
    }
  }

  /** Ask how far they are, again and again while one runs. */
  async #look(quietly = false) {
    clearTimeout(this.#timer);
    const before = new Map(this.#pulls.map((one) => [one.name, one.state]));
    try {
      this.#pulls = (await askJson("GET", "/v1/models/pulls")).pulls;
    } catch (error) {
      if (!quietly) tell(error); // a token without the scope sees the models all the same
      return;
    }
    if (this.#left) return;
    this.show();
    if (this.#pulls.some(({ name, state }) => state === "done" && before.get(name) === "running")) this.#changed();
    if (this.#pulls.some(({ state }) => state === "running")) this.#timer = setTimeout(() => this.#look(), EVERY);
  }
}
