// The devices of the home by room, and what they are doing, in words.

import { fill, h } from "./dom.js";
import { text } from "./words.js";

const OPENINGS = ["door", "garage_door", "opening", "window"];

/** Whether a device is doing something: its card is then lit. */
export function active({ kind, state }) {
  if (kind === "cover") return state.position > 0;
  if (kind === "lock") return state.locked === false;
  if (kind === "vacuum") return state.activity === "cleaning";
  return state.on === true;
}

/** What a device is doing, in words. */
export function doing({ kind, device_class, state }) {
  const parts = [];
  const yes = (value, on, off) => {
    if (value === true) parts.push(text(on));
    if (value === false) parts.push(text(off));
  };
  const amount = (value, key) => {
    if (typeof value === "number") parts.push(text(key, { value: Math.round(value * 10) / 10 }));
  };
  switch (kind) {
    case "lock":
      yes(state.locked, "locked", "unlocked");
      break;
    case "cover":
      if (state.position === 0) parts.push(text("closed"));
      else if (state.position === 100) parts.push(text("opened"));
      else amount(state.position, "part_open");
      break;
    case "sensor":
      if (state.value !== null && state.value !== undefined) {
        parts.push(`${state.value} ${state.unit ?? ""}`.trim());
      }
      break;
    case "binary_sensor":
      if (OPENINGS.includes(device_class)) yes(state.on, "opened", "closed");
      else yes(state.on, "detected", "nothing");
      break;
    case "vacuum":
      if (state.activity) parts.push(text(`activity_${state.activity}`));
      break;
    case "climate":
      yes(state.on, "on", "off");
      amount(state.target, "target");
      amount(state.current, "current");
      break;
    case "media_player":
      if (state.playing) parts.push(text("playing"));
      else yes(state.on, "on", "off");
      amount(state.volume, "volume_is");
      if (state.muted) parts.push(text("muted"));
      break;
    default:
      yes(state.on, "on", "off");
      if (state.on) {
        amount(state.brightness ?? state.speed, "percent");
        if (state.color) parts.push(state.color);
        else amount(state.temperature, "kelvin");
      }
  }
  if (!parts.length && kind !== "scene") parts.push(text("unknown_state"));
  return parts.join(text("comma"));
}

/** Rooms with their devices, floor after floor, what is in no room last; scenes are buttons, not devices. */
export function rooms({ floors, areas, devices: all }) {
  const devices = all.filter(({ kind }) => kind !== "scene");
  const floor = new Map(floors.map(({ id }, at) => [id, at]));
  const order = (area) => floor.get(area.floor) ?? floors.length;
  const sorted = [...areas].sort((a, b) => order(a) - order(b));
  const there = new Set(areas.map(({ id }) => id));
  const rows = sorted.map((area) => [area, devices.filter((one) => one.area === area.id)]);
  rows.push([null, devices.filter((one) => !there.has(one.area))]);
  return rows.filter(([, inside]) => inside.length);
}

/** Draws the home into an element; `more(device)` adds to a card what it can be set with. */
export class House {
  #place;
  #more;
  #cards = new Map();

  constructor(place, more = () => null) {
    this.#place = place;
    this.#more = more;
  }

  /** Draw it as it is now; a device that changed shows that it did. */
  show(home, changed) {
    if (changed && this.#cards.has(changed)) {
      const device = home.devices.find(({ id }) => id === changed);
      this.#draw(this.#cards.get(changed), device);
      const card = this.#cards.get(changed);
      card.classList.remove("changed");
      void card.offsetWidth; // so that the movement begins again
      card.classList.add("changed");
      return;
    }
    this.#cards.clear();
    fill(this.#place, rooms(home).map(([area, devices]) => this.#room(area, devices)));
  }

  #room(area, devices) {
    const title = area ? h("h3", {}, area.name) : h("h3", { words: "elsewhere" });
    const list = devices.map((device) => {
      const card = h("li", { class: "device", "data-device": device.id });
      this.#cards.set(device.id, card);
      this.#draw(card, device);
      return card;
    });
    return h("section", { class: "room" }, title, h("ul", {}, list));
  }

  #draw(card, device) {
    card.classList.toggle("active", active(device));
    const head = [
      h("span", { class: "name" }, device.name),
      h("span", { class: "state" }, doing(device)),
    ];
    if (card.contains(document.activeElement)) {
      card.querySelector(".state").textContent = doing(device);
      this.#more(device, card);
      return;
    }
    fill(card, head, this.#more(device, null));
  }
}
