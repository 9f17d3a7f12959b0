// What the server tells, as docs/api and tools/records.py have it; only what the widget draws is named.
export interface Money { amount: number; currency: string }
export interface Sum { name: string; label: string; amount: Money }
export interface Line {
  line_id: string; product_id: string; title: string; options: Record<string, string>; quantity: number; unit_price: Money; total: Money;
  note?: string; image_url?: string | null; product_type?: string;
}
export interface Cart { version: number; lines: Line[]; totals: Sum[]; undo: boolean }
export interface Item {
  product_id: string; title: string; product_type: string; price: Money; price_to: Money | null; list_price: Money | null; url: string | null;
  image_url: string | null; availability: string; sizes: string[]; rating: number | null; why: string;
}
export interface Products { items: Item[]; blocked_by: { nearest: Item[] }[] }
export interface Things { things: { kind: string }[] }
export interface Board {
  board_id: string; name: string; items: Item[]; notes: Record<string, string>; options: Record<string, string>; total: Money | null;
  budget: Money | null; gone: number; link: string | null;
}
export interface Boards { boards: { board_id: string; name: string; count: number; pictures: string[] }[] }
export interface Comparison { items: Item[]; rows: { name: string; values: (string | null)[]; differs: boolean }[] }
export interface Order {
  order_id: string; state: string; state_text: string; ship_to: string; delivery: string; lines: Line[]; totals: Sum[];
}
export interface Quote { quote_id: string; action?: string }
export interface Heard { event: string; seq: number; data: any }
export interface TurnTold { turn_id: string; client_turn_id: string; text: string; image_ids?: string[]; state: string; events: Heard[] }
export interface Told {
  session_id: string; turns: TurnTold[]; events: Heard[]; last_event_id: number; cart: Cart; quote: Quote | null;
  starters: { label: string; says: string }[];
}
export interface Page { product_id?: string; variant_id?: string; search?: string }
export interface Asked { text: string; client_turn_id: string; image_ids?: string[]; page?: Page }
export interface Kept { id: string; address: string }
export interface ImageKept { image_id: string; width: number; height: number; notices: string[]; regions: Region[] }
export interface Region { left: number; top: number; width: number; height: number }
export interface Fact { label: string; text: string }
export interface Card {
  headline: string; locale: string; button: string; not_now: string; lines: { title: string; quantity: number; total_text: string }[];
  totals: { name: string; label: string; text: string }[]; facts: Fact[]; code: Fact; notes: string[]; valid_until: { label: string; at: string };
  aside?: string; expired?: string;
}
export interface Rendered { card: Card; digest: string; challenge: string }
// What a press came to; `text` is what the shop says of it.
export interface Settled { order?: { order_id: string }; text?: string }

// A card of the conversation, whether it is drawn here or in a frame at the shop's own origin.
export interface OrderCard {
  quoteId: string; over: boolean; pressing: boolean; node: HTMLElement; version?: number; buys?: boolean; since?: number;
  open(): unknown; stop(): void; close(text: string, how?: { again?: boolean; retry?: boolean }): void;
}
export interface CardEvents {
  token?: () => string | null; settled?: (told: Settled | null | undefined) => unknown; changed?: () => void; again?: (() => void) | null;
  ready?: (quoteId: string) => Promise<unknown>;
}
export type MakeCard = new (quoteId: string, on: CardEvents) => OrderCard;

// The element on the page, as the panel knows it.
export interface Host extends HTMLElement {
  launcher: HTMLButtonElement; tag: HTMLScriptElement; assertion: string | null; context?: Page | null;
  remember(open: boolean): void;
  fetched(file: string, integrity: string, made: string): Promise<any>;
}
