// The panel: a dialog with the conversation, the cart and the field to write in; fetched when it is first opened.
import { begin, cleaned, here, part, picture, send, session, signedIn, upload } from "./api.ts";
import { embedded } from "./base.ts";
import colours from "./colours.css";
import { button, el } from "./dom.ts";
import { Frame, phone } from "./frame.ts";
import { pageOf, speak } from "./host.ts";
import { count } from "./lines.ts";
import look from "./panel.css";
import type { drawCart } from "./cart.ts";
import type { Photo } from "./photo.ts";
import { dress } from "./sheet.ts";
import { Talk } from "./talk.ts";
import type { Cart, Host } from "./types.ts";

interface More { Photo: typeof Photo; drawCart: typeof drawCart }

interface Panel {
  channel: BroadcastChannel; rest: Promise<More> | null | undefined; photo: Photo | undefined; started: Promise<unknown> | null | undefined; held: boolean;
}
class Panel extends Frame {
  // host: the element on the page; it is told whether the panel is open, and its launcher gets the focus back.
  constructor(host: Host) {
    super();
    Object.assign(this, { host, channel: new BroadcastChannel("aisle") });
    dress(host.shadowRoot!, colours, look);
    signedIn(host.assertion);
    this.build(host.shadowRoot!);
    this.talk = new Talk({ log: this.log, area: this.area, notes: this.notes, waiting: this.waiting }, {
      cart: (cart) => this.showCart(cart),
      undo: () => this.alter("POST", "/cart/undo"),
      empty: (on) => { this.welcome.hidden = !on; },
      starters: (all) => this.examples.replaceChildren(...all.map(({ says }) => el("li", {}, button(says, () => this.talk.say(says), { lang: "en" })))),
      ordered: (order) => this.announce("aisle:order", { order_id: order.order_id }),
      put: (text) => this.put(text),
      shown: () => this.isOpen,
      moved: () => this.channel.postMessage({ type: "quote" }),
      page: () => pageOf(host),
      records: () => host.fetched(RECORDS, RECORDS_INTEGRITY, "aisle.records"),
      card: async () => (await (embedded ? this.part(FRAMED, FRAMED_INTEGRITY, "aisle.card") : this.part(CARD, CARD_INTEGRITY, "aisle.card"))).Card,
    });
    this.listen();
  }

  // A script of ours with the styles it brings.
  async part(file: string, integrity: string, made: string) {
    const found = await this.host.fetched(file, integrity, made);
    dress(this.host.shadowRoot!, found.look);
    return found;
  }

  further(): Promise<More> {
    return this.rest ??= this.part(MORE, MORE_INTEGRITY, "aisle.more").catch((error) => {
      this.rest = null;
      this.talk.trouble(error.message);
      throw error;
    });
  }

  async offer(files: File[]) {
    const { Photo } = await this.further();
    this.photo ??= new Photo(this.tray, {
      trouble: (text) => this.talk.trouble(text),
      api: { begin, cleaned, upload, part, forget: (id) => send("DELETE", picture(id)) },
    });
    this.photo.offer(files);
  }

