// The panel: a dialog with the conversation, the cart and the field to write in; fetched when it is first opened.
import { begin, cleaned, here, send, session, signedIn, upload } from "./api.js";
import { embedded } from "./base.js";
import colours from "./colours.css";
import { count } from "./draw.js";
import { button, el, icon } from "./dom.js";
import look from "./panel.css";
import { dress } from "./sheet.js";
import { Talk } from "./talk.js";

const ICONS = {
  photo: "M4 8h3l1.6-2.4h6.8L17 8h3v11H4zM12 16.6a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8z",
  send: "M12 19V6m0 0-6 6m6-6 6 6", close: "M6 6l12 12M18 6 6 18", more: "M5 12h.01M12 12h.01M19 12h.01", cart: "M5 8h14l-1.2 11H6.2zM9 8V6.5a3 3 0 0 1 6 0V8",
};
const phone = matchMedia("(max-width: 480px)");
const drawnButton = (name, label, props) => el("button", { type: "button", class: "round", "aria-label": label, title: label, ...props }, icon(ICONS[name]));

export class Panel {
  // host: the element on the page; it is told whether the panel is open, and its launcher gets the focus back.
  constructor(host) {
    Object.assign(this, { host, launcher: host.launcher, remember: (open) => host.remember(open), channel: new BroadcastChannel("aisle") });
    dress(host.shadowRoot, colours, look);
    signedIn(host.assertion);
    this.build(host.shadowRoot);
    this.talk = new Talk({ log: this.log, area: this.area, notes: this.notes, waiting: this.waiting }, {
      cart: (cart) => this.showCart(cart),
      undo: () => this.alter("POST", "/cart/undo"),
      empty: (on) => { this.welcome.hidden = !on; },
      starters: (all) => this.examples.replaceChildren(...all.map(({ says }) => el("li", {}, button(says, () => this.talk.say(says))))),
      ordered: (order) => this.announce("aisle:order", { order_id: order.order_id }),
      put: (text) => this.put(text),
      shown: () => this.isOpen,
      moved: () => this.channel.postMessage({ type: "quote" }),
      card: async () => (await this.part(...(embedded ? [FRAMED, FRAMED_INTEGRITY] : [CARD, CARD_INTEGRITY]), "aisle.card")).Card,
    });
    this.listen();
  }

  // A script of ours with the styles it brings.
  async part(...which) {
    const found = await this.host.fetched(...which);
    dress(this.host.shadowRoot, found.look);
    return found;
  }

  further() {
    return this.rest ??= this.part(MORE, MORE_INTEGRITY, "aisle.more").catch((error) => {
      this.rest = null;
      this.talk.trouble(error.message);
      throw error;
    });
  }

  async offer(files) {
    const { Photo } = await this.further();
    this.photo ??= new Photo(this.tray, {
      trouble: (text) => this.talk.trouble(text),
      api: { begin, cleaned, upload, forget: (id) => send("DELETE", here(`/images/${encodeURIComponent(id)}`)) },
    });
    this.photo.offer(files);
  }

  build(root) {
    this.counter = el("span", { class: "count", hidden: true });
    this.cartButton = el("button", { type: "button", class: "quiet", "aria-expanded": "false", "aria-controls": "cart", onclick: () => this.openCart(this.cart.hidden) }, icon(ICONS.cart), "Cart", this.counter);
    this.more = drawnButton("more", "More", { "aria-expanded": "false", onclick: () => this.openMenu(this.menu.hidden) });
    this.menu = el("div", { class: "menu", hidden: true },
      button("New conversation", () => this.fresh()), button("My orders", () => { this.openMenu(false); this.ask("show my orders"); }));
    this.welcome = el("div", { class: "welcome" },
      el("h3", {}, "What are you looking for?"),
      el("p", {}, "Say it as you would to a person behind the counter: the thing, the room or the occasion, the colour, the budget. Or show a picture."),
      this.examples = el("ul", { "aria-label": "For example" }),
      el("small", {}, "You are talking to an automated assistant. Nothing is ordered until you press the button on an order card."));
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
    this.waiting = el("div", { class: "waiting", role: "status", hidden: true }, el("i"), el("i"), el("i"), el("span"));
    this.notes = el("div", {});
    this.area = el("div", { class: "area", tabindex: "-1" }, this.welcome, this.log, this.waiting, this.notes);
    this.cart = el("section", { class: "cart", id: "cart", "aria-label": "Your cart", hidden: true });
    this.dialog = el("dialog", { "aria-label": "Shopping assistant" },
      el("div", { class: "bar" }, el("h2", {}, "Shop with us"), this.cartButton, this.more, drawnButton("close", "Close", { onclick: () => this.close() }), this.menu),
      this.area, this.cart, this.compose());
    root.append(this.dialog);
  }

