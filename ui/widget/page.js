// The shopper's page: a conversation, a cart and order cards, drawn from what the server tells.
import { begin, follow, here, newTurnId, send, session, turn } from "/widget/api.js";
import { drawn, el, suggestions } from "/widget/draw.js";
import { drawCart } from "/widget/panel.js";
import { Photo } from "/widget/photo.js";
import { PurchaseCard } from "/widget/purchase.js";

const STARTERS = [
  ["For a small room", "a walnut desk under $700"],
  ["Something warm", "a wool coat, not black, under $250"],
  ["A gift", "a vase that looks handmade"],
  ["Settle a question", "what is your returns policy?"],
];
const at = (id) => document.getElementById(id);
const log = at("log"), talk = document.querySelector(".talk"), box = at("ask");
const photo = new Photo(at("tray"), { trouble: (text) => add(el("p", { class: "note", role: "alert" }, text)) });
const state = { busy: false, cart: null, last: 0, following: null, card: null, asked: null, refreshing: 0 };

// Shows the newest, but never so far that the message it answers leaves the screen.
function atEnd() {
  const asked = state.asked?.isConnected ? state.asked.offsetTop - talk.offsetTop - 14 : Infinity;
  talk.scrollTop = Math.min(talk.scrollHeight, asked);
}

function add(...nodes) {
  log.append(...nodes.flat());
  atEnd();
}

function status(text) {
  at("status").hidden = text === null;
  if (text !== null) at("status").querySelector("span").textContent = text;
  atEnd();
}

function setBusy(on) {
  state.busy = on;
  at("send").disabled = on;
  log.querySelectorAll(".suggest").forEach((node) => { if (on) node.remove(); });
  if (!on) status(null);
}

// One turn's answer on the screen: words join into one paragraph until a record is drawn.
class Answer {
  constructor() { this.words = null; this.hints = []; }

  take(name, data, live) {
    if (name === "text") return this.say(data.delta);
    if (name === "done" || name === "status") return;
    this.words = null;
    if (name === "cart") this.cart(data);
    if (name === "quote") add(live(data));
    else add(drawn(name, data, { say, undo, openCart: () => openCart(true), current: () => state.cart?.version }));
    this.hints = suggestions(name, data);
  }

  cart(data) {
    if (state.cart && data.version < state.cart.version) return;
    log.querySelectorAll(".changed .quiet").forEach((node) => node.remove());
    showCart(data);
  }

  say(delta) {
    if (!this.words) add(this.words = el("div", { class: "it" }));
    this.words.append(delta);
    atEnd();
  }

  suggest() {
    if (this.hints.length) add(el("div", { class: "suggest", role: "group", "aria-label": "You could say" },
      this.hints.map((text) => el("button", { type: "button", class: "quiet", onclick: () => say(text) }, text))));
  }
}

function liveQuote(data) {
  state.card?.stop();
  state.card = new PurchaseCard(data.quote_id, { settled: afterPress, changed: () => state.card?.node.scrollIntoView({ block: "nearest" }), again: () => say("I'd like to buy what is in my cart") });
  state.card.open();
  return state.card.node;
}

const pastQuote = () => el("section", { class: "quote closed" }, "This order card is closed.");

// The card says itself what became of the press; what the conversation says to it comes with the next reading.
const afterPress = () => refresh().catch(() => later());

async function say(text, picture = null) {
  if (state.busy || !text.trim()) return;
  at("welcome").hidden = true;
  at("fresh").hidden = false;
  state.asked = el("div", { class: "me" }, picture ? el("img", { src: picture.address, alt: "Your picture" }) : null, text);
  add(state.asked);
  await take(text, newTurnId(), picture ? [picture.id] : []);
}

async function take(text, id, imageIds) {
  setBusy(true);
  status("");
  const answer = new Answer();
  let over = false;
  try {
    await begin();
    for await (const event of turn(text, id, imageIds)) {
      state.last = Math.max(state.last, event.seq);
      if (event.name === "status") status(event.data.step);
      over = event.name === "done" || event.name === "error";
      answer.take(event.name, event.data, liveQuote);
    }
    if (!over) throw new Error("The answer broke off. Try again.");
    answer.suggest();
  } catch (error) {
    if (error.status === 401 || error.status === 404) return ended();
    const retry = () => { trouble.remove(); take(text, id, imageIds); };
    const trouble = el("div", { class: "trouble", role: "alert" }, error.message, el("button", { type: "button", class: "quiet", onclick: retry }, "Try again"));
    add(trouble);
  } finally {
    setBusy(false);
  }
  listen();
}

