"use strict";
// One script for both pages: switches of the reader, sound, choosing a word, sorting a table.
(() => {
  const root = document.documentElement;
  const all = (query, within = document) => [...within.querySelectorAll(query)];
  const one = (query) => document.querySelector(query);
  root.classList.add("script");

  // What the reader chose, kept where the browser allows it.
  const keep = {
    get(key) { try { return localStorage.getItem("sonorant-" + key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem("sonorant-" + key, value); } catch { /* private */ } },
  };

  const speak = (language) => {
    root.lang = language === "zh" ? "zh-Hans" : "en";
    for (const element of all("[data-en]")) {
      const name = element.dataset[language];
      if (element.localName === "title") element.textContent = name;
      else element.setAttribute("aria-label", name);
      if (element.localName === "input") element.placeholder = name;
    }
    for (const button of all("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    }
  };
  const colour = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of all("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
    }
  };
  const known = (value, values) => (values.includes(value) ? value : null);
  speak(known(keep.get("language"), ["en", "zh"]) || (root.lang.startsWith("zh") ? "zh" : "en"));
  colour(known(keep.get("theme"), ["light", "dark"]) || "auto");
  for (const button of all("[data-language]")) {
    button.addEventListener("click", () => {
      speak(button.dataset.language);
      keep.set("language", button.dataset.language);
    });
  }
  for (const button of all("[data-theme-choice]")) {
    button.addEventListener("click", () => {
      colour(button.dataset.themeChoice);
      keep.set("theme", button.dataset.themeChoice);
    });
  }
  one("[data-print]").addEventListener("click", () => print());

  // Sound. A stretch at full speed is cut to the sample; slow ones keep their pitch instead.
  const audio = one("#audio");
  let context = null, decoded = null, source = null, watch = 0;
  const rows = all(".row").map((element) => ({
    line: element.querySelector(".playhead"),
    start: Number(element.dataset.start),
    end: Number(element.dataset.end),
    scale: Number(element.dataset.scale),
    gutter: Number(element.dataset.gutter),
    element,
  }));
  const spoken = all(".sentence .word[data-from]").map((element) => ({
    element, from: Number(element.dataset.from), to: Number(element.dataset.to),
  }));

  const show = (time) => {
    for (const { element, line, start, end, scale, gutter } of rows) {
      const here = time !== null && time >= start && time < end;
      line.classList.toggle("on", here);
      if (!here) continue;
      const x = gutter + (time - start) * scale;
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      const strip = element.parentElement, place = x * (element.clientWidth / element.viewBox.baseVal.width);
      if (place < strip.scrollLeft || place > strip.scrollLeft + strip.clientWidth - 20) {
        strip.scrollLeft = place - 90;
      }
    }
    for (const { element, from, to } of spoken) {
      element.classList.toggle("now", time !== null && time >= from && time < to);
    }
    const clock = one("#clock");
    if (clock && time !== null) clock.textContent = time.toFixed(2) + " s";
  };
  const stop = () => {
    cancelAnimationFrame(watch);
    if (source) { source.onended = null; source.stop(); source = null; }
    if (audio) audio.pause();
    root.classList.remove("playing");
    show(null);
  };
  const follow = (now, end) => {
    const time = now();
    if (time >= end) { stop(); return; }
    show(time);
    watch = requestAnimationFrame(() => follow(now, end));
  };
  const stream = (from, to, speed) => {
    stop();
    audio.playbackRate = speed;
    audio.currentTime = from;
    audio.play().then(() => {
      root.classList.add("playing");
      follow(() => (audio.ended ? Infinity : audio.currentTime), to);
    }, () => stop());
  };
  const decode = async () => {
    if (decoded) return decoded;
    context = context || new AudioContext();
    const text = atob(audio.src.slice(audio.src.indexOf(",") + 1));
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    decoded = await context.decodeAudioData(bytes.buffer);
    return decoded;
  };
  const clip = async (from, to) => {
    stop();
    try {
      const buffer = await decode();
      await context.resume();
      stop();
      const length = to - from, now = context.currentTime;
      const gain = context.createGain();
      gain.gain.setValueAtTime(0, now);
      gain.gain.linearRampToValueAtTime(1, now + 0.008);
      gain.gain.setValueAtTime(1, now + Math.max(0.008, length - 0.008));
      gain.gain.linearRampToValueAtTime(0, now + length);
      source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(gain).connect(context.destination);
      source.start(now, from, length);
      follow(() => from + context.currentTime - now, to);
    } catch {
      stream(from, to, 1);
    }
  };
  const play = (element) => {
    if (!audio || !element.dataset.from) return;
    // A little of the neighbours: a sound of 50 ms alone is only a click.
    const margin = (element.dataset.select || "").includes(".") ? 0.03 : 0.015;
    const from = Math.max(0, Number(element.dataset.from) - margin);
    const to = Number(element.dataset.to) + margin;
    if (element.dataset.slow) stream(from, to, 0.5);
    else clip(from, to);
  };

  if (audio) {
    let speed = 1;
    one("#play").addEventListener("click", () => {
      if (root.classList.contains("playing")) stop();
      else stream(0, Infinity, speed);
    });
    for (const button of all("[data-speed]")) {
      button.addEventListener("click", () => {
        speed = Number(button.dataset.speed);
        audio.playbackRate = speed;
        for (const other of all("[data-speed]")) {
          other.setAttribute("aria-pressed", String(other === button));
        }
      });
    }
    for (const { element, start, end, scale, gutter } of rows) {
      element.addEventListener("click", (event) => {
        if (event.target.closest("[data-select]")) return;
        const box = element.getBoundingClientRect();
        const x = (event.clientX - box.left) * (element.viewBox.baseVal.width / box.width);
        const time = start + (x - gutter) / scale;
        if (time >= start && time < end) stream(time, Infinity, speed);
      });
    }
  }
  for (const element of all("button[data-from]:not([data-select])")) {
    element.addEventListener("click", () => play(element));
  }

  // Choosing a word or a sound: its panel opens, its card and its blocks are outlined.
  const sentence = one(".sentence");
  if (sentence) {
    const keys = all("[data-select]", sentence);
    const choose = (key) => {
      const word = key.split(".")[0];
      for (const panel of all("[data-panel]")) panel.classList.toggle("open", panel.dataset.panel === word);
      for (const card of all("[data-phone]")) card.classList.toggle("chosen", card.dataset.phone === key);
      for (const block of all(".block")) block.classList.toggle("chosen", block.dataset.select === key);
      for (const button of keys) {
        const chosen = button.dataset.select === key;
        button.setAttribute("aria-pressed", String(chosen));
        button.tabIndex = chosen ? 0 : -1;
      }
    };
    const announce = () => {
      const panel = one(".panel.open");
      const card = panel.querySelector(".chosen");
      one("#status").textContent = (card || panel.querySelector("ul")).innerText.replace(/[▶●▲■○\s]+/g, " ");
    };
    for (const element of all("[data-select]")) {
      element.addEventListener("click", () => {
        const key = element.dataset.select;
        choose(key);
        announce();
        play(keys.find((button) => button.dataset.select === key) || element);
        const card = one(".panel.open .chosen");
        if (card && sentence.contains(element)) card.scrollIntoView({ block: "nearest" });
      });
    }
    sentence.addEventListener("keydown", (event) => {
      const here = keys.indexOf(document.activeElement);
      if (here < 0) return;
      const key = keys[here].dataset.select, word = Number(key.split(".")[0]), sound = key.includes(".");
      const alike = keys.filter((button) => button.dataset.select.includes(".") === sound);
      const at = alike.indexOf(keys[here]);
      const target = {
        ArrowRight: alike[at + 1],
        ArrowLeft: alike[at - 1],
        Home: alike[0],
        End: alike[alike.length - 1],
        ArrowDown: sound ? null : keys.find((button) => button.dataset.select === word + ".0"),
        ArrowUp: sound ? keys.find((button) => button.dataset.select === String(word)) : null,
      }[event.key];
      if (target === undefined || target === null) return;
      event.preventDefault();
      choose(target.dataset.select);
      target.focus();
    });
    if (keys.length) choose(sentence.dataset.start);
  }

  // The table of recordings: sorted by any column, filtered, a page at a time.
  const table = one("#rows");
  if (table) {
    const body = table.tBodies[0];
    let lines = [...body.rows], limit = 50;
    const texts = new Map(lines.map((line) => [line, line.textContent.toLowerCase()]));
    const draw = () => {
      const wanted = one("#filter").value.trim().toLowerCase();
      let count = 0;
      for (const line of lines) {
        line.hidden = !texts.get(line).includes(wanted) || count >= limit;
        if (!line.hidden) count += 1;
      }
      one("#shown").textContent = String(count);
      const rest = lines.length > limit;
      one("#more").hidden = one("#all").hidden = !rest;
    };
    const value = (line, index, kind) => {
      const text = line.cells[index].textContent;
      if (kind === "text") return text;
      const number = parseFloat(text.replace(/[^\d.]/g, ""));
      return Number.isNaN(number) ? -1 : number;
    };
    all("th[data-sort]", table).forEach((head, index) => {
      head.querySelector("button").addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of all("th[data-sort]", table)) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const kind = head.dataset.sort;
        const worth = new Map(lines.map((line) => [line, value(line, index, kind)]));
        lines.sort((a, b) => {
          const x = worth.get(a), y = worth.get(b);
          const order = kind === "text" ? x.localeCompare(y, undefined, { numeric: true }) : x - y;
          return up ? order : -order;
        });
        body.append(...lines);
        draw();
      });
    });
    one("#filter").addEventListener("input", draw);
    one("#more").addEventListener("click", () => { limit += 200; draw(); });
    one("#all").addEventListener("click", () => { limit = Infinity; draw(); });
    draw();
  }
})();
