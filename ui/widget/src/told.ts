// What a conversation is made with, and what the server tells of it in the order it happened.
import type { Tools } from "./draw.ts";
import type { Cart, Heard, MakeCard, Page, Told, TurnTold } from "./types.ts";
import type { Words } from "./words.ts";

export interface Parts { log: HTMLElement; area: HTMLElement; notes: HTMLElement; waiting: HTMLElement }
export interface Records { drawn(name: string, data: unknown, tools: Tools): Node[]; suggestions(name: string, data: unknown): Words[] }
// starters: to begin with. put: unsent text back. shown: is the panel open. card, records: fetch what order cards are made and records drawn with.
export interface Events {
  cart(cart: Cart): void; undo(): unknown; empty(on: boolean): void; starters(all: Told["starters"]): void; ordered(order: { order_id: string }): void;
  put(text: string): void; shown(): boolean; moved(): void; page(): Page | undefined; card(): Promise<MakeCard>; records(): Promise<Records>;
}
export interface Entry { key: string; at: number; turn?: TurnTold; events: Heard[] }

export function inOrder(told: Told): Entry[] {
  const outside: Entry[] = told.events.map((event) => ({ key: `event ${event.seq}`, at: event.seq, events: [event] }));
  const turns: Entry[] = told.turns.map((each) => ({ key: each.client_turn_id, at: each.events[0]?.seq ?? Infinity, turn: each, events: each.events }));
  return [...turns, ...outside].sort((a, b) => a.at - b.at);
}