function ended() {
  session.forget();
  add(el("div", { class: "trouble", role: "alert" }, "This conversation has ended, so your message was not sent.",
    el("button", { type: "button", class: "quiet", onclick: startOver }, "Start a new one")));
  setBusy(false);
}

// What happens outside a turn of this tab is read back whole: the server's account is the right one.
function listen() {
  if (state.following || !session.id) return;
  state.following = new AbortController();
  follow(state.last, (event) => { if (event.seq > state.last && !state.busy) later(); }, state.following.signal);
}

function later() {
  clearTimeout(state.refreshing);
  state.refreshing = setTimeout(() => { if (state.busy) later(); else refresh().catch(() => later()); }, 250);
}

async function refresh() {
  const told = await send("GET", here());
  if (state.busy) return;
  state.last = told.last_event_id;
  log.replaceChildren();
  state.asked = null;
  state.card?.stop();
  state.card = null;
  showCart(told.cart);
  const answer = new Answer();
  const live = (data) => (told.quote?.quote_id === data.quote_id ? liveQuote(told.quote) : pastQuote());
  for (const block of inOrder(told)) {
    if (block.text !== undefined) { answer.words = null; add(el("div", { class: "me" }, block.text)); }
    for (const event of block.events) answer.take(event.event, event.data, live);
  }
  // A card that replaced another after a price change stands in no turn.
  if (told.quote && state.card?.quoteId !== told.quote.quote_id) add(liveQuote(told.quote));
  else answer.suggest();
  at("welcome").hidden = told.turns.length > 0;
  at("fresh").hidden = told.turns.length === 0;
  atEnd();
}

function inOrder(told) {
  const outside = told.events.map((event) => ({ at: event.seq, events: [event] }));
  const turns = told.turns.map((each) => ({ at: each.events[0]?.seq ?? Infinity, text: each.text, events: each.events }));
  return [...turns, ...outside].sort((a, b) => a.at - b.at);
}

function showCart(cart) {
  state.cart = cart;
  at("count").textContent = String(cart ? cart.lines.reduce((sum, line) => sum + line.quantity, 0) : 0);
  drawCart(at("cart"), cart, { change, undo, checkout: () => { openCart(false); say("I'd like to buy what is in my cart"); }, close: () => openCart(false) });
}

const change = (changes) => alter("PUT", "/cart/lines", { changes });
const undo = () => alter("POST", "/cart/undo");

async function alter(method, path, body) {
  if (state.busy) return;
  try {
    await send(method, here(path), { body, headers: { "If-Match": `"${state.cart.version}"` } });
  } catch (error) {
    add(el("p", { class: "note", role: "alert" }, error.message));
  }
  await refresh().catch((error) => add(el("p", { class: "trouble" }, error.message)));
}

function openCart(on) {
  at("cart").classList.toggle("open", on);
  at("shade").hidden = !on;
  at("open-cart").setAttribute("aria-expanded", String(on));
  if (on) at("cart").querySelector(".close")?.focus();
}

function startOver() {
  state.following?.abort();
  state.card?.stop();
  session.forget();
  Object.assign(state, { cart: null, last: 0, following: null, card: null });
  log.replaceChildren();
  at("welcome").hidden = false;
  at("fresh").hidden = true;
  showCart(null);
  box.focus();
}

function grow() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

function submit(event) {
  event.preventDefault();
  if (state.busy || !photo.ready) return;
  const text = box.value.trim() || (photo.kept ? "Something like this" : "");
  if (!text) return;
  box.value = "";
  grow();
  say(text, photo.take());
}

at("form").addEventListener("submit", submit);
box.addEventListener("input", grow);
box.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event); });
at("attach").addEventListener("click", () => at("file").click());
at("file").addEventListener("change", () => { photo.offer(at("file").files); at("file").value = ""; box.focus(); });
box.addEventListener("paste", (event) => { if (photo.offer(event.clipboardData?.files)) event.preventDefault(); });
document.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
document.addEventListener("drop", (event) => { if (photo.offer(event.dataTransfer?.files)) event.preventDefault(); });
at("fresh").addEventListener("click", startOver);
at("open-cart").addEventListener("click", () => openCart(true));
at("shade").addEventListener("click", () => openCart(false));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") openCart(false); });
at("starters").append(...STARTERS.map(([label, text]) => el("li", {}, el("button", { type: "button", onclick: () => say(text) }, el("small", {}, label), text))));
showCart(null);
if (session.id) {
  refresh().then(listen).catch((error) => {
    if (error.status === 401 || error.status === 404) startOver();
    else add(el("div", { class: "trouble", role: "alert" }, error.message, el("button", { type: "button", class: "quiet", onclick: () => location.reload() }, "Try again")));
  });
}
box.focus({ preventScroll: true });
