// Home: what is pending, routines and scenes, every room and device and what they can be set to.

import { Agenda } from "./agenda.js";
import { askJson } from "./connection.js";
import { House } from "./devices.js";
import { h } from "./dom.js";
import { token } from "./keep.js";
import { askForToken, hush, tell } from "./notice.js";
import { watchHome } from "./watch.js";
import { text } from "./words.js";

// What can be set, of each kind: [key, least, most] of a slider.
const SWITCHED = ["light", "switch", "fan", "climate", "media_player"];
const AMOUNTS = {
  light: [["brightness", 0, 100]],
  fan: [["speed", 0, 100]],
  cover: [["position", 0, 100]],
  climate: [["target", 5, 35]],
  media_player: [["volume", 0, 100]],
};

/** Show the page; the result leaves it. */
export function open(main) {
  const place = h("div", { class: "rooms", id: "house" });
  const hint = h("div", { class: "card hint" }, h("p", { words: "home_token" }),
    h("pre", {}, h("code", {}, "sonorant tokens create console --scope assistant --scope home-admin")),
    h("div", { class: "buttons" }, h("button", { words: "token_enter", onclick: askForToken })));
  const pending = h("div", { id: "pending" });
  const starting = h("div", { id: "starting" });
  main.append(token() ? "" : hint,
    h("div", { class: "columns even" },
      h("section", { class: "card", "aria-labelledby": "pending-title" }, h("h2", { id: "pending-title", words: "pending" }), pending),
      h("section", { class: "card", "aria-labelledby": "starting-title" }, h("h2", { id: "starting-title", words: "starting" }), starting)),
    place);
  const house = new House(place, controls);
  const agenda = new Agenda(pending, starting);
  const leave = watchHome((home, changed) => house.show(home, changed), (all, home) => agenda.show(all, home));
  return () => {
    leave();
    agenda.close();
  };
}

/** Ask for a state; afterwards the device has the one that it confirmed, or its old one. */
async function set(device, state) {
  try {
    const confirmed = await askJson("PUT", `/v1/home/devices/${encodeURIComponent(device.id)}`, { state });
    device.state = confirmed.state;
    hush();
  } catch (error) {
    tell(error);
  }
}

/** The controls of a device; with its `card`, those that are there are only brought up to date. */
function controls(device, card) {
  if (card) {
    for (const input of card.querySelectorAll("[data-key]")) bring(input, device.state[input.dataset.key]);
    return null;
  }
  if (device.requires_speaker) return h("p", { class: "note wide", words: "by_voice_only" });
  const list = [];
  if (SWITCHED.includes(device.kind) && "on" in device.state) list.push(toggle(device, "on", "switched"));
  if (device.kind === "lock") list.push(toggle(device, "locked", "set_locked"));
  for (const [key, least, most] of AMOUNTS[device.kind] ?? []) {
    if (typeof device.state[key] === "number") list.push(slider(device, key, least, most));
  }
  return list.length ? h("div", { class: "controls" }, list) : null;
}

function bring(input, value) {
  if (input.type === "checkbox") input.checked = value === true;
  else if (value !== null && value !== undefined) input.value = value;
}

function toggle(device, key, words) {
  return h("label", { class: "check" },
    h("input", {
      type: "checkbox", role: "switch", "data-key": key, checked: device.state[key] === true,
      "aria-label": `${device.name}: ${text(words)}`,
      onchange: async ({ target }) => {
        await set(device, { [key]: target.checked });
        target.checked = device.state[key] === true; // what the home says, not what was wished
      },
    }),
    h("span", { words }));
}

function slider(device, key, least, most) {
  return h("label", { class: "amount" }, h("span", { words: `set_${key}` }),
    h("input", {
      type: "range", min: least, max: most, step: key === "target" ? 0.5 : 1, "data-key": key, value: device.state[key],
      "aria-label": `${device.name}: ${text(`set_${key}`)}`,
      onchange: async ({ target }) => {
        await set(device, { [key]: Number(target.value) });
        target.value = device.state[key];
      },
    }));
}
