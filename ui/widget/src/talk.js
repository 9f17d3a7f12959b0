// The conversation: what was said and what came of it, drawn as it streams, after a reload and from other tabs.
import { begin, follow, here, newTurnId, send, session, Trouble, turn } from "./api.js";
import { Block, sentPicture } from "./block.js";
import { drawn } from "./draw.js";
import { button, el } from "./dom.js";

const SOON_MS = 150;
const RETRY_MS = 4000;
const TRIES = 4;
const gone = (error) => [401, 404].includes(error.status);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Talk {
  // parts: log, area (scrolls), notes, waiting (status). on: cart, undo, empty, starters (to begin with), ordered, put (unsent text back), shown (is the panel open), moved, card (fetches what order cards are made with).
  constructor(parts, on) {
    Object.assign(this, parts, { on, busy: false, cart: null, round: 0, line: Promise.resolve() });
    this.tools = { say: (text) => this.say(text), undo: () => on.undo(), current: () => this.cart };
    this.clear();
  }

  clear() {
    this.stop();
    this.card?.stop();
    Object.assign(this, { blocks: new Map(), last: 0, card: null, asked: null, round: this.round + 1 });
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

  trouble(text, again) {
    const retry = () => { this.notes.replaceChildren(); again(); };
    this.notes.replaceChildren(el("div", { class: "trouble", role: "alert" }, el("span", {}, text), again ? button("Try again", retry) : null));
    this.atEnd();
  }

  status(text) {
    this.waiting.hidden = text === null;
    this.waiting.lastChild.textContent = text || "";
    this.atEnd();
  }

  setBusy(on) {
    this.busy = on;
    this.log.setAttribute("aria-busy", String(on));
    this.status(on ? "" : null);
  }

  suggest() {
    this.hints?.remove();
    const latest = [...this.blocks.values()].at(-1);
    if (!latest?.hints.length || this.card?.over === false) return;
    this.hints = el("div", { class: "suggest", role: "group", "aria-label": "You could say" }, latest.hints.map((text) => button(text, () => this.say(text))));
    this.log.append(this.hints);
  }

  block(key) {
    const block = new Block(this);
    this.blocks.set(key, block);
    this.log.append(block.node);
    return block;
  }

  say(text, picture = null) {
    this.on.empty(false);
    this.hints?.remove();
    this.notes.replaceChildren();
    const id = newTurnId(), block = this.block(id);
    block.said(text, picture ? [el("img", { src: picture.address, alt: "Your picture" })] : []);
    this.asked = block.node;
    this.atEnd();
    return this.queue(block, { text, client_turn_id: id, image_ids: picture ? [picture.id] : [] });
  }

  // One turn after the other: what is said while an answer comes is sent when it is there.
  queue(block, told) {
    const round = this.round;
    this.line = this.line.then(() => (round === this.round ? this.run(block, told) : null));
    return this.line;
  }

  // Reads a turn to its end; the server answers a turn it knows with what it said before, and goes on.
  async run(block, told, tries = TRIES) {
    const round = this.round;
    this.setBusy(true);
    try {
      await begin();
      for await (const event of turn(told)) {
        if (round !== this.round) return;
        this.last = Math.max(this.last, event.seq);
        if (event.event === "status") this.status(event.data.step);
        block.take(event, true);
        this.atEnd();
      }
      if (!block.over) throw new Trouble(0, {});
    } catch (error) {
      return await this.failed(error, block, told, tries);
    } finally {
      if (round === this.round) this.setBusy(false);
    }
    await this.refresh().catch(() => {});
    this.atEnd();
    this.listen();
  }

  async failed(error, block, told, tries) {
    if (gone(error) && (tries < 2 || !await this.rejoined())) return this.ended(told.text);
    if (gone(error)) return this.run(block, told, tries - 1);
    if (!error.status && tries > 1) {
      this.status("The shop does not answer; trying again");
      await pause(RETRY_MS / 2 ** tries * 4);
      return this.run(block, told, tries - 1);
    }
    if (error.status !== 409 && error.status !== 422) return this.trouble(error.message, () => this.queue(block, told));
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
    this.trouble("That conversation has ended. This is a new one; nothing of your message was lost.");
  }

  async start(wanted) {
    try {
      [this.Card] = await Promise.all([this.Card ?? this.on.card(), begin(wanted)]);
      await this.refresh();
      this.listen();
    } catch (error) {
      this.lost(error);
    }
  }

  // Reading back failed: joins anew where the shop no longer knows us, else tries again a little later.
  async lost(error) {
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
    const told = await send("GET", here());
    if (this.busy || told.session_id !== session.id) return;
    const grown = told.last_event_id > this.last || !this.blocks.size;
    this.last = Math.max(this.last, told.last_event_id);
    this.checkCard(told);
    this.on.cart(told.cart);
    let before = null;
    for (const entry of inOrder(told)) {
      const { node } = this.redraw(entry, told.quote);
      if (before?.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) before.after(node);
      before = node;
    }
    // A card that replaced another after a price change stands in no turn.
    if (told.quote && told.quote.quote_id !== this.card?.quoteId) this.block(told.quote.quote_id).node.append(this.quote(told.quote, true));
    if (!this.blocks.size) this.on.starters(told.starters);
    this.on.empty(!this.blocks.size);
    this.suggest();
    if (grown) this.atEnd();
    const running = told.turns.find((each) => each.state === "running" && !this.blocks.get(each.client_turn_id).over);
    if (running) this.queue(this.blocks.get(running.client_turn_id), { text: running.text, client_turn_id: running.client_turn_id, image_ids: running.image_ids });
  }

  redraw({ key, turn: said, events }, pending) {
    const known = this.blocks.get(key), block = known || this.block(key);
    if (!known && said) {
      block.said(said.text, (said.image_ids || []).map(sentPicture));
      this.asked = block.node;
    }
    for (const event of events) block.take(event, pending?.quote_id === event.data.quote_id);
    return block;
  }

  // Closes a card that the shop would refuse now, so that nobody presses it in vain.
  checkCard({ quote, cart, events }) {
    const card = this.card;
    if (!card) return;
    card.version ??= cart.version;
    if (quote?.quote_id !== card.quoteId || (card.buys && cart.version !== card.version)) this.void(events.some((each) => each.event === "order" && each.seq > card.since));
  }

  void(ordered = false) {
    if (this.card?.over === false && !this.card.pressing) this.card.close(ordered ? "This order card was already approved." : "This order card no longer counts: something changed after it was made.", { again: !ordered });
  }

  quote(data, live) {
    if (!live) return el("section", { class: "closed" }, "This order card is closed.");
    this.void();
    const buys = (data.action || "place_order") === "place_order";
    this.card = new this.Card(data.quote_id, {
      token: () => session.token,
      settled: (told) => this.settled(told),
      changed: () => this.atEnd(),
      again: buys ? () => this.buy() : null,
    });
    Object.assign(this.card, { buys, since: this.last });
    this.card.open();
    return this.card.node;
  }

  // The card says itself what became of the press; what the conversation says to it comes with the next reading.
  async settled(told) {
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
      this.trouble(error.message);
    }
  }

  cartEvent(data) {
    if (!this.cart || data.version >= this.cart.version) this.on.cart(data);
  }

  // Only what was told of the cart of now offers to undo; a change made beside the conversation is told in its last place.
  recount(changed) {
    const told = [...this.log.querySelectorAll(".changed")];
    if (changed) told.pop()?.replaceWith(...drawn("cart", this.cart, this.tools));
    for (const node of told) if (node.dataset.version !== String(this.cart.version)) node.querySelector("button")?.remove();
  }
}

function inOrder(told) {
  const outside = told.events.map((event) => ({ key: `event ${event.seq}`, at: event.seq, events: [event] }));
  const turns = told.turns.map((each) => ({ key: each.client_turn_id, at: each.events[0]?.seq ?? Infinity, turn: each, events: each.events }));
  return [...turns, ...outside].sort((a, b) => a.at - b.at);
}
