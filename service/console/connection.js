// To the service: REST and websockets, with the token, and every error told alike.

import { token } from "./keep.js";

/** What the service tells of: `code` for programs, `message` for people. */
export class ServiceError extends Error {
  constructor({ code, message, retry_after = null }) {
    super(message);
    this.code = code;
    this.retryAfter = retry_after;
  }
}

/** Codes after which one connects again, later. */
export const LATER = ["unreachable", "going_away", "busy", "too_many", "timeout"];

const unreachable = () => new ServiceError({ code: "unreachable", message: "" });

/** Ask by REST. `about` is sent as JSON, or as a form where it is one; raises ServiceError. */
export async function ask(method, path, about = null) {
  const headers = token() ? { Authorization: `Bearer ${token()}` } : {};
  let body = about;
  if (about !== null && !(about instanceof FormData)) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(about);
  }
  let response;
  try {
    response = await fetch(path, { method, headers, body });
  } catch {
    throw unreachable();
  }
  if (response.ok) return response;
  const told = await response.json().catch(() => null);
  throw told?.code ? new ServiceError(told) : unreachable();
}

/** The same, and the JSON of the answer. */
export const askJson = async (...about) => (await ask(...about)).json();

/** A form of fields, files among them, and the JSON of the answer. */
export function askForm(path, fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return askJson("POST", path, form);
}

// A browser does not say why a websocket was refused: the same door is asked by REST.
const REASONS = {
  "/v1/assistant": ["GET", "/v1/home"],
  "/v1/home": ["GET", "/v1/home"],
  "/v1/models/pulls": ["GET", "/v1/models/pulls"],
  "/v1/pronunciation": ["POST", "/v1/pronunciation"],
  "/v1/voiceprint": ["POST", "/v1/voiceprint/verify"],
};
const OF_THE_DOOR = ["unauthorized", "forbidden", "too_many", "busy", "unavailable", "going_away"];

async function whyRefused(path) {
  try {
    await ask(...REASONS[path]);
  } catch (error) {
    if (error.code === "unreachable" || OF_THE_DOOR.includes(error.code)) return error;
  }
  return unreachable();
}

const MOST_WAITING = 1 << 20;

/**
 * A websocket of the service. `hears` may have: `open()`, `message(message)`, `sound(ArrayBuffer)`,
 * `closed(error)`, whose error is null if all was said or it was closed here.
 */
export class Line {
  #socket;
  #hears;
  #path;
  #greeted = false;
  #error = null;
  #ours = false;

  constructor(path, start, hears) {
    this.#path = path;
    this.#hears = hears;
    const subprotocols = ["sonorant.v1", ...(token() ? [`bearer.${token()}`] : [])];
    const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
    this.#socket = new WebSocket(address, subprotocols);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onmessage = ({ data }) => this.#came(data, start);
    this.#socket.onclose = () => this.#closed();
  }

  /** Whether something can be sent. */
  get open() {
    return this.#greeted && this.#socket.readyState === WebSocket.OPEN;
  }

  /** Send a message. */
  send(message) {
    if (this.open) this.#socket.send(JSON.stringify(message));
  }

  /** Send samples (Int16Array); what a connection that hangs cannot take ends it. */
  audio(samples) {
    if (!this.open) return;
    if (this.#socket.bufferedAmount > MOST_WAITING) {
      this.#error = new ServiceError({ code: "slow", message: "" });
      this.#socket.close();
    } else this.#socket.send(samples);
  }

  /** Leave; nothing more is heard. */
  close() {
    this.#ours = true;
    this.#socket.close();
  }

  #came(data, start) {
    if (this.#ours) return;
    if (data instanceof ArrayBuffer) {
      this.#hears.sound?.(data);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "hello") {
      this.#greeted = true;
      if (start) this.send(start);
      this.#hears.open?.(message);
    } else if (message.type === "error" && message.final) {
      this.#error = new ServiceError(message);
    } else {
      if (message.type === "done") this.#ours = true;
      this.#hears.message?.(message);
      if (message.type === "done") this.#hears.closed?.(null);
    }
  }

  async #closed() {
    if (this.#ours) return;
    this.#ours = true;
    if (!this.#error) this.#error = this.#greeted ? unreachable() : await whyRefused(this.#path);
    this.#hears.closed?.(this.#error);
  }
}
