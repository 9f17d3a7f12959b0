// The conversation: what was said and what came of it, drawn as it streams, after a reload and from other tabs.
import { begin, follow, here, newTurnId, pause, send, session, Trouble, turn } from "./api.ts";
import { Block, draws, sentPicture } from "./block.ts";
import { button, el } from "./dom.ts";
import type { Tools } from "./draw.ts";
import { inOrder, type Entry, type Events, type Parts, type Records } from "./told.ts";
import type { Asked, CardEvents, Cart, Kept, MakeCard, OrderCard, Quote, Settled, Told } from "./types.ts";
import { t } from "./words.ts";

const SOON_MS = 150;
const RETRY_MS = 4000;
const TRIES = 4;
const gone = (error: unknown) => [401, 404].includes((error as Trouble).status);

export interface Talk {
  log: HTMLElement; area: HTMLElement; notes: HTMLElement; waiting: HTMLElement; on: Events; busy: boolean; cart: Cart | null; round: number;
  line: Promise<unknown>; tools: Tools; blocks: Map<string, Block>; last: number; card: OrderCard | null; asked: HTMLElement | null;
  hints: HTMLElement | null | undefined; following: AbortController | null | undefined; soon: number | undefined; Card: MakeCard | undefined;
  records: Records | undefined; missed: [Block, Asked][];
}
export class Talk {
  constructor(parts: Parts, on: Events) {
    Object.assign(this, parts, { on, busy: false, cart: null, round: 0, line: Promise.resolve() });
    this.tools = { say: (text) => this.say(text), undo: () => on.undo(), current: () => this.cart };
    this.clear();
  }

  clear() {
    this.stop();
    this.card?.stop();
    Object.assign(this, { blocks: new Map(), last: 0, card: null, asked: null, missed: [], round: this.round + 1 });
    this.setBusy(false);
    this.log.replaceChildren();
    this.notes.replaceChildren();
    this.on.empty(true);
  }

  // Shows the newest, but never so far that the message it answers leaves the screen.
  atEnd() {
    const asked = this.asked?.isConnected ? this.asked.offsetTop - 14 : Infinity;
    this.area.scrollTop = Math.min(this.area.scrollHeight, asked);
  }

  trouble(text: string, again?: () => unknown) {
    const retry = () => { this.notes.replaceChildren(); again!(); };
    this.notes.replaceChildren(el("div", { class: "trouble", role: "alert" }, el("span", {}, text), again ? button(t("Try again"), retry) : null));
    this.atEnd();
  }

  status(text: string | null) {
    this.waiting.hidden = text === null;
    this.waiting.lastChild!.textContent = text || "";
    this.atEnd();
  }

  setBusy(on: boolean) {
    this.busy = on;
    this.log.setAttribute("aria-busy", String(on));
    this.status(on ? "" : null);
  }

  suggest() {
    this.hints?.remove();
    const latest = [...this.blocks.values()].at(-1);
    if (!latest?.hints.length || this.card?.over === false) return;
    this.hints = el("div", { class: "suggest", role: "group", "aria-label": t("You could say") }, latest.hints.map((text) => button(t(text), () => this.say(text))));
    this.log.append(this.hints);
  }

  block(key: string) {
    const block = new Block(this);
    this.blocks.set(key, block);
    this.log.append(block.node);
    return block;
  }

  say(text: string, picture?: Kept | null) {
    this.on.empty(false);
    this.hints?.remove();
    this.notes.replaceChildren();
    this.again();
    const id = newTurnId(), block = this.block(id);
    block.said(text, picture ? [el("img", { src: picture.address, alt: t("Your picture") })] : []);
    this.asked = block.node;
    this.atEnd();
    return this.queue(block, { text, client_turn_id: id, image_ids: picture ? [picture.id] : [], page: this.on.page() });
  }

