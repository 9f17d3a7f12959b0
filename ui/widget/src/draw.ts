// Draws records as elements: product cards, boards, comparison, cart changes, orders, notices.
import { button, el, money, ours, plain, safe } from "./dom.ts";
import { count } from "./lines.ts";
import type { Board, Boards, Cart, Comparison, Item, Line, Order, Products, Sum, Things } from "./types.ts";
import { t, type Words } from "./words.ts";

// say: says something for the shopper. undo, current: of the cart. clicked: tells the shop which card of a row was pressed.
export interface Tools { say(text: string): unknown; undo(): unknown; current(): Cart | null; clicked?(productId: string, place: number): void }

export const options = (line: Line) => Object.values(line.options || {}).join(", ");
export const lineTitle = (line: Line) => [line.title, options(line)].filter(Boolean).join(", ");

const STOCK: Record<string, [Words, string]> = { in_stock: ["in stock", ""], low_stock: ["only a few left", "low"], out_of_stock: ["out of stock", "gone"] };

// The picture, or the kind of thing in words where there is none or it does not come.
export function picture(item: { image_url?: string | null; title: string }, kind = item.title) {
  const tile = () => el("span", { class: "picture none", "aria-hidden": "true" }, plain(kind, 24));
  const address = item.image_url && ours(item.image_url);
  if (!address) return tile();
  const image = el("img", { class: "picture", src: address, alt: "", loading: "lazy", decoding: "async" });
  image.onerror = () => image.replaceWith(tile());
  return image;
}

export function named(item: Item, more: () => unknown) {
  const title = el("bdi", {}, item.title);
  const address = item.url && safe(item.url);
  return address ? el("a", { href: address, rel: "noopener" }, title) : el("button", { type: "button", class: "link", onclick: more }, title);
}

function priceOf(item: Item) {
  const reduced = item.list_price && item.list_price.amount > item.price.amount;
  const ranges = item.price_to && item.price_to.amount > item.price.amount;
  return el("span", { class: "price" }, ranges ? `${money(item.price)} – ${money(item.price_to!)}` : money(item.price),
    reduced ? el("s", { "aria-label": t("was {price}", { price: money(item.list_price!) }) }, money(item.list_price!)) : null);
}

// What a card's buttons say, each with what it is called for those who can't see which card it is on.
type Act = [label: Words, says: string, named?: string];

function card(item: Item, place: number, say: Tools["say"], acts?: Act[], clicked?: Tools["clicked"]) {
  const [stock, tone] = STOCK[item.availability] || [item.availability, ""];
  const sizes = item.sizes.length > 1 ? t("{count} sizes", { count: item.sizes.length }) : item.sizes[0];
  const name = plain(item.title);
  const onclick = ({ target }: Event) => { if ((target as Element).closest("a, button")) clicked?.(item.product_id, place); };
  return el("article", { onclick, class: tone === "gone" ? "item out" : "item", "aria-label": name },
    place ? el("span", { class: "n", "aria-hidden": "true" }, String(place)) : null,
    picture(item, item.product_type),
    el("div", { class: "body" },
      el("h3", {}, named(item, () => say(`Tell me more about the ${name}`))),
      el("small", { class: "facts" }, el("span", { class: tone }, t(stock)), sizes ? el("span", {}, plain(sizes, 40)) : null,
        item.rating ? el("span", {}, t("{rating} of 5", { rating: item.rating.toFixed(1) })) : null),
      item.why ? el("small", { class: "why" }, item.why) : null,
      el("div", { class: "foot" }, priceOf(item),
        (acts || (item.availability === "out_of_stock" ? [] : [["Add", `Add the ${name} to my cart`, t("Add {what}", { what: name })]] as Act[]))
          .map(([label, says, told]) => button(t(label), () => say(says), { "aria-label": told || `${t(label)}: ${name}` })))));
}

const row = (items: Item[], placed: (item: Item, at: number) => Node) => el("div", { class: "row" }, items.map(placed));

function products(record: Products, { say, clicked }: Tools) {
  if (record.items.length) return [row(record.items, (item, at) => card(item, at + 1, say, undefined, clicked))];
  // What is merely near has no numbers: "the first one" is never one of these.
  const near = record.blocked_by.flatMap((block) => block.nearest).slice(0, 4);
  return near.length ? [el("p", { class: "note" }, t("Nearest:")), row(near, (item) => card(item, 0, say))] : [];
}

