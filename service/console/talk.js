// Talk: a conversation with the home, by voice or by typing.

import { LATER, Line } from "./connection.js";
import { House } from "./devices.js";
import { fill, h } from "./dom.js";
import { keep, kept } from "./keep.js";
import { hush, tell } from "./notice.js";
import { loudness, Loudspeaker, Microphone } from "./sound.js";
import { LANGUAGES, Transcript } from "./transcript.js";
import { watchHome } from "./watch.js";
import { label, say } from "./words.js";

const WAKE_WORDS = { okay_nabu: "okay nabu", alexa: "alexa", hey_jarvis: "hey Jarvis", hey_mycroft: "hey Mycroft" };
const HELD = 400; // ms after which letting go of the button ends what is said
const UNUSED = 20_000; // ms after which the microphone of push-to-talk is closed
const EXAMPLES = { en: "turn on the lamp", zh: "打开台灯", ko: "램프 켜줘" };
const STATES = { idle: "ready", listening: "listening", thinking: "thinking", speaking: "speaking" };

/** Show the page; the result leaves it. */
export function open(main) {
  const page = new Talk(main);
  return () => page.close();
}

class Talk {
  #line = null;
  #microphone = null;
  #opening = false;
  #loudspeaker = new Loudspeaker();
  #state = "idle";
  #wanted = false; // the button was pressed, the service does not know yet
  #sending = false;
  #quiet = false; // silence is sent instead of what the microphone hears
  #pressed = 0;
  #timers = { again: 0, unused: 0 };
  #keys = new AbortController();

  constructor(main) {
    const choices = { mode: "push", wake: "okay_nabu", language: "", area: "", voice: true };
    this.choices = { ...choices, ...kept("talk") };
    this.#build(main);
    this.transcript = new Transcript(this.log, this.forming);
    this.house = new House(this.devices);
    this.leave = watchHome((home, changed) => this.#home(home, changed));
    this.#listenForKeys();
    this.#connect();
  }

  close() {
    this.leave();
    this.#keys.abort();
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#line?.close();
    this.#deaf();
    this.#loudspeaker.stop();
  }

  // What is on the page

  #build(main) {
    this.button = h("button", { id: "microphone", class: "microphone", type: "button", "aria-describedby": "how" },
      h("span", { class: "ring", "aria-hidden": "true" }),
      h("span", { class: "name", words: "press_to_talk" }));
    this.status = h("p", { id: "state", class: "state", role: "status", words: "connecting" });
    this.forming = h("p", { id: "forming", class: "forming", "aria-hidden": "true" });
    this.how = h("p", { id: "how", class: "note", words: "how_push" });
    this.log = h("ol", { id: "log", class: "log", role: "log", "aria-live": "polite", label: "conversation", tabindex: "0" });
    this.devices = h("div", { class: "rooms small" });
    this.typed = h("input", { id: "typed", maxlength: 4000, autocomplete: "off", enterkeyhint: "send" });
    main.append(h("div", { class: "columns" },
      h("div", {},
        h("section", { class: "card speak", label: "speak" }, this.button, this.status, this.forming, this.how, this.#settings()),
        h("section", { class: "card", label: "conversation" }, this.log,
          h("form", { class: "row", onsubmit: (event) => this.#type(event) }, this.typed,
            h("button", { class: "main", words: "send" })))),
      h("section", { class: "card", "aria-labelledby": "at-home" },
        h("h2", { id: "at-home", words: "at_home" }), this.devices)));
    this.#buttonEvents();
  }

  #settings() {
    const select = (name, options) => {
      const element = h("select", { value: "", onchange: ({ target }) => this.#choose(name, target.value) }, options);
      element.value = this.choices[name];
      return h("label", { class: "field" }, h("span", { words: name }), element);
    };
    const modes = ["push", "always", "wake"].map((mode) => h("option", { value: mode, words: `mode_${mode}` }));
    const words = Object.entries(WAKE_WORDS).map(([word, spoken]) => h("option", { value: word }, spoken));
    const tongues = Object.entries({ "": null, ...LANGUAGES }).map(([tag, name]) =>
      name ? h("option", { value: tag, lang: tag }, name) : h("option", { value: tag, words: "own_language" }));
    this.wakeField = select("wake", words);
    this.languageField = select("language", tongues);
    this.areaField = select("area", [h("option", { value: "", words: "nowhere" })]);
    const voice = h("input", { type: "checkbox", checked: this.choices.voice, onchange: ({ target }) => this.#choose("voice", target.checked) });
    return h("details", { class: "settings" }, h("summary", { words: "settings" }),
      h("div", { class: "fields" }, select("mode", modes), this.wakeField, this.languageField, this.areaField,
        h("label", { class: "check" }, voice, h("span", { words: "voice" }))));
  }

  #buttonEvents() {
    const { button } = this;
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || this.choices.mode !== "push") return;
      button.setPointerCapture(event.pointerId);
      this.#press();
    });
    for (const kind of ["pointerup", "pointercancel"]) button.addEventListener(kind, () => this.#release());
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("click", (event) => {
      if (this.choices.mode !== "push") this.#toggle();
      else if (event.detail === 0) this.#sending ? this.#hush() : this.#press(); // by keyboard, or a screen reader
    });
  }

  #listenForKeys() {
    const mine = ({ code, target }) => code === "Space" && this.choices.mode === "push"
      && (target === this.button || !target.closest("input, textarea, select, button, a, summary, dialog"));
    const options = { signal: this.#keys.signal };
    document.addEventListener("keydown", (event) => {
      if (!mine(event)) return;
      event.preventDefault();
      if (!event.repeat) this.#press();
    }, options);
    document.addEventListener("keyup", (event) => {
      if (!mine(event)) return;
      event.preventDefault();
      this.#release();
    }, options);
  }

  #home(home, changed) {
    this.house.show(home, changed);
    this.transcript.home = home;
    if (changed) return;
    const select = this.areaField.querySelector("select");
    fill(select, h("option", { value: "", words: "nowhere" }), home.areas.map((area) => h("option", { value: area.id }, area.name)));
    select.value = home.areas.some(({ id }) => id === this.choices.area) ? this.choices.area : "";
  }

  // The connection

  #choose(name, value) {
    this.choices[name] = value;
    keep("talk", this.choices);
    this.#deaf();
    this.#connect();
  }

