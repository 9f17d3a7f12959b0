// The order card on a page of another origin: a frame at the shop's own, where no script of the page reads or presses anything.
import { at, base } from "./base.ts";
import { button, el } from "./dom.ts";
import look from "./framed.css";
import type { CardEvents } from "./types.ts";
import { t, tongue } from "./words.ts";

interface FramedCard {
  quoteId: string; over: boolean; pressing: boolean; frame: HTMLIFrameElement; node: HTMLElement; on: CardEvents;
  heard: (event: MessageEvent) => void;
}
// Light or dark as the page around is, which may offer one of them only; "" follows the device as the page does.
function scheme() {
  const offered = getComputedStyle(document.querySelector("aisle-assistant")!).colorScheme;
  return offered.includes("dark") ? (offered.includes("light") ? "" : "dark") : "light";
}

// The same to the conversation as PurchaseCard; what the frame shows and sends stays in the frame.
class FramedCard {
  constructor(quoteId: string, on: CardEvents) {
    Object.assign(this, { quoteId, on, over: false, pressing: false });
    const title = t("Check your order"), address = at(`/confirm/${encodeURIComponent(quoteId)}?lang=${encodeURIComponent(tongue())}&scheme=${scheme()}`);
    this.frame = el("iframe", { src: address, title, class: "frame", allow: "" });
    this.node = el("section", { class: "framed", "aria-label": title, tabindex: "-1" }, this.frame);
    this.heard = (event) => { if (event.source === this.frame.contentWindow && event.origin === base) this.take(event.data || {}); };
  }

  open() {
    addEventListener("message", this.heard);
    return this;
  }

  take({ type, ...told }: Record<string, unknown>) {
    if (type === "ready") this.frame.contentWindow!.postMessage({ type: "token", token: this.on.token!() }, base);
    if (type === "size") {
      this.frame.style.blockSize = `${Math.min(Math.max(Number(told.height) || 0, 40), 2000)}px`;
      this.on.changed!();
    }
    if (type === "state") Object.assign(this, { quoteId: String(told.quote_id), over: told.over === true, pressing: told.pressing === true });
    if (type === "settled") this.on.settled!(told.order_id ? { order: { order_id: String(told.order_id) } } : null);
    if (type === "again") this.on.again?.();
  }

  stop() { removeEventListener("message", this.heard); }

  close(text: string, { again = false } = {}) {
    this.stop();
    this.over = true;
    this.node.className = "closed";
    this.node.replaceChildren(el("p", { role: "status" }, text), again && this.on.again ? button(t("Get a new card"), () => this.on.again!()) : "");
  }
}

(globalThis as any)[Symbol.for("aisle.card")] = { Card: FramedCard, look };
