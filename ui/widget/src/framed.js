// The order card on a page of another origin: a frame at the shop's own, where no script of the page reads or presses anything.
import { at, base } from "./base.js";
import { button, el } from "./dom.js";
import look from "./framed.css";

// The same to the conversation as PurchaseCard; what the frame shows and sends stays in the frame.
class FramedCard {
  constructor(quoteId, { token, settled, changed, again }) {
    Object.assign(this, { quoteId, token, settled, changed, again, over: false, pressing: false });
    this.frame = el("iframe", { src: at(`/confirm/${encodeURIComponent(quoteId)}`), title: "Check your order", class: "frame", allow: "" });
    this.node = el("section", { class: "framed", "aria-label": "Check your order", tabindex: "-1" }, this.frame);
    this.heard = (event) => { if (event.source === this.frame.contentWindow && event.origin === base) this.take(event.data || {}); };
  }

  open() {
    addEventListener("message", this.heard);
    return this;
  }

  take({ type, ...told }) {
    if (type === "ready") this.frame.contentWindow.postMessage({ type: "token", token: this.token() }, base);
    if (type === "size") {
      this.frame.style.blockSize = `${Math.min(Math.max(Number(told.height) || 0, 40), 2000)}px`;
      this.changed();
    }
    if (type === "state") Object.assign(this, { quoteId: String(told.quote_id), over: told.over === true, pressing: told.pressing === true });
    if (type === "settled") this.settled(told.order_id ? { order: { order_id: String(told.order_id) } } : null);
    if (type === "again") this.again?.();
  }

  stop() { removeEventListener("message", this.heard); }

  close(text, { again = false } = {}) {
    this.stop();
    this.over = true;
    this.node.className = "closed";
    this.node.replaceChildren(el("p", { role: "status" }, text), again && this.again ? button("Get a new card", () => this.again()) : "");
  }
}

globalThis[Symbol.for("aisle.card")] = { Card: FramedCard, look };
