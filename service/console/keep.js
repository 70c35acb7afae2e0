// What the browser remembers: choices for good, the token until its tab is closed.

/** A thing kept under a name; null where there is none, or the browser keeps nothing. */
export function kept(name, store = "localStorage") {
  try {
    return JSON.parse(window[store].getItem(`sonorant-${name}`));
  } catch {
    return null;
  }
}

/** Keep a thing; null forgets it. */
export function keep(name, value, store = "localStorage") {
  try {
    if (value === null) window[store].removeItem(`sonorant-${name}`);
    else window[store].setItem(`sonorant-${name}`, JSON.stringify(value));
  } catch {
    // A private window keeps nothing: the page works all the same.
  }
}

export const token = () => kept("token", "sessionStorage");
export const keepToken = (value) => keep("token", value, "sessionStorage");
