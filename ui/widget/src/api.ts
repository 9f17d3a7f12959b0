// Talks to the server: the visitor's one conversation, its token in this tab only, turns and events as streams.
import { at, embedded } from "./base.ts";
import type { Asked, Heard, ImageKept, Region } from "./types.ts";
import { t } from "./words.ts";

const KEEP = "aisle.session";
// On the shop's own pages a cookie knows the visitor and each tab has its token; elsewhere the tabs share the one there is.
const store = () => (embedded ? localStorage : sessionStorage);

interface Session { id: string; token: string; who?: string; tongue?: string }
interface Wanted { fresh?: boolean }
interface Sent { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal; credentials?: RequestCredentials; keepalive?: boolean }

export interface Trouble {
  status: number; code: string; body: any;
}
export class Trouble extends Error {
  constructor(status: number, body: any) {
    super(body.detail || t("The shop did not answer. Check the connection and try again."));
    this.status = status;
    this.code = body.code || "unreachable";
    this.body = body;
  }
}

// How far the shop's clock is ahead of this device's, milliseconds.
export const clock = { ahead: 0 };
// The page's language: order cards are written in it.
export const spoken: { locale?: string } = {};

let held: Session | null = null, beginning: Promise<void> | null = null, assertion: string | null = null;

function kept(): Session | null {
  if (held) return held;
  try { return held = JSON.parse(store().getItem(KEEP)!); } catch { return null; }
}

function keep(told: { session_id: string; token: string } | null) {
  held = told && { id: told.session_id, token: told.token, who: subject(), tongue: spoken.locale };
  try {
    if (held) store().setItem(KEEP, JSON.stringify(held));
    else store().removeItem(KEEP);
  } catch { /* A browser that keeps nothing still has it in memory. */ }
}

export const session = {
  get id() { return kept()?.id ?? null; },
  get token() { return kept()?.token ?? null; },
  forget() { beginning = held = null; },
  // Speaks with a token that somebody else got, as the order card's own window does; it is kept nowhere.
  speakWith(token: string) {
    held = { id: "", token };
    beginning = Promise.resolve();
  },
};

// Whom the shop's backend says is here, as its token names them; "" for a guest.
function subject() {
  try { return String(JSON.parse(atob(assertion!.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub); } catch { return ""; }
}

// Takes the shop's word for who is here; true when that is somebody else than before.
export function signedIn(token: string | null) {
  assertion = token;
  const changed = (kept()?.who ?? "") !== subject();
  if (changed) {
    beginning = null;
    keep(null);
  }
  return changed;
}

// Joins the visitor's conversation, once per page; `{fresh: true}` begins a new one in its place.
export function begin(wanted?: Wanted) {
  if (wanted) beginning = null;
  return beginning ??= join(wanted).catch((error) => { beginning = null; throw error; });
}

let joined = false;

async function join(wanted?: Wanted) {
  // What is kept counts where no cookie does: on pages of another origin, and in browsers that take none.
  const alone = embedded || !navigator.cookieEnabled;
  if (session.id && !wanted && alone && !joined && kept()?.tongue === spoken.locale) return void (joined = true);
  const body = { ...wanted, ...spoken, ...(assertion ? { assertion } : {}) };
  keep(await send("POST", "/v1/sessions", { body, credentials: embedded ? "omit" : "same-origin" }));
  joined = true;
}

async function ask(method: string, path: string, { body, headers = {}, signal, credentials = "omit", keepalive }: Sent = {}) {
  const all: Record<string, string> = { ...headers };
  if (session.token && credentials === "omit") all.Authorization = `Bearer ${session.token}`;
  if (body !== undefined) all["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(at(path), { method, headers: all, signal, cache: "no-store", credentials, keepalive, body: body === undefined ? body : JSON.stringify(body) });
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    throw new Trouble(0, {});
  }
  const date = Date.parse(response.headers.get("Date")!);
  if (date) clock.ahead = date - Date.now();
  if (!response.ok) throw new Trouble(response.status, await response.json().catch(() => ({})));
  return response;
}

export async function send(method: string, path: string, options?: Sent): Promise<any> {
  const response = await ask(method, path, options);
  return response.status === 204 ? null : response.json();
}

// Tells that a card was opened or its product wanted, at its place in the row of that turn. Failing is no matter, and the page may leave.
export const clicked = (product_id: string, position: number, slate?: string) => void send("POST", "/v1/events",
  { keepalive: true, body: { source: "widget", events: [{ kind: "click", product_id, position, slate }] } }).catch(() => {});

export const here = (rest = "") => `/v1/sessions/${encodeURIComponent(session.id!)}${rest}`;
export const picture = (id: string, rest = "") => here(`/images/${encodeURIComponent(id)}${rest}`);
export const quote = (id: string, rest: string) => `/v1/quotes/${encodeURIComponent(id)}/${rest}`;

export function newTurnId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function* events(response: Response): AsyncGenerator<Heard> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    let end: number;
    while ((end = rest.indexOf("\n\n")) >= 0) {
      const event = read(rest.slice(0, end));
      rest = rest.slice(end + 2);
      if (event) yield event;
    }
  }
}

function read(frame: string): Heard | null {
  const fields: Record<string, string> = {};
  for (const line of frame.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, "");
  }
  return fields.event && fields.data ? { event: fields.event, seq: Number(fields.id || -1), data: JSON.parse(fields.data) } : null;
}

// Sends a picture; `onProgress` hears the share sent, 0 to 1. Only this kind of request can tell that.
export function upload(file: File, onProgress: (share: number) => void): Promise<ImageKept> {
  const form = new FormData(), request = new XMLHttpRequest();
  form.append("image", file);
  return new Promise((done, failed) => {
    request.open("POST", at(here("/images")));
    request.setRequestHeader("Authorization", `Bearer ${session.token}`);
    request.responseType = "json";
    request.upload.onprogress = (event) => onProgress(event.loaded / event.total);
    request.onerror = () => failed(new Trouble(0, {}));
    request.onload = () => (request.status === 201 ? done(request.response) : failed(new Trouble(request.status, request.response || {})));
    request.send(form);
  });
}

// The picture as the shop kept it, as an address this page may show; whoever asks for it releases it.
export async function cleaned(imageId: string) {
  return URL.createObjectURL(await (await ask("GET", picture(imageId))).blob());
}

// Has the shop keep a part of a picture as a picture of its own.
export const part = (imageId: string, region: Region): Promise<ImageKept> => send("POST", picture(imageId, "/part"), { body: region });

export const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

export async function* turn(told: Asked) {
  const response = await ask("POST", here("/turns"), { body: told });
  try {
    yield* events(response);
  } catch {
    throw new Trouble(0, {});
  }
}

// Follows everything of the conversation; comes back after a lost connection where it left off.
export async function follow(after: number, onEvent: (event: Heard) => void, signal: AbortSignal) {
  let last = after, wait = 500;
  while (!signal.aborted) {
    try {
      const response = await ask("GET", here("/events"), { headers: { "Last-Event-ID": String(last) }, signal });
      wait = 500;
      for await (const event of events(response)) {
        last = Math.max(last, event.seq);
        onEvent(event);
      }
    } catch (error) {
      if (signal.aborted || [401, 403, 404].includes((error as Trouble).status)) return;
    }
    await pause(wait);
    wait = Math.min(wait * 2, 15000);
  }
}
