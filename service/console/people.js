// People: who is enrolled, enrolling somebody, trying a voice, and what happened.

import { ask, askJson } from "./connection.js";
import { fill, h } from "./dom.js";
import { Enrolling } from "./enrolling.js";
import { token } from "./keep.js";
import { askForToken, hush, tell } from "./notice.js";
import { Recorder } from "./recorder.js";
import { wav } from "./sound.js";
import { language, say, text } from "./words.js";

const MOST = 50; // entries of the audit log
const DOOR = "console";

/** Show the page; the result leaves it. */
export function open(main) {
  if (!token()) {
    main.append(h("section", { class: "card hint" }, h("p", { words: "people_token" }),
      h("pre", {}, h("code", {}, "sonorant tokens create console --scope voiceprint-admin")),
      h("div", { class: "buttons" }, h("button", { class: "main", words: "token_enter", onclick: askForToken }))));
    return null;
  }
  const page = new People(main);
  return () => page.close();
}

class People {
  constructor(main) {
    this.list = h("div", { class: "scroll", id: "enrolled" });
    this.trail = h("div", { class: "scroll", id: "audit" });
    this.who = h("select", {}, h("option", { value: "", words: "anybody" }));
    this.outcome = h("div", { id: "outcome", role: "status" });
    this.enrolling = new Enrolling((person) => this.#enrolled(person));
    this.trial = new Recorder("verify", (pcm) => this.#decide(pcm));
    this.challenge = null;
    main.append(
      card("enrolled", this.list),
      h("div", { class: "columns even" }, card("enrol", this.enrolling.element), card("verify", this.#verification())),
      card("audit", this.trail));
    this.#refresh();
  }

  close() {
    this.enrolling.close();
    this.trial.close();
  }

  async #try(work) {
    try {
      const result = await work();
      hush();
      return result;
    } catch (error) {
      tell(error);
      return null;
    }
  }

  async #refresh() {
    await this.#try(async () => {
      const { people } = await askJson("GET", "/v1/voiceprint/people");
      this.#showPeople(people);
      this.#showAudit(await askJson("GET", `/v1/voiceprint/audit?count=${MOST}`));
    });
  }

  // Who is enrolled

  #showPeople(people) {
    const day = new Intl.DateTimeFormat(language(), { dateStyle: "medium" });
    const rows = people.map((person) => h("tr", {},
      h("th", { scope: "row" }, person.name, person.blocked ? h("small", {}, ` ${text("blocked")}`) : null),
      h("td", {}, person.groups.join(", ") || "–"),
      h("td", {}, person.enrolled ? day.format(new Date(person.enrolled)) : "–"),
      h("td", {}, h("div", { class: "buttons" },
        h("button", { words: person.blocked ? "unblock" : "block", onclick: () => this.#change(person, "PATCH", { blocked: !person.blocked }) }),
        h("button", { class: "danger", words: "delete", onclick: () => this.#delete(person) })))));
    fill(this.list, rows.length ? h("table", {}, h("thead", {}, h("tr", {},
      ["person", "groups", "since"].map((key) => h("th", { scope: "col", words: key })), h("td"))), h("tbody", {}, rows))
      : h("p", { class: "note", words: "nobody" }));
    const chosen = this.who.value;
    fill(this.who, h("option", { value: "", words: "anybody" }), people.map(({ name }) => h("option", { value: name }, name)));
    this.who.value = people.some(({ name }) => name === chosen) ? chosen : "";
  }

  async #change({ name }, method, about = null) {
    await this.#try(() => ask(method, `/v1/voiceprint/people/${encodeURIComponent(name)}`, about));
    await this.#refresh();
  }

  #delete(person) {
    if (confirm(text("delete_sure", person))) this.#change(person, "DELETE");
  }

  async #enrolled({ name }) {
    await this.#refresh();
    fill(this.outcome, h("strong", { class: "good", words: "was_enrolled", values: { name } }));
  }

  // Trying a voice

  #verification() {
    this.phrase = h("p", { class: "line", id: "phrase", role: "status" });
    return h("div", { class: "stack" }, h("p", { class: "note", words: "verify_about" }),
      h("label", { class: "field" }, h("span", { words: "person" }), this.who),
      h("div", { class: "buttons" }, h("button", { type: "button", words: "challenge", onclick: () => this.#challenge() })), this.phrase, this.trial.element, this.outcome);
  }

  async #challenge() {
    const about = { person: this.who.value || null, door: DOOR };
    this.challenge = await this.#try(() => askJson("POST", "/v1/voiceprint/challenge", about));
    if (this.challenge) say(this.phrase, "say_this", { phrase: this.challenge.phrase });
  }

  async #decide(pcm) {
    const form = new FormData();
    form.set("audio", wav(pcm), "voice.wav");
    form.set("door", DOOR);
    const person = this.who.value;
    if (person) form.set("person", person);
    if (person && this.challenge) {
      form.set("challenge", this.challenge.id);
      form.set("live", "true");
    }
    this.challenge = null;
    this.phrase.textContent = "";
    const made = await this.#try(() => askJson("POST", `/v1/voiceprint/${person ? "verify" : "identify"}`, form));
    if (!made) return;
    await this.#refresh();
    const about = { reason: text(`why_${made.reason}`), percent: Math.round(100 * made.probability), seconds: (made.quality?.speech ?? 0).toFixed(1) };
    fill(this.outcome,
      h("strong", { class: made.decision === "accept" ? "good" : "weak", words: `decision_${made.decision}`, values: { name: made.person ?? "" } }),
      h("p", { class: "note", words: made.probability === null ? "because_only" : "because", values: about }));
  }

  #showAudit({ entries, intact }) {
    const when = new Intl.DateTimeFormat(language(), { dateStyle: "short", timeStyle: "medium" });
    const rows = [...entries].reverse().map((entry) => h("tr", {},
      h("td", {}, when.format(new Date(entry.when))),
      h("td", {}, entry.door ? `${entry.action} (${entry.door})` : entry.action),
      h("td", {}, entry.person ?? "–"),
      h("td", {}, entry.decision ? `${text(`outcome_${entry.decision}`)}: ${text(`why_${entry.reason}`)}` : "–")));
    fill(this.trail, h("p", { class: intact ? "good" : "weak", words: intact ? "audit_intact" : "audit_broken" }),
      rows.length > 0 && h("table", {}, h("thead", {}, h("tr", {}, ["when", "audit_what", "audit_who", "audit_outcome"].map((key) => h("th", { scope: "col", words: key })))),
        h("tbody", {}, rows)));
  }
}

const card = (name, ...inside) =>
  h("section", { class: "card", "aria-labelledby": `${name}-title` }, h("h2", { id: `${name}-title`, words: name }), ...inside);