// A board, kept or only proposed: what lies on it, what that costs, and what may be done with it.
function board(record: Board, { say }: Tools) {
  const name = plain(record.name, 50), sum = record.total && money(record.total);
  const told = (item: Item) => ({ ...item, why: [record.options[item.product_id], record.notes[item.product_id], item.why].filter(Boolean).join(" · ") });
  const link = record.link && ours(record.link);
  const swap = (item: Item): Act[] => [["Swap", `Swap the ${plain(item.product_type)}`]];
  return [el("section", { class: "board", "aria-label": name },
    el("div", { class: "head" }, el("h3", {}, el("bdi", {}, record.name)),
      sum ? el("small", {}, record.budget ? t("{total} of {budget}", { total: sum, budget: money(record.budget) }) : sum) : null,
      link ? el("a", { href: link, rel: "noopener" }, t("Link to share")) : null),
    record.items.length ? row(record.items, (item, at) => card(told(item), at + 1, say, record.board_id ? undefined : swap(item)))
      : el("p", { class: "note" }, t("Nothing on it yet.")),
    record.gone ? el("p", { class: "note" }, t("No longer sold: {count}", { count: record.gone })) : null,
    !record.items.length ? null : record.board_id ? button(t("Put everything in the cart"), () => say(`Put everything on my ${name} board in the cart`))
      : button(t("Save as a board"), () => say("Save it as a board")))];
}

const boards = (record: Boards, { say }: Tools) => [el("div", { class: "boards" }, record.boards.map((each) =>
  el("button", { type: "button", onclick: () => say(`Show my ${plain(each.name, 50)} board`) },
    el("span", { class: "tiles" }, each.pictures.slice(0, 4).map((address) => picture({ image_url: address, title: each.name }))),
    el("b", {}, el("bdi", {}, each.name)), el("small", {}, ` ${each.count}`))))];

// A button for each thing in a picture; what it says names the thing by kind where that tells it apart, else by its place.
function things(record: Things, { say }: Tools) {
  const last = record.things.length - 1;
  const said = (kind: string, at: number) => (record.things.filter((each) => each.kind === kind).length === 1 ? `Only the ${kind}`
    : at === 0 ? "The one on the left" : at === last ? "The one on the right" : "The one in the middle");
  return [el("div", { class: "things" }, record.things.map(({ kind }, at) => button(plain(kind, 24), () => say(said(kind, at)))))];
}

function comparison(record: Comparison, { say }: Tools) {
  const head = record.items.map((item) => el("th", { scope: "col" }, picture(item, item.product_type), named(item, () => say(`Tell me more about the ${plain(item.title)}`))));
  const rows = record.rows.map((each) => el("tr", { class: !each.differs && "same" },
    el("th", { scope: "row" }, each.name), each.values.map((value) => el("td", {}, el("bdi", {}, value ?? "–")))));
  return [el("div", { class: "table", tabindex: "0", role: "region", "aria-label": t("Comparison") },
    el("table", {}, el("thead", {}, el("tr", {}, el("td", {}), head)), el("tbody", {}, rows)))];
}

export function sums(totals: Sum[]) {
  return el("dl", { class: "sums" }, totals.flatMap((line) => {
    const kind = line.name === "total" && "total";
    return [el("dt", { class: kind }, line.label), el("dd", { class: kind }, money(line.amount))];
  }));
}

const total = (record: Cart) => money(record.totals.find((line) => line.name === "total")!.amount);

function cart(record: Cart, { undo, current }: Tools) {
  const many = count(record);
  const text = many ? t(many === 1 ? "1 item in the cart, {total}" : "{count} items in the cart, {total}", { count: many, total: total(record) }) : t("The cart is empty.");
  return [el("div", { class: "changed", "data-version": record.version },
    record.lines.slice(-3).map((line) => picture(line)), el("span", {}, text),
    record.undo && record.version === current()?.version ? button(t("Undo"), undo) : null)];
}

function order(record: Order) {
  const done = record.state === "captured" || record.state === "placed";
  return [el("section", { class: `order ${done ? "" : "no"}`, "aria-label": t("Order {id}", { id: record.order_id }) },
    el("h3", {}, record.state_text),
    el("small", {}, [record.order_id, record.ship_to, record.delivery].filter(Boolean).join(" · ")),
    el("ul", {}, record.lines.map((line) => el("li", {}, picture(line), el("span", {}, el("bdi", {}, lineTitle(line)), ` × ${line.quantity}`), money(line.total)))),
    sums(record.totals.filter((line) => line.name !== "subtotal")))];
}

const DRAWN: Record<string, (data: any, tools: Tools) => Node[]> = {
  things, products, board, boards, comparison, cart, order,
  orders: (record: { orders: Order[] }) => record.orders.flatMap(order),
  notice: (record: { text: string }) => [el("p", { class: "note" }, record.text)],
  error: (record: { detail: string }) => [el("p", { class: "trouble" }, record.detail)],
};

export function drawn(name: string, data: unknown, tools: Tools): Node[] {
  return DRAWN[name] ? DRAWN[name](data, tools) : [];
}

// What is worth saying next, from what is on the screen; it is said in the assistant's language, whatever the button says.
export function suggestions(name: string, data: any): Words[] {
  if (name === "products" && data.items.length > 1) return ["Compare the first two", "Anything cheaper?", "Only in stock"];
  if (name === "products" && data.items.length === 1) return ["Tell me more about it", "What goes with it?"];
  if (name === "comparison") return ["What goes with the first one?", "Show more like the first one"];
  if (name === "cart" && data.lines.length) return ["What goes with it?", "Buy it"];
  if (name === "order") return ["Where is my order?"];
  return [];
}