  #connect() {
    clearTimeout(this.#timers.again);
    this.#line?.close();
    this.#loudspeaker.stop();
    this.#wanted = this.#sending = false;
    const { mode, wake, language, area, voice } = this.choices;
    this.wakeField.hidden = mode !== "wake";
    this.#speakingOf(language);
    say(this.how, `how_${mode}`, { word: WAKE_WORDS[wake] });
    this.#show("connecting");
    const start = {
      type: "start", rate: 16000, voice, push_to_talk: mode === "push", wake: mode === "wake" ? [wake] : [],
      language: language || null, area: area || null,
    };
    this.#line = new Line("/v1/assistant", start, {
      open: () => { hush(); this.#went("idle"); },
      message: (message) => this.#heard(message),
      sound: (buffer) => this.#loudspeaker.play(buffer),
      closed: (error) => this.#lost(error),
    });
  }

  #lost(error) {
    this.#deaf();
    this.#show("not_connected");
    if (!error) return;
    tell(error);
    if (LATER.includes(error.code)) {
      this.#timers.again = setTimeout(() => this.#connect(), 1000 * (error.retryAfter ?? 3));
    }
  }

  #heard(message) {
    if (message.type === "error") tell(message);
    else if (message.type === "state_changed") this.#went(message.after);
    else if (message.type === "language_changed") this.#speaks(message);
    else if (message.type === "reply_ended" && message.interrupted) this.#loudspeaker.stop();
    this.transcript.heard(message);
  }

  /** The language was changed in the talk; the next one begins in it, if it is heard here. */
  #speaks({ language, heard }) {
    const tag = language.split("-")[0];
    this.#speakingOf(tag);
    if (!heard) return;
    this.choices.language = tag;
    keep("talk", this.choices);
  }

  /** Show the language, and something to type in it. */
  #speakingOf(tag) {
    this.languageField.querySelector("select").value = tag;
    label(this.typed, "type_here", { example: EXAMPLES[tag] ?? EXAMPLES.en });
  }

  #went(state) {
    this.#state = state;
    if (state !== "listening") this.#quiet = false;
    if (state === "idle" && this.choices.mode === "push") {
      this.#sending = false;
      clearTimeout(this.#timers.unused);
      this.#timers.unused = setTimeout(() => this.#deaf(), UNUSED);
    }
    this.#show(STATES[state]);
  }

  #show(key) {
    const { mode } = this.choices;
    const deaf = mode !== "push" && !this.#microphone && ["ready", "listening"].includes(key);
    this.button.dataset.state = deaf ? "ready" : key;
    say(this.status, deaf ? "microphone_is_off" : key);
    const name = mode === "push" ? "press_to_talk" : this.#microphone ? "microphone_off" : "microphone_on";
    say(this.button.querySelector(".name"), name);
    if (mode === "push") this.button.removeAttribute("aria-pressed");
    else this.button.setAttribute("aria-pressed", String(Boolean(this.#microphone)));
  }

  // The microphone

  #press() {
    if (!this.#line.open) return;
    clearTimeout(this.#timers.unused);
    this.#pressed = performance.now();
    this.#quiet = false;
    this.#wanted = true;
    this.#loudspeaker.stop();
    this.#hear();
  }

  #release() {
    if (!this.#pressed) return;
    const held = performance.now() - this.#pressed;
    this.#pressed = 0;
    if (held > HELD) this.#hush();
  }

  /** No more is said: silence lets the service find the end. */
  #hush() {
    if (this.#wanted && !this.#microphone) this.#wanted = false; // still asking for permission
    this.#quiet = true;
  }

  #toggle() {
    if (this.#microphone) {
      this.#deaf();
      this.#connect();
    } else if (this.#line.open) {
      this.#sending = true;
      this.#hear();
    }
  }

  async #hear() {
    if (this.#microphone || this.#opening) return;
    this.#opening = true;
    try {
      const microphone = await Microphone.open((pcm) => this.#piece(pcm));
      if (this.#keys.signal.aborted) microphone.close();
      else this.#microphone = microphone;
      if (this.choices.mode !== "push") this.#show(STATES[this.#state]);
    } catch (error) {
      this.#wanted = this.#sending = false;
      tell(error);
    } finally {
      this.#opening = false;
    }
  }

  #piece(pcm) {
    if (this.#wanted) {
      this.#wanted = false;
      this.#sending = true;
      this.#line.send({ type: "listen" });
    }
    this.button.style.setProperty("--level", this.#sending && !this.#quiet ? loudness(pcm).toFixed(2) : "0");
    if (this.#sending) this.#line.audio(this.#quiet ? new Int16Array(pcm.length) : pcm);
  }

  #deaf() {
    this.#microphone?.close();
    this.#microphone = null;
    this.#sending = this.#wanted = false;
    this.button.style.setProperty("--level", "0");
  }

  #type(event) {
    event.preventDefault();
    const text = this.typed.value.trim();
    if (!text || !this.#line.open) return;
    this.#loudspeaker.stop();
    this.#line.send({ type: "text", text });
    this.typed.value = "";
  }
}