  // One turn after the other: what is said while an answer comes is sent when it is there, and not before what was missed.
  queue(block: Block, told: Asked) {
    const round = this.round;
    const next = () => (this.missed.length ? this.missed.push([block, told]) : this.run(block, told));
    return this.line = this.line.then(() => (round === this.round ? next() : null));
  }

  // What was not answered is asked again in its order: at a press, or before what is said next.
  again() { for (const each of this.missed.splice(0)) this.queue(...each); }

  // Fetches what the event is drawn with, when it is the first of its kind.
  async fitted(event: string) {
    if (draws(event)) this.records ??= await this.on.records();
    if (event === "quote") this.Card ??= await this.on.card();
  }

  // Reads a turn to its end; the server answers a turn it knows with what it said before, and goes on.
  async run(block: Block, told: Asked, tries = TRIES): Promise<unknown> {
    const round = this.round;
    this.setBusy(true);
    try {
      await begin();
      for await (const event of turn(told)) {
        await this.fitted(event.event);
        if (round !== this.round) return;
        this.last = Math.max(this.last, event.seq);
        if (event.event === "status") this.status(event.data.step);
        block.take(event, true);
        this.atEnd();
      }
      if (!block.over) throw new Trouble(0, {});
    } catch (error) {
      return await this.failed(error as Trouble, block, told, tries);
    } finally {
      if (round === this.round) this.setBusy(false);
    }
    await this.refresh().catch(() => {});
    this.atEnd();
    this.listen();
  }

  async failed(error: Trouble, block: Block, told: Asked, tries: number): Promise<unknown> {
    if (gone(error) && (tries < 2 || !await this.rejoined())) return this.ended(told.text);
    if (gone(error)) return this.run(block, told, tries - 1);
    if (!error.status && tries > 1) {
      this.status(t("The shop does not answer; trying again"));
      await pause(RETRY_MS / 2 ** tries * 4);
      return this.run(block, told, tries - 1);
    }
    if (!error.status) this.missed.push([block, told]);
    if (error.status !== 409 && error.status !== 422) return this.trouble(error.message, () => (error.status ? this.queue(block, told) : this.again()));
    // Nothing was said: the words go back to where they can be changed and sent again.
    block.node.remove();
    this.blocks.delete(told.client_turn_id);
    this.on.put(told.text);
    this.trouble(error.message);
    this.later();
  }

  // Asks for a new token; true when the shop goes on with the same conversation.
  async rejoined() {
    const before = session.id;
    session.forget();
    await begin();
    return session.id === before;
  }

  // The conversation is over for the shop: goes on in the one that follows it, with what was not sent.
  async ended(text = "") {
    this.clear();
    this.on.put(text);
    await this.start();
    this.trouble(t("That conversation has ended. This is a new one; nothing of your message was lost."));
  }

  async start(wanted?: { fresh: boolean }) {
    try {
      await begin(wanted);
      await this.refresh();
      this.listen();
    } catch (error) {
      this.lost(error);
    }
  }

  // Reading back failed: joins anew where the shop no longer knows us, else tries again a little later.
  async lost(error: unknown) {
    if (!gone(error)) return this.later(RETRY_MS);
    if (await this.rejoined().catch(() => true)) this.later(RETRY_MS);
    else await this.ended();
  }

  // What happens outside a turn of this tab is read back: the server's account is the right one.
  listen() {
    if (this.following || document.hidden || !this.on.shown() || !session.id) return;
    const mine = this.following = new AbortController();
    follow(this.last, (event) => { if (event.seq > this.last && !this.busy) this.later(); }, mine.signal).then(() => {
      if (mine.signal.aborted) return;
      this.following = null;
      this.later(RETRY_MS);
    });
  }

  stop() {
    this.following?.abort();
    this.following = null;
    clearTimeout(this.soon);
  }

