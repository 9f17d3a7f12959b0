// The order card. It holds a quote's id only; what it shows and what a press sends comes from `render`.
// Any first-party page may use it: put `node` somewhere, link /widget/card.css, call `open()`.
import { clock, quote, send } from "./api.js";
import { button, el, money } from "./dom.js";

const ARM_MS = 600;
const ANSWER_MS = 30000;
const UNSURE = "The shop did not answer, so it isn't known yet whether your press arrived. Press again: it counts once.";

export class PurchaseCard {
  // settled: called once the shop has taken a press (with its answer), a "not now" (null) or a refusal (undefined).
  // changed: the card has grown. again: asks for a fresh card; without it none is offered. ready: awaited before a card is asked for.
  constructor(quoteId, { settled = () => {}, changed = () => {}, again = null, ready = async () => {} } = {}) {
    Object.assign(this, { quoteId, settled, changed, again, ready, over: false, pressing: false, timers: [] });
    this.node = el("section", { class: "aisle-card", "aria-label": "Check your order", tabindex: "-1" }, el("p", { role: "status" }, "Getting your order card"));
  }

  async open(alert = null) {
    this.stop();
    try {
      await this.ready(this.quoteId);
      this.rendered = await send("POST", quote(this.quoteId, "render"), { signal: AbortSignal.timeout(ANSWER_MS) });
      this.draw(alert);
    } catch (error) {
      const silent = !error.status || error.status >= 500;
      this.close(error.message, { retry: silent, again: error.status === 410 });
    }
    return this;
  }

  draw(alert) {
    const card = this.rendered.card;
    this.left = el("span", {});
    this.go = el("button", { type: "button", class: "go", disabled: true, onclick: () => this.press() }, card.button);
    this.no = el("button", { type: "button", class: "plain", onclick: () => this.decline() }, card.not_now);
    this.said = el("p", { class: "alert", role: "alert", hidden: true });
    this.node.className = "aisle-card";
    this.node.setAttribute("aria-label", card.headline);
    this.node.replaceChildren(
      el("h3", {}, card.headline, this.left),
      alert ?? "",
      pairs("sums", card.lines.map((line) => [`${line.title} × ${line.quantity}`, line.total_text])),
      pairs("sums", card.totals.map((line) => [line.label, line.text, line.name])),
      pairs("to", [...card.facts, card.code].map((fact) => [fact.label, fact.text])),
      el("ul", {}, card.notes.map((text) => el("li", {}, text))),
      this.said, el("div", { class: "press" }, this.no, this.go));
    // A press right after the card appeared may have been meant for what stood there before.
    this.timers.push(setTimeout(() => { this.go.disabled = false; }, ARM_MS));
    this.ends = Date.parse(card.valid_until.at);
    this.timers.push(setInterval(() => this.tick(), 1000));
    this.tick();
    this.changed();
  }

  tick() {
    const seconds = Math.max(0, Math.floor((this.ends - Date.now() - clock.ahead) / 1000));
    this.left.textContent = `valid ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds === 0 && !this.pressing) this.close(this.rendered.card.expired || "This order card has expired; nothing was ordered.", { again: true });
  }

  // Sends one answer to the card; while it is on its way nothing else can be pressed.
  async answer(kind, body) {
    if (this.pressing || this.over) return undefined;
    this.busy(true);
    try {
      return await send("POST", quote(this.quoteId, kind), { body, signal: AbortSignal.timeout(ANSWER_MS) });
    } catch (error) {
      await this.refused(error);
      return undefined;
    } finally {
      this.pressing = false;
    }
  }

  async press() {
    const { digest, challenge } = this.rendered;
    const told = await this.answer("approve", { digest, challenge });
    if (!told) return;
    this.close(told.text || (told.order ? "You placed this order." : "Your press counts. The order is being placed."));
    this.settled(told);
  }

  async decline() {
    if (await this.answer("decline") !== null) return;
    this.close(this.rendered.card.aside || "You set this one aside; nothing was ordered.", { again: true });
    this.settled(null);
  }

  async refused(error) {
    if (error.code === "requote_required" && error.body.quote_id) {
      // The old card is void; the shop drew the purchase up anew, and only that can be pressed now.
      this.quoteId = error.body.quote_id;
      await this.open(changes(error));
    } else if (!error.status || error.status >= 500 || error.status === 429 || error.code === "fresh_login") {
      // Nothing is known to have happened, or the card waits for something: the same press may be sent again, and counts once.
      this.said.textContent = error.status ? error.message : UNSURE;
      this.said.hidden = false;
      this.busy(false);
    } else {
      this.close(error.message, { again: [402, 409, 410].includes(error.status) });
      this.settled(undefined);
    }
  }

  busy(on) { this.pressing = this.go.disabled = this.no.disabled = on; }

  stop() {
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
  }

  close(text, { retry = false, again = false } = {}) {
    this.stop();
    this.over = !retry;
    const held = this.node.contains(this.node.getRootNode().activeElement);
    this.node.className = "aisle-card closed";
    this.node.replaceChildren(el("p", { role: "status" }, text),
      retry ? button("Try again", () => this.open()) : "",
      again && this.again ? button("Get a new card", () => this.again()) : "");
    if (held) this.node.focus();
  }
}

// Titles are isolated, so that a name cannot turn the price beside it around.
const pairs = (kind, rows) => el("dl", { class: kind }, rows.flatMap(([name, value, row]) => [
  el("dt", { class: row === "total" && row }, el("bdi", {}, name)), el("dd", { class: row === "total" && row }, el("bdi", {}, value))]));

function changes({ message, body: { differences = [], currency } }) {
  const amount = (value) => money({ amount: value, currency });
  const priced = differences.filter((each) => ["price", "discount"].includes(each.kind));
  return el("div", { class: "alert", role: "alert" }, el("p", {}, message),
    priced.map((each) => el("p", {}, el("bdi", {}, each.title), ": ",
      each.old === null ? "" : el("s", {}, amount(each.old)), each.new === null ? "" : ` ${amount(each.new)}`)));
}
