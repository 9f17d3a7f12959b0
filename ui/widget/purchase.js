// The order card. It holds a quote's id only; what it shows and what a press sends comes from `render`.
import { quote, send } from "/widget/api.js";
import { el, money } from "/widget/draw.js";

const ARM_MS = 600;

export class PurchaseCard {
  // settled: called once the shop has taken a press or a "not now". changed: the card has grown. again: asks for a fresh card.
  constructor(quoteId, { settled, changed, again }) {
    this.quoteId = quoteId;
    this.settled = settled;
    this.changed = changed;
    this.again = again;
    this.node = el("section", { class: "quote", "aria-label": "Order card" }, el("p", {}, "Getting your order card"));
    this.timers = [];
  }

  async open(alert = null) {
    this.stop();
    try {
      this.rendered = await send("POST", quote(this.quoteId, "render"));
      this.draw(alert);
    } catch (error) {
      this.close(error.message, error.status === 0);
    }
    return this;
  }

  draw(alert) {
    const card = this.rendered.card;
    this.left = el("span", {});
    this.go = el("button", { type: "button", class: "go", disabled: true, onclick: () => this.press() }, card.button);
    this.no = el("button", { type: "button", class: "plain", onclick: () => this.decline() }, card.not_now);
    this.said = el("p", { class: "alert", role: "alert", hidden: true });
    this.node.className = "quote";
    this.node.replaceChildren(
      el("h3", {}, card.headline, this.left),
      alert ?? "",
      pairs("sums lines", card.lines.map((line) => [`${line.title} × ${line.quantity}`, line.total_text])),
      totals(card.totals),
      pairs("to", [...card.facts, card.code].map((fact) => [fact.label, fact.text])),
      el("ul", { class: "terms" }, card.notes.map((text) => el("li", {}, text))),
      this.said, el("div", { class: "press" }, this.no, this.go));
    // A press right after the card appeared may have been meant for what stood there before.
    this.timers.push(setTimeout(() => { this.go.disabled = false; }, ARM_MS));
    this.ends = Date.parse(card.valid_until.at);
    this.timers.push(setInterval(() => this.tick(), 1000));
    this.tick();
    this.changed();
  }

  tick() {
    const seconds = Math.max(0, Math.floor((this.ends - Date.now()) / 1000));
    this.left.textContent = `valid ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds === 0) this.close("This order card has expired; nothing was ordered.", false, true);
  }

  async press() {
    this.busy(true);
    const { digest, challenge } = this.rendered;
    try {
      const told = await send("POST", quote(this.quoteId, "approve"), { body: { digest, challenge } });
      this.stop();
      this.close(told.order ? "You placed this order." : "Your press counts. The order is being placed.");
      this.settled();
    } catch (error) {
      await this.refused(error);
    }
  }

  async refused(error) {
    if (error.code === "requote_required") {
      this.stop();
      if (!error.body.quote_id) return this.close(error.message, false, true);
      // The old card is void; the shop drew the purchase up anew, and only that can be pressed now.
      this.quoteId = error.body.quote_id;
      await this.open(changes(error));
    } else if (error.status === 0 || error.status === 503) {
      // Nothing is known to have happened: the same press may be sent again, and counts once.
      this.said.textContent = error.message;
      this.said.hidden = false;
      this.busy(false);
    } else {
      this.close(error.message, false, error.status === 410);
      this.settled();
    }
  }

  async decline() {
    this.busy(true);
    try {
      await send("POST", quote(this.quoteId, "decline"));
      this.close("You set this one aside; nothing was ordered.", false, true);
      this.settled();
    } catch (error) {
      await this.refused(error);
    }
  }

  busy(on) { this.go.disabled = this.no.disabled = on; }

  stop() {
    for (const timer of this.timers) { clearTimeout(timer); clearInterval(timer); }
    this.timers = [];
  }

  close(text, retry = false, again = false) {
    this.stop();
    this.node.className = "quote closed";
    this.node.replaceChildren(el("p", { role: "status" }, text),
      retry ? el("button", { type: "button", class: "quiet", onclick: () => this.open() }, "Try again") : "",
      again ? el("button", { type: "button", class: "quiet", onclick: () => this.again() }, "Get a new card") : "");
  }
}

const pairs = (kind, rows) => el("dl", { class: kind }, rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));

function totals(lines) {
  return el("dl", { class: "sums" }, lines.flatMap((line) => {
    const kind = line.name === "total" ? "total" : "";
    return [el("dt", { class: kind }, line.label), el("dd", { class: kind }, line.text)];
  }));
}

function changes(error) {
  const { differences = [], currency } = error.body;
  const prices = differences.filter((each) => each.kind === "price");
  return el("div", { class: "alert", role: "alert" },
    el("p", {}, error.message),
    prices.map((each) => el("p", {}, `${each.title}: `, el("s", {}, money({ amount: each.old, currency })), ` ${money({ amount: each.new, currency })}`)));
}
