// Home: what is going to happen by itself, with its time; routines and scenes, each with a button.

import { ask, askJson } from "./connection.js";
import { fill, h } from "./dom.js";
import { hush, tell } from "./notice.js";
import { language, say, text } from "./words.js";

const DAY = 86_400; // s

/** Draws the agenda into two elements. */
export class Agenda {
  #pending;
  #starting;
  #told = h("p", { class: "note", id: "ran", role: "status" });
  #buttons = h("div", { class: "buttons" });
  #ahead = 0; // of the service's clock before ours, s
  #rows = [];
  #ticking;

  constructor(pending, starting) {
    this.#pending = pending;
    this.#starting = starting;
    fill(starting, this.#buttons, this.#told);
    this.#ticking = setInterval(() => this.#tick(), 1000);
  }

  /** Show what is pending, and a button for each routine and scene. */
  show({ now, pending, routines }, { devices }) {
    this.#ahead = now - Date.now() / 1000;
    this.#rows = pending.map((one) => [one, h("span", { class: "left" })]);
    fill(this.#pending, pending.length
      ? h("ul", { class: "agenda" }, this.#rows.map(([one, left]) => this.#row(one, left)))
      : h("p", { class: "note", words: "nothing_pending" }));
    this.#tick();
    const scenes = devices.filter(({ kind }) => kind === "scene");
    this.#starting.parentElement.hidden = !(routines.length + scenes.length);
    fill(this.#buttons,
      routines.map((one) => h("button", { "data-routine": one.name, title: one.commands.join(" · "), onclick: ({ target }) => this.#run(target, one) }, `▶ ${one.name}`)),
      scenes.map((one) => h("button", { "data-scene": one.id, onclick: ({ target }) => this.#activate(target, one) }, `✦ ${one.name}`)));
  }

  /** Leave. */
  close() {
    clearInterval(this.#ticking);
  }

  #row(one, left) {
    const what = h("span", { class: "what" }, h("strong", { words: `what_${one.what}` }), named(one) ? ` ${named(one)}` : "");
    return h("li", { "data-pending": one.what }, what, h("span", { class: "when" }, when(one)), left,
      h("button", { words: "call_off", "aria-label": `${text("call_off")}: ${text(`what_${one.what}`)} ${named(one)}`, onclick: () => this.#cancel(one) }));
  }

  #tick() {
    for (const [one, place] of this.#rows) {
      const left = one.due === null ? one.left : one.due - Date.now() / 1000 - this.#ahead;
      place.textContent = left < DAY ? clock(Math.max(0, Math.round(left))) : "";
    }
  }

  async #try(button, work) {
    button.disabled = true;
    this.#told.textContent = "";
    try {
      await work();
      hush();
    } catch (error) {
      tell(error);
    } finally {
      button.disabled = false;
    }
  }

  #run(button, { name }) {
    return this.#try(button, async () => {
      const ran = await askJson("POST", `/v1/home/routines/${encodeURIComponent(name)}`, { language: language() });
      this.#told.textContent = ran.text;
    });
  }

  #activate(button, { id, name }) {
    return this.#try(button, async () => {
      await ask("POST", `/v1/home/scenes/${encodeURIComponent(id)}`);
      say(this.#told, "activated", { name });
    });
  }

  async #cancel({ id }) {
    try {
      await ask("DELETE", `/v1/home/agenda/${encodeURIComponent(id)}`);
      hush();
    } catch (error) {
      tell(error);
    }
  }
}

const named = ({ name, text: said }) => name ?? (said ? `“${said}”` : "");

/** For what a timer was set, or when the other things happen. */
function when({ what, seconds, due, days }) {
  if (what === "timer") return text(due === null ? "of_length_paused" : "of_length", { time: clock(seconds) });
  const moment = new Date(1000 * due);
  const time = new Intl.DateTimeFormat(language(), { timeStyle: "short" }).format(moment);
  if (!days.length) {
    return new Intl.DateTimeFormat(language(), { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" }).format(moment);
  }
  const day = new Intl.DateTimeFormat(language(), { weekday: "short", timeZone: "UTC" });
  const names = days.map((one) => day.format(new Date(Date.UTC(2024, 0, 1 + one)))); // a Monday
  return `${days.length === 7 ? text("daily") : names.join(text("comma"))} ${time}`;
}

/** Seconds as 1:02:03 or 2:03. */
function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
