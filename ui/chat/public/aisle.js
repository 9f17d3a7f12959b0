// What the cards in the chat share: the shop's own API with a token of this conversation, money, and the newest cart.
const EXPONENTS = { JPY: 0, KRW: 0, KWD: 3, BHD: 3 };

export class Trouble extends Error {
  constructor(status, body = {}) {
    super(body.detail || "The shop did not answer. Check the connection and try again.");
    this.status = status;
    this.code = body.code || "unreachable";
    this.body = body;
  }
}

// One token for each conversation that is looked at; the visitor's cookie says that it is theirs.
const tokens = new Map();

export function token(sessionId) {
  if (!tokens.has(sessionId)) {
    const asked = call("POST", "/v1/sessions", { body: { session_id: sessionId } }).then(({ data }) => data.token);
    asked.catch(() => tokens.delete(sessionId));
    tokens.set(sessionId, asked);
  }
  return tokens.get(sessionId);
}

async function call(method, path, { body, headers = {} } = {}) {
  const all = { ...headers };
  if (body !== undefined) all["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers: all, cache: "no-store", credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Trouble(0);
  }
  const data = response.status === 204 ? null : await response.json().catch(() => ({}));
  if (!response.ok) throw new Trouble(response.status, data);
  return { data, status: response.status };
}

async function send(sessionId, method, path, { body, headers = {} } = {}, again = true) {
  const bearer = await token(sessionId);
  try {
    return await call(method, path, { body, headers: { ...headers, Authorization: `Bearer ${bearer}` } });
  } catch (error) {
    // A token that has run out is asked for anew, once.
    if (error.status !== 401 || !again) throw error;
    tokens.delete(sessionId);
    return send(sessionId, method, path, { body, headers }, false);
  }
}

function money({ amount, currency }) {
  const digits = EXPONENTS[currency] ?? 2;
  const least = amount % 10 ** digits === 0 ? 0 : digits;
  return new Intl.NumberFormat("en-US", { style: "currency", currency, minimumFractionDigits: least, maximumFractionDigits: digits }).format(amount / 10 ** digits);
}

const parsed = (address) => { try { return new URL(address, location.origin); } catch { return null; } };
const own = (url) => url?.origin === location.origin && url.protocol.startsWith("http");

// Where a product may lead, and which pictures may be shown: addresses come from feeds.
const safe = (address) => { const url = address ? parsed(address) : null; return own(url) || url?.protocol === "https:" ? url.href : null; };
const ours = (address) => { const url = address ? parsed(address) : null; return own(url) ? url.href : null; };

// The cart of a conversation, read from the shop; every card of it shows the newest version there is.
const carts = new Map();

function cartOf(sessionId) {
  if (!carts.has(sessionId)) carts.set(sessionId, { cart: null, newest: 0, reading: 0, listeners: new Set() });
  return carts.get(sessionId);
}

function tell(sessionId) {
  for (const listener of cartOf(sessionId).listeners) listener();
}

async function readCart(sessionId) {
  const kept = cartOf(sessionId);
  const mine = ++kept.reading;
  const { data } = await send(sessionId, "GET", `/v1/sessions/${encodeURIComponent(sessionId)}/cart`);
  if (mine === kept.reading) kept.cart = data;
  tell(sessionId);
}

async function changeCart(sessionId, method, path, body) {
  const kept = cartOf(sessionId);
  const headers = { "If-Match": `"${kept.cart.version}"` };
  try {
    const { data } = await send(sessionId, method, `/v1/sessions/${encodeURIComponent(sessionId)}${path}`, { body, headers });
    kept.cart = data;
    tell(sessionId);
  } catch (error) {
    if (error.status === 412) await readCart(sessionId);
    throw error;
  }
}

// Chainlit compiles a card's file anew whenever something changes on the page. A component made at each time would lose
// its state, and an order card its place: it is made the first time only.
const made = new Map();

function once(name, make) {
  if (!made.has(name)) made.set(name, make());
  return made.get(name);
}

// Tells that a card of a turn's row was opened or its product wanted. Failing is no matter.
function clicked(sessionId, productId, position, slate) {
  const events = [{ kind: "click", product_id: productId, position, slate }];
  send(sessionId, "POST", "/v1/events", { body: { source: "chat", events } }).catch(() => {});
}

window.aisle = {
  once, money, safe, ours, send, clicked,
  options: (values) => Object.values(values || {}).join(", "),
  cart: {
    of: cartOf,
    read: readCart,
    set: (sessionId, changes) => changeCart(sessionId, "PUT", "/cart/lines", { changes }),
    undo: (sessionId) => changeCart(sessionId, "POST", "/cart/undo"),
  },
};
