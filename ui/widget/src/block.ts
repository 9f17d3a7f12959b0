// A piece of the conversation on the screen.
import { cleaned, clicked } from "./api.ts";
import { el, upright, type Child } from "./dom.ts";
import type { Talk } from "./talk.ts";
import type { Heard } from "./types.ts";
import { t, type Words } from "./words.ts";

const WORDS_ALONE = ["text", "status", "done"];

export interface Block {
  talk: Talk; turn: string | undefined; node: HTMLElement; last: number; words: HTMLElement | null; hints: Words[]; over: boolean;
}
// One message with its answer, or something that happened outside a turn. Words join until a record is drawn.
export class Block {
  constructor(talk: Talk) {
    Object.assign(this, { talk, node: el("div", { class: "block" }), last: -1, words: null, hints: [], over: false });
  }

  said(text: string, pictures: Child[]) {
    this.node.append(el("div", { class: "me", dir: "auto" }, pictures, text));
  }

  // An event that was already drawn is left alone, so a turn can be read again from its beginning.
  take({ event, seq, data }: Heard, live?: boolean) {
    if (seq >= 0 && seq <= this.last) return;
    this.last = Math.max(this.last, seq);
    this.over ||= event === "done" || event === "error";
    if (data.turn_id) this.turn = data.turn_id;
    if (event === "text") return this.say(data.delta);
    if (!draws(event)) return;
    this.words = null;
    if (event === "cart") this.talk.cartEvent(data);
    const { drawn, suggestions } = this.talk.records!;
    this.node.append(...(event === "quote" ? [this.talk.quote(data, live)] : drawn(event, data, { ...this.talk.tools, clicked: (id, place) => clicked(id, place, this.turn) })));
    this.hints = suggestions(event, data);
  }

  say(delta: string) {
    // The assistant speaks English, whatever the frame does.
    if (!this.words) this.node.append(this.words = el("div", { class: "it", dir: "auto", lang: "en" }));
    this.words.append(upright(delta));
  }
}

// Whether an event is more than words, and needs what draws records.
export const draws = (event: string) => !WORDS_ALONE.includes(event);

// A picture the shopper sent earlier; it is kept for a day.
export function sentPicture(id: string) {
  const place = el("span", { class: "sent" });
  cleaned(id).then(
    (address) => place.replaceChildren(el("img", { src: address, alt: t("Your picture"), onload: () => URL.revokeObjectURL(address) })),
    () => place.replaceChildren(t("picture no longer kept")));
  return place;
}