  compose() {
    this.tray = el("div", { class: "tray", hidden: true });
    this.file = el("input", { type: "file", accept: "image/jpeg,image/png,image/webp", hidden: true, onchange: () => this.chosen() });
    this.box = el("textarea", { rows: "1", maxlength: "4000", placeholder: "Ask, or show a photo", "aria-label": "Your message", enterkeyhint: "send" });
    this.form = el("form", { class: "ask", autocomplete: "off" }, this.tray, this.file,
      drawnButton("photo", "Show a picture", { onclick: () => this.file.click() }), this.box, drawnButton("send", "Send", { type: "submit", class: "round send" }));
    return this.form;
  }

  listen() {
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.box.addEventListener("input", () => this.grow());
    this.box.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.submit(event); });
    this.box.addEventListener("paste", (event) => { if (event.clipboardData?.files.length) { event.preventDefault(); this.offer(Array.from(event.clipboardData.files)); } });
    this.dialog.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
    this.dialog.addEventListener("drop", (event) => { if (event.dataTransfer?.files.length) { event.preventDefault(); this.offer(Array.from(event.dataTransfer.files)); } });
    this.dialog.addEventListener("cancel", (event) => { event.preventDefault(); this.back(); });
    this.dialog.addEventListener("close", () => { if (!this.isOpen) this.closed(); });
    this.dialog.addEventListener("focusout", (event) => { if (!this.menu.contains(event.relatedTarget) && event.relatedTarget !== this.more) this.openMenu(false); });
    // On a phone the panel covers the page; who follows a link wants to see where it leads.
    this.dialog.addEventListener("click", (event) => { if (phone.matches && event.target.closest("a")) this.remember(false); });
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("visibilitychange", () => this.seen());
    document.addEventListener("aisle:cart", (event) => { if (event.detail?.source === "page") this.loadCart(); });
    this.channel.addEventListener("message", ({ data }) => this.heard(data || {}));
    phone.addEventListener("change", () => { if (this.isOpen) this.show(false); });
    visualViewport?.addEventListener("resize", () => { this.dialog.style.setProperty("--seen", `${visualViewport.height}px`); });
  }

  get isOpen() { return this.dialog.open; }

  async open({ focus = true } = {}) {
    if (!this.isOpen) this.show(focus);
    this.remember(true);
    this.started ??= this.talk.start();
    this.talk.listen();
    await this.started;
  }

  show(focus) {
    this.dialog.close();
    if (phone.matches) this.dialog.showModal();
    else this.dialog.setAttribute("open", "");
    // On a phone the keyboard would cover what the panel says.
    if (focus) (phone.matches ? this.area : this.box).focus({ preventScroll: true });
    this.talk.atEnd();
  }

  close() {
    this.held = phone.matches || this.dialog.matches(":focus-within");
    this.dialog.close();
  }

  closed() {
    this.remember(false);
    this.talk.stop();
    if (this.held) this.launcher.focus();
  }

  // One step back: from the menu, from the cart, then out of the panel.
  back() {
    if (!this.menu.hidden) this.openMenu(false);
    else if (!this.cart.hidden) this.openCart(false);
    else this.close();
  }

  key(event) {
    const nobody = document.activeElement === document.body;
    if (event.key !== "Escape" || event.defaultPrevented || !this.isOpen || !(nobody || this.dialog.matches(":focus-within"))) return;
    event.preventDefault();
    this.back();
  }

  async ask(text) {
    this.openCart(false);
    await this.open();
    await this.talk.say(text);
  }

  // Somebody else is here now, or the same person is known by name: their own conversation takes this one's place.
  async identify() {
    if (!signedIn(this.host.assertion) || !this.started) return;
    this.talk.clear();
    this.started = this.talk.start();
    await this.started;
  }

  put(text) {
    if (text && !this.box.value.includes(text)) this.box.value = [text, this.box.value].filter(Boolean).join("\n");
    this.grow();
  }

  submit(event) {
    event.preventDefault();
    if (this.photo?.ready === false) return;
    const text = this.box.value.trim() || (this.photo?.kept ? "Something like this" : "");
    if (!text) return;
    this.box.value = "";
    this.grow();
    this.talk.say(text, this.photo?.take());
  }

  chosen() {
    this.offer(Array.from(this.file.files));
    this.file.value = "";
    this.box.focus();
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight + 2}px`;
  }

  openMenu(on) {
    this.menu.hidden = !on;
    this.more.setAttribute("aria-expanded", String(on));
    if (on) this.menu.firstChild.focus();
  }

  fresh() {
    this.openMenu(false);
    this.openCart(false);
    this.talk.clear();
    this.started = this.talk.start({ fresh: true }).then(() => this.channel.postMessage({ type: "conversation" }));
    this.box.focus();
  }

  // What another tab tells: its conversation is everybody's, and so is the cart.
  heard({ type }) {
    if (type === "cart") this.loadCart();
    if (type === "quote" && this.started && this.isOpen) this.talk.later();
    if (type !== "conversation" || !this.started) return;
    session.forget();
    this.talk.clear();
    this.started = this.isOpen ? this.talk.start() : null;
  }

  seen() {
    if (document.hidden) this.talk.stop();
    else if (this.isOpen && this.started) this.talk.later();
  }

  announce(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }

  showCart(cart, told = false) {
    const known = this.talk.cart, many = count(cart);
    this.talk.cart = cart;
    this.counter.textContent = String(many);
    this.counter.hidden = !many;
    if (!this.cart.hidden) this.drawCart();
    this.talk.recount();
    if (!known || known.version === cart.version) return;
    if (this.talk.card?.over === false) this.talk.later();
    if (told) return;
    this.announce("aisle:cart", { source: "widget", count: many });
    this.channel.postMessage({ type: "cart", count: many });
  }

  // Somebody else changed the cart and has told whom it concerns.
  async loadCart() {
    if (session.id && this.started) this.showCart(await send("GET", here("/cart")), true);
  }

  async drawCart(note = "") {
    const { drawCart } = await this.further();
    drawCart(this.cart, this.talk.cart, {
      note,
      change: (changes) => this.alter("PUT", "/cart/lines", { changes }),
      undo: () => this.alter("POST", "/cart/undo"),
      checkout: () => { this.openCart(false); this.talk.buy(); },
      close: () => this.openCart(false),
    });
  }

  async alter(method, path, body) {
    let note = "";
    try {
      await begin();
      this.talk.cartEvent(await send(method, here(path), { body, headers: { "If-Match": `"${this.talk.cart.version}"` } }));
      this.talk.recount(true);
    } catch (error) {
      note = error.message;
      if (this.cart.hidden) this.talk.trouble(note);
      await this.loadCart().catch(() => {});
    }
    if (!this.cart.hidden) this.drawCart(note);
  }

  async openCart(on) {
    const was = !this.cart.hidden;
    this.cart.hidden = !on;
    this.area.hidden = this.form.hidden = on;
    this.cartButton.setAttribute("aria-expanded", String(on));
    if (on) await this.drawCart();
    if (on) this.cart.querySelector("[data-keep=back]").focus();
    else if (was) this.cartButton.focus();
    if (was && !on) this.talk.atEnd();
  }
}

globalThis[Symbol.for("aisle.panel")] = Panel;
