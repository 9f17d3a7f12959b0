// The panel's own elements: the bar, the welcome, where the conversation and the cart go, and the field to write in.
import { button, el, icon } from "./dom.ts";
import type { Talk } from "./talk.ts";
import type { Host } from "./types.ts";
import { t, tongue } from "./words.ts";

const ICONS = {
  photo: "M4 8h3l1.6-2.4h6.8L17 8h3v11H4zM12 16.6a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8z",
  send: "M12 19V6m0 0-6 6m6-6 6 6", close: "M6 6l12 12M18 6 6 18", more: "M5 12h.01M12 12h.01M19 12h.01", cart: "M5 8h14l-1.2 11H6.2zM9 8V6.5a3 3 0 0 1 6 0V8",
};
export const phone = matchMedia("(max-width: 480px)");
const drawnButton = (name: keyof typeof ICONS, label: string, props?: object) => el("button", { type: "button", class: "round", "aria-label": label, title: label, ...props }, icon(ICONS[name]));

export interface Frame {
  host: Host; talk: Talk; dialog: HTMLDialogElement; counter: HTMLElement; cartButton: HTMLButtonElement; more: HTMLButtonElement; menu: HTMLElement;
  welcome: HTMLElement; examples: HTMLElement; log: HTMLElement; waiting: HTMLElement; notes: HTMLElement; area: HTMLElement; cart: HTMLElement;
  tray: HTMLElement; file: HTMLInputElement; box: HTMLTextAreaElement; form: HTMLFormElement;
}
export abstract class Frame {
  abstract openCart(on: boolean): unknown;
  abstract openMenu(on: boolean): void;
  abstract fresh(): void;
  abstract ask(text: string): unknown;
  abstract close(): void;
  abstract pick(camera: boolean): void;
  abstract chosen(): void;

  build(root: ShadowRoot) {
    this.counter = el("span", { class: "count", hidden: true });
    this.cartButton = el("button", { type: "button", class: "quiet", "aria-expanded": "false", "aria-controls": "cart", onclick: () => this.openCart(!!this.cart.hidden) }, icon(ICONS.cart), t("Cart"), this.counter);
    this.more = drawnButton("more", t("More"), { "aria-expanded": "false", onclick: () => this.openMenu(!!this.menu.hidden) });
    this.menu = el("div", { class: "menu", hidden: true },
      button(t("New conversation"), () => this.fresh()), button(t("My orders"), () => { this.openMenu(false); this.ask("show my orders"); }),
      matchMedia("(pointer: coarse)").matches ? button(t("Take a photo"), () => this.pick(true)) : null);
    this.welcome = el("div", { class: "welcome" },
      el("h3", {}, t("What are you looking for?")),
      el("p", {}, t("Say it as you would to a person behind the counter: the thing, the room or the occasion, the colour, the budget. Or show a picture.")),
      this.examples = el("ul", { "aria-label": t("For example") }),
      el("small", {}, t("You are talking to an automated assistant. Nothing is ordered until you press the button on an order card.")));
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
    this.waiting = el("div", { class: "waiting", role: "status", hidden: true }, el("i"), el("i"), el("i"), el("span"));
    this.notes = el("div", {});
    this.area = el("div", { class: "area", tabindex: "-1" }, tongue() === "en-US" ? null : el("p", { class: "note" }, t("The assistant itself understands and writes English.")), this.welcome, this.log, this.waiting, this.notes);
    this.cart = el("section", { class: "cart", id: "cart", "aria-label": t("Your cart"), hidden: true });
    this.dialog = el("dialog", { "aria-label": t("Shopping assistant") },
      el("div", { class: "bar" }, el("h2", {}, t("Shop with us")), this.cartButton, this.more, drawnButton("close", t("Close"), { onclick: () => this.close() }), this.menu),
      this.area, this.cart, this.compose());
    root.append(this.dialog);
  }

  compose() {
    this.tray = el("div", { class: "tray", hidden: true });
    this.file = el("input", { type: "file", accept: "image/jpeg,image/png,image/webp", hidden: true, onchange: () => this.chosen() });
    this.box = el("textarea", { rows: "1", maxlength: "4000", placeholder: t("Ask, or show a photo"), "aria-label": t("Your message"), enterkeyhint: "send" });
    this.form = el("form", { class: "ask", autocomplete: "off" }, this.tray, this.file,
      drawnButton("photo", t("Show a picture"), { onclick: () => this.pick(false) }), this.box, drawnButton("send", t("Send"), { type: "submit", class: "round send" }));
    return this.form;
  }
}