  listen() {
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.box.addEventListener("input", () => this.grow());
    this.box.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.submit(event); });
    const files = (event: Event, data: DataTransfer | null) => { if (data?.files.length) { event.preventDefault(); this.offer([...data.files]); } };
    this.box.addEventListener("paste", (event) => files(event, event.clipboardData));
    this.dialog.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
    this.dialog.addEventListener("drop", (event) => files(event, event.dataTransfer));
    this.dialog.addEventListener("cancel", (event) => { event.preventDefault(); this.back(); });
    this.dialog.addEventListener("close", () => { if (!this.isOpen) this.closed(); });
    this.dialog.addEventListener("focusout", (event) => { if (!this.menu.contains(event.relatedTarget as Node) && event.relatedTarget !== this.more) this.openMenu(false); });
    // On a phone the panel covers the page; who follows a link wants to see where it leads.
    this.dialog.addEventListener("click", (event) => { if (phone.matches && (event.target as Element).closest("a")) this.host.remember(false); });
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("visibilitychange", () => this.seen());
    document.addEventListener("aisle:cart", (event) => { if ((event as CustomEvent).detail?.source === "page") this.loadCart(); });
    this.channel.addEventListener("message", ({ data }) => this.heard(data || {}));
    phone.addEventListener("change", () => { if (this.isOpen) this.show(false); });
    visualViewport?.addEventListener("resize", () => { this.dialog.style.setProperty("--seen", `${visualViewport!.height}px`); });
  }

  get isOpen() { return this.dialog.open; }

  async open({ focus = true } = {}) {
    if (!this.isOpen) this.show(focus);
    this.host.remember(true);
    this.started ??= this.talk.start();
    this.talk.listen();
    await this.started;
  }

  show(focus: boolean) {
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
    this.host.remember(false);
    this.talk.stop();
    if (this.held) this.host.launcher.focus();
  }

  // One step back: from the menu, from the cart, then out of the panel.
  back() {
    if (!this.menu.hidden) this.openMenu(false);
    else if (!this.cart.hidden) this.openCart(false);
    else this.close();
  }

  key(event: KeyboardEvent) {
    const nobody = document.activeElement === document.body;
    if (event.key !== "Escape" || event.defaultPrevented || !this.isOpen || !(nobody || this.dialog.matches(":focus-within"))) return;
    event.preventDefault();
    this.back();
  }

  async ask(text: string) {
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

  put(text: string) {
    if (text && !this.box.value.includes(text)) this.box.value = [text, this.box.value].filter(Boolean).join("\n");
    this.grow();
  }

  async submit(event: Event) {
    event.preventDefault();
    if (this.photo?.ready === false) return;
    const text = this.box.value.trim() || (this.photo?.kept ? "Something like this" : "");
    if (!text) return;
    this.box.value = "";
    this.grow();
    try {
      this.talk.say(text, await this.photo?.take());
    } catch (error) {
      this.put(text);
      this.talk.trouble((error as Error).message);
    }
  }

  // Lets the shopper choose a picture, or take one where the device has a camera.
  pick(camera: boolean) {
    this.openMenu(false);
    this.file.toggleAttribute("capture", camera);
    this.file.click();
  }

  chosen() {
    this.offer([...this.file.files!]);
    this.file.value = "";
    this.box.focus();
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight + 2}px`;
  }

  openMenu(on: boolean) {
    this.menu.hidden = !on;
    this.more.setAttribute("aria-expanded", String(on));
    if (on) (this.menu.firstChild as HTMLElement).focus();
  }

  fresh() {
    this.openMenu(false);
    this.openCart(false);
    this.talk.clear();
    this.started = this.talk.start({ fresh: true }).then(() => this.channel.postMessage({ type: "conversation" }));
    this.box.focus();
  }

  // What another tab tells: its conversation is everybody's, and so is the cart.
  heard({ type }: { type?: string }) {
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

  announce(name: string, detail: object) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }

  showCart(cart: Cart, told = false) {
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

  async alter(method: string, path: string, body?: object) {
    let note = "";
    try {
      await begin();
      this.talk.cartEvent(await send(method, here(path), { body, headers: { "If-Match": `"${this.talk.cart!.version}"` } }));
      this.talk.recount(true);
    } catch (error) {
      note = (error as Error).message;
      if (this.cart.hidden) this.talk.trouble(note);
      await this.loadCart().catch(() => {});
    }
    if (!this.cart.hidden) this.drawCart(note);
  }

  async openCart(on: boolean) {
    const was = !this.cart.hidden;
    this.cart.hidden = !on;
    this.area.hidden = this.form.hidden = on;
    this.cartButton.setAttribute("aria-expanded", String(on));
    if (on) await this.drawCart();
    if (on) this.cart.querySelector<HTMLElement>("[data-keep=back]")!.focus();
    else if (was) this.cartButton.focus();
    if (was && !on) this.talk.atEnd();
  }
}

(globalThis as any)[Symbol.for("aisle.panel")] = async (host: Host) => {
  await speak(host);
  return new Panel(host);
};
