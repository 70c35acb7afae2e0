// The frame of the console: pages, language, colours, token.

import { h } from "./dom.js";
import { keep, keepToken, kept, token } from "./keep.js";
import { askForToken, hush, tell } from "./notice.js";
import { choose, label, language, preferred, say, text } from "./words.js";
import * as home from "./home.js";
import * as people from "./people.js";
import * as practise from "./practise.js";
import * as status from "./status.js";
import * as talk from "./talk.js";

const PAGES = { talk, practise, home, people, status };
const one = (id) => document.getElementById(id);
const main = one("main");
let shown = { name: "", close: null };

/** Show the page that the address names. */
function show() {
  const name = location.hash.slice(1) in PAGES ? location.hash.slice(1) : "talk";
  shown.close?.();
  hush();
  const title = h("h1", { words: name });
  main.replaceChildren(title);
  const moved = shown.name !== "" && shown.name !== name;
  shown = { name, close: PAGES[name].open(main) };
  for (const link of one("pages").children) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${text(name)} – Sonorant`;
  if (moved) main.focus({ preventScroll: true });
}

function speak(tag) {
  choose(tag);
  document.title = `${text(shown.name || "talk")} – Sonorant`;
  one("language").value = language();
}

function colour(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  one("theme").value = theme;
}

function tokenEntered() {
  const value = one("token-value").value.trim();
  const wanted = one("token-dialog").returnValue;
  one("token-value").value = "";
  if (wanted === "keep" && value) keepToken(value);
  else if (wanted === "forget") keepToken(null);
  else return;
  showToken();
  show();
}

const showToken = () => {
  one("token").classList.toggle("set", Boolean(token()));
  say(one("token"), token() ? "token_set" : "token");
};

for (const name of Object.keys(PAGES)) {
  one("pages").append(h("a", { href: `#${name}`, words: name }));
}
for (const element of document.querySelectorAll("[data-words]")) say(element, element.dataset.words);
for (const element of document.querySelectorAll("[data-label]")) {
  label(element, element.dataset.label);
}
speak(kept("language") ?? preferred());
colour(kept("theme") ?? "auto");
showToken();
one("language").addEventListener("change", ({ target }) => {
  keep("language", target.value);
  speak(target.value);
  show();
});
one("theme").addEventListener("change", ({ target }) => {
  keep("theme", target.value);
  colour(target.value);
});
one("token").addEventListener("click", askForToken);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address names the page
  main.focus();
});
one("token-dialog").addEventListener("close", tokenEntered);
window.addEventListener("hashchange", show);
window.addEventListener("unhandledrejection", ({ reason }) => tell(reason));
show();
