// Talks to the server: one session, its token in this tab only, turns and events as streams.
const KEEP = "aisle.session";

export class Trouble extends Error {
  constructor(status, body) {
    super(body.detail || "The shop did not answer. Check the connection and try again.");
    this.status = status;
    this.code = body.code || "unreachable";
    this.body = body;
  }
}

function kept() {
  try { return JSON.parse(sessionStorage.getItem(KEEP)); } catch { return null; }
}

export const session = {
  get id() { return kept()?.id ?? null; },
  get token() { return kept()?.token ?? null; },
  forget() { sessionStorage.removeItem(KEEP); },
};

export async function begin() {
  if (session.id) return;
  const begun = await send("POST", "/v1/sessions");
  sessionStorage.setItem(KEEP, JSON.stringify({ id: begun.session_id, token: begun.token }));
}

async function ask(method, path, { body, headers = {}, signal } = {}) {
  const all = { ...headers };
  if (session.token) all.Authorization = `Bearer ${session.token}`;
  const form = body instanceof FormData;
  if (body !== undefined && !form) all["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers: all, signal, cache: "no-store", credentials: "omit", body: body === undefined || form ? body : JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble(0, {});
  }
  if (!response.ok) throw new Trouble(response.status, await response.json().catch(() => ({})));
  return response;
}

export async function send(method, path, options) {
  const response = await ask(method, path, options);
  return response.status === 204 ? null : { ...(await response.json()), httpStatus: response.status };
}

export const here = (rest = "") => `/v1/sessions/${encodeURIComponent(session.id)}${rest}`;
export const quote = (id, rest) => `/v1/quotes/${encodeURIComponent(id)}/${rest}`;

export function newTurnId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    let end;
    while ((end = rest.indexOf("\n\n")) >= 0) {
      const event = read(rest.slice(0, end));
      rest = rest.slice(end + 2);
      if (event) yield event;
    }
  }
}

function read(frame) {
  const fields = {};
  for (const line of frame.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, "");
  }
  return fields.event && fields.data ? { name: fields.event, seq: Number(fields.id || -1), data: JSON.parse(fields.data) } : null;
}

export async function upload(file) {
  const form = new FormData();
  form.append("image", file);
  return send("POST", here("/images"), { body: form });
}

// The picture as the shop kept it, as an address this page may show; whoever asks for it releases it.
export async function cleaned(imageId) {
  const response = await ask("GET", here(`/images/${encodeURIComponent(imageId)}`));
  return URL.createObjectURL(await response.blob());
}

export async function* turn(text, clientTurnId, imageIds = []) {
  const response = await ask("POST", here("/turns"), { body: { text, client_turn_id: clientTurnId, image_ids: imageIds } });
  try {
    yield* events(response);
  } catch {
    throw new Trouble(0, {});
  }
}

// Follows everything of the session; comes back after a lost connection where it left off.
export async function follow(after, onEvent, signal) {
  let last = after, pause = 500;
  while (!signal.aborted) {
    try {
      const response = await ask("GET", here("/events"), { headers: { "Last-Event-ID": String(last) }, signal });
      pause = 500;
      for await (const event of events(response)) {
        last = Math.max(last, event.seq);
        onEvent(event);
      }
    } catch (error) {
      if (signal.aborted || [401, 403, 404].includes(error.status)) return;
    }
    await new Promise((done) => setTimeout(done, pause));
    pause = Math.min(pause * 2, 15000);
  }
}
