// What went wrong, and what to do about it, above the page.

import { fill, h } from "./dom.js";
import { known } from "./words.js";

const place = () => document.getElementById("notice");

/** Tell of an error. */
export function tell(error) {
  const code = error.code ?? (error.name === "NotAllowedError" ? "no_microphone" : "broken");
  if (code === "broken") console.error(error);
  const key = known(`error_${code}`) ? `error_${code}` : "error_broken";
  const locked = code === "unauthorized" || code === "forbidden";
  const told = `${key} ${error.message ?? ""}`;
  if (place().firstChild && place().dataset.told === told) return; // not read out twice
  place().dataset.told = told;
  fill(
    place(),
    h("div", { class: "notice" },
      h("strong", { words: key, values: { seconds: Math.ceil(error.retryAfter ?? 1) } }),
      error.message ? h("span", { lang: "en" }, error.message) : null,
      h("div", { class: "buttons" },
        locked ? h("button", { words: "token_enter", onclick: askForToken }) : null,
        h("button", { words: "dismiss", onclick: hush }))),
  );
}

/** Nothing is wrong any more. */
export const hush = () => fill(place());

/** Show where the token is entered. */
export function askForToken() {
  const dialog = document.getElementById("token-dialog");
  dialog.returnValue = "cancel";
  dialog.showModal();
}