  later(ms = SOON_MS) {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => { if (!this.busy) this.refresh().then(() => this.listen(), (error) => this.lost(error)); }, ms);
  }

  async refresh() {
    const told: Told = await send("GET", here());
    const entries = inOrder(told);
    for (const { event } of entries.flatMap((entry) => entry.events)) await this.fitted(event);
    if (told.quote) await this.fitted("quote");
    if (this.busy || told.session_id !== session.id) return;
    const grown = told.last_event_id > this.last || !this.blocks.size;
    this.last = Math.max(this.last, told.last_event_id);
    this.checkCard(told);
    this.on.cart(told.cart);
    let before: Node | null = null;
    for (const entry of entries) {
      const { node }: Block = this.redraw(entry, told.quote);
      if (before && before.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) (before as Element).after(node);
      before = node;
    }
    // A card that replaced another after a price change stands in no turn.
    if (told.quote && told.quote.quote_id !== this.card?.quoteId) this.block(told.quote.quote_id).node.append(this.quote(told.quote, true));
    if (!this.blocks.size) this.on.starters(told.starters);
    this.on.empty(!this.blocks.size);
    this.suggest();
    if (grown) this.atEnd();
    const running = told.turns.find((each) => each.state === "running" && !this.blocks.get(each.client_turn_id)!.over);
    if (running) this.queue(this.blocks.get(running.client_turn_id)!, { text: running.text, client_turn_id: running.client_turn_id, image_ids: running.image_ids });
  }

  redraw({ key, turn: said, events }: Entry, pending: Quote | null) {
    const known = this.blocks.get(key), block = known || this.block(key);
    block.turn ??= said?.turn_id;
    if (!known && said) {
      block.said(said.text, (said.image_ids || []).map(sentPicture));
      this.asked = block.node;
    }
    for (const event of events) block.take(event, pending?.quote_id === event.data.quote_id);
    return block;
  }

  // Closes a card that the shop would refuse now, so that nobody presses it in vain.
  checkCard({ quote, cart, events }: Told) {
    const card = this.card;
    if (!card) return;
    card.version ??= cart.version;
    if (quote?.quote_id !== card.quoteId || (card.buys && cart.version !== card.version)) this.void(events.some((each) => each.event === "order" && each.seq > card.since!));
  }

  void(ordered = false) {
    if (this.card?.over === false && !this.card.pressing) {
      this.card.close(t(ordered ? "This order card was already approved." : "This order card no longer counts: something changed after it was made."), { again: !ordered });
    }
  }

  quote(data: Quote, live?: boolean) {
    if (!live) return el("section", { class: "closed" }, t("This order card is closed."));
    this.void();
    const buys = (data.action || "place_order") === "place_order";
    const on: CardEvents = {
      token: () => session.token,
      settled: (told) => this.settled(told),
      changed: () => this.atEnd(),
      again: buys ? () => this.buy() : null,
    };
    this.card = new this.Card!(data.quote_id, on);
    Object.assign(this.card, { buys, since: this.last });
    this.card.open();
    return this.card.node;
  }

  // The card says itself what became of the press; what the conversation says to it comes with the next reading.
  async settled(told?: Settled | null) {
    if (told?.order && !told.text) this.on.ordered(told.order);
    if (!this.busy) await this.refresh().catch(() => this.later(RETRY_MS));
  }

  // Asks for an order card of what is in the cart; the server hands it out with the next reading.
  async buy() {
    try {
      await begin();
      await send("POST", here("/quotes"));
      this.on.moved();
      this.asked = null;
      await this.refresh();
      this.card?.node.focus({ preventScroll: true });
    } catch (error) {
      this.trouble((error as Trouble).message);
    }
  }

  cartEvent(data: Cart) {
    if (!this.cart || data.version >= this.cart.version) this.on.cart(data);
  }

  // Only what was told of the cart of now offers to undo; a change made beside the conversation is told in its last place.
  recount(changed?: boolean) {
    const told = [...this.log.querySelectorAll<HTMLElement>(".changed")];
    if (changed) told.pop()?.replaceWith(...this.records!.drawn("cart", this.cart, this.tools));
    for (const node of told) if (node.dataset.version !== String(this.cart!.version)) node.querySelector("button")?.remove();
  }
}
