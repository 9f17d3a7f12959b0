// A piece of the conversation on the screen.
import { cleaned } from "./api.js";
import { drawn, suggestions } from "./draw.js";
import { el, upright } from "./dom.js";

// One message with its answer, or something that happened outside a turn. Words join until a record is drawn.
export class Block {
  constructor(talk) {
    Object.assign(this, { talk, node: el("div", { class: "block" }), last: -1, words: null, hints: [], over: false });
  }

  said(text, pictures) {
    this.node.append(el("div", { class: "me", dir: "auto" }, pictures, text));
  }

  // An event that was already drawn is left alone, so a turn can be read again from its beginning.
  take({ event, seq, data }, live) {
    if (seq >= 0 && seq <= this.last) return;
    this.last = Math.max(this.last, seq);
    this.over ||= event === "done" || event === "error";
    if (event === "text") return this.say(data.delta);
    if (event === "done" || event === "status") return;
    this.words = null;
    if (event === "cart") this.talk.cartEvent(data);
    this.node.append(...(event === "quote" ? [this.talk.quote(data, live)] : drawn(event, data, this.talk.tools)));
    this.hints = suggestions(event, data);
  }

  say(delta) {
    if (!this.words) this.node.append(this.words = el("div", { class: "it", dir: "auto" }));
    this.words.append(upright(delta));
  }
}

// A picture the shopper sent earlier; it is kept for a day.
export function sentPicture(id) {
  const place = el("span", { class: "sent" });
  cleaned(id).then(
    (address) => place.replaceChildren(el("img", { src: address, alt: "Your picture", onload: () => URL.revokeObjectURL(address) })),
    () => place.replaceChildren("picture no longer kept"));
  return place;
}
