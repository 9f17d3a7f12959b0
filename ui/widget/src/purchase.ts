// The order card. It holds a quote's id only; what it shows and what a press sends comes from `render`.
// Any first-party page may use it: put `node` somewhere, link /widget/card.css, call `open()`.
import { clock, quote, send, type Trouble } from "./api.ts";
import { button, el, money, type Child } from "./dom.ts";
import type { CardEvents, Rendered, Settled } from "./types.ts";
import { t } from "./words.ts";

const ARM_MS = 600;
const ANSWER_MS = 30000;

export interface PurchaseCard {
  quoteId: string; over: boolean; pressing: boolean; node: HTMLElement; timers: number[]; rendered: Rendered; left: HTMLElement;
  go: HTMLButtonElement; no: HTMLButtonElement; said: HTMLElement; ends: number; on: Required<Omit<CardEvents, "token">>;
}
export class PurchaseCard {
  // settled: called once the shop has taken a press (with its answer), a "not now" (null) or a refusal (undefined).
  // changed: the card has grown. again: asks for a fresh card; without it none is offered. ready: awaited before a card is asked for.
  constructor(quoteId: string, { settled = () => {}, changed = () => {}, again = null, ready = async () => {} }: CardEvents = {}) {
    Object.assign(this, { quoteId, on: { settled, changed, again, ready }, over: false, pressing: false, timers: [] });
    this.node = el("section", { class: "aisle-card", "aria-label": t("Check your order"), tabindex: "-1" }, el("p", { role: "status" }, t("Getting your order card")));
  }

  async open(alert: Node | null = null) {
    this.stop();
    try {
      await this.on.ready(this.quoteId);
      this.rendered = await send("POST", quote(this.quoteId, "render"), { signal: AbortSignal.timeout(ANSWER_MS) });
      this.draw(alert);
    } catch (error) {
      const { status, message } = error as Trouble, silent = !status || status >= 500;
      this.close(message, { retry: silent, again: status === 410 });
    }
    return this;
  }

  draw(alert: Node | null) {
    const card = this.rendered.card, until = new Date(card.valid_until.at);
    this.left = el("span", {});
    this.go = el("button", { type: "button", class: "go", disabled: true, onclick: () => this.press() }, card.button);
    this.no = el("button", { type: "button", class: "plain", onclick: () => this.decline() }, card.not_now);
    this.said = el("p", { class: "alert", role: "alert", hidden: true });
    this.node.className = "aisle-card";
    this.node.setAttribute("aria-label", card.headline);
    // The card has a language of its own: what binds is written in it, whatever the frame around speaks.
    Object.assign(this.node, { lang: card.locale, dir: "auto" });
    this.node.replaceChildren(
      el("h3", {}, card.headline, this.left),
      alert ?? "",
      pairs("sums", card.lines.map((line) => [`${line.title} × ${line.quantity}`, line.total_text])),
      pairs("sums", card.totals.map((line) => [line.label, line.text, line.name])),
      pairs("to", [...[...card.facts, card.code].map((fact) => [fact.label, fact.text] as Row), [card.valid_until.label, timeOf(until, card.locale)]]),
      el("ul", {}, card.notes.map((text) => el("li", {}, text))),
      this.said, el("div", { class: "press" }, this.no, this.go));
    // A press right after the card appeared may have been meant for what stood there before.
    this.timers.push(setTimeout(() => { this.go.disabled = false; }, ARM_MS));
    this.ends = until.getTime();
    this.timers.push(setInterval(() => this.tick(), 1000));
    this.tick();
    this.on.changed();
  }

  tick() {
    const seconds = Math.max(0, Math.floor((this.ends - Date.now() - clock.ahead) / 1000));
    this.left.textContent = t("valid {time}", { time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` });
    if (seconds === 0 && !this.pressing) this.close(this.rendered.card.expired || t("This order card has expired; nothing was ordered."), { again: true });
  }

  // Sends one answer to the card; while it is on its way nothing else can be pressed.
  async answer(kind: string, body?: unknown): Promise<Settled | null | undefined> {
    if (this.pressing || this.over) return undefined;
    this.busy(true);
    try {
      return await send("POST", quote(this.quoteId, kind), { body, signal: AbortSignal.timeout(ANSWER_MS) });
    } catch (error) {
      await this.refused(error as Trouble);
      return undefined;
    } finally {
      this.pressing = false;
    }
  }

  async press() {
    const { digest, challenge } = this.rendered;
    const told = await this.answer("approve", { digest, challenge });
    if (!told) return;
    this.close(told.text || t(told.order ? "You placed this order." : "Your press counts. The order is being placed."));
    this.on.settled(told);
  }

  async decline() {
    if (await this.answer("decline") !== null) return;
    this.close(this.rendered.card.aside || t("You set this one aside; nothing was ordered."), { again: true });
    this.on.settled(null);
  }

  async refused(error: Trouble) {
    if (error.code === "requote_required" && error.body.quote_id) {
      // The old card is void; the shop drew the purchase up anew, and only that can be pressed now.
      this.quoteId = error.body.quote_id;
      await this.open(changes(error));
    } else if (!error.status || error.status >= 500 || error.status === 429 || error.code === "fresh_login") {
      // Nothing is known to have happened, or the card waits for something: the same press may be sent again, and counts once.
      this.said.textContent = error.status ? error.message : t("The shop did not answer, so it isn't known yet whether your press arrived. Press again: it counts once.");
      this.said.hidden = false;
      this.busy(false);
    } else {
      this.close(error.message, { again: [402, 409, 410].includes(error.status) });
      this.on.settled(undefined);
    }
  }

  busy(on: boolean) { this.pressing = this.go.disabled = this.no.disabled = on; }

  stop() {
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
  }

  close(text: string, { retry = false, again = false } = {}) {
    this.stop();
    this.over = !retry;
    const held = this.node.contains((this.node.getRootNode() as Document | ShadowRoot).activeElement);
    this.node.className = "aisle-card closed";
    this.node.replaceChildren(el("p", { role: "status" }, text),
      retry ? button(t("Try again"), () => this.open()) : "",
      again && this.on.again ? button(t("Get a new card"), () => this.on.again!()) : "");
    if (held) this.node.focus();
  }
}

type Row = [name: string, value: string, row?: string];

// Titles are isolated, so that a name cannot turn the price beside it around.
const pairs = (kind: string, rows: Row[]) => el("dl", { class: kind }, rows.flatMap(([name, value, row]): Child[] => [
  el("dt", { class: row === "total" && row }, el("bdi", {}, name)), el("dd", { class: row === "total" && row }, el("bdi", {}, value))]));

const timeOf = (at: Date, locale: string) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(at);

interface Difference { kind: string; title: string; old: number | null; new: number | null }

function changes({ message, body: { differences = [], currency } }: Trouble) {
  const amount = (value: number) => money({ amount: value, currency });
  const priced = (differences as Difference[]).filter((each) => ["price", "discount"].includes(each.kind));
  return el("div", { class: "alert", role: "alert" }, el("p", {}, message),
    priced.map((each) => el("p", {}, el("bdi", {}, each.title), ": ",
      each.old === null ? "" : el("s", {}, amount(each.old)), each.new === null ? "" : ` ${amount(each.new)}`)));
}
