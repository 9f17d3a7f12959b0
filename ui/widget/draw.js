// Draws records as elements. Every word of the shop goes in as text, never as markup.
const COLOURS = {
  black: "#2b2a29", white: "#f7f5f1", cream: "#f1e7d3", sand: "#d9c7a5", beige: "#d8c8ae", natural: "#d6c2a0", tan: "#c49a6c",
  camel: "#b98a55", brown: "#6f4e37", grey: "#9a9a98", charcoal: "#47484a", silver: "#c3c6c9", gold: "#c9a24b", navy: "#24344f",
  blue: "#4d76a8", teal: "#2f7479", green: "#4f7b56", moss: "#6a7a45", sage: "#a3b29a", olive: "#75733f", mustard: "#cf9f35",
  rust: "#a9522f", red: "#a93434", burgundy: "#6b2437", blush: "#e3bdb3", lilac: "#b9a7cb", clear: "#e6eef0", pink: "#dba6b0",
  purple: "#6f5590", yellow: "#e3c54f", orange: "#cd7a35", ivory: "#f3ecdd", terracotta: "#b9664a", walnut: "#6b4a33", oak: "#c29a63",
};
const EXPONENTS = { JPY: 0, KRW: 0, KWD: 3, BHD: 3 };

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function money({ amount, currency }) {
  const digits = EXPONENTS[currency] ?? 2;
  const whole = amount % 10 ** digits === 0;
  return new Intl.NumberFormat("en-US", {
    style: "currency", currency, minimumFractionDigits: whole ? 0 : digits, maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}

export const options = (values) => Object.values(values || {}).join(", ");
export const lineTitle = (line) => [line.title, options(line.options)].filter(Boolean).join(", ");

const STOCK = { in_stock: ["in stock", ""], low_stock: ["only a few left", "stock-low"], out_of_stock: ["out of stock", "stock-out"] };

const hex = (name) => COLOURS[name.toLowerCase().split(" ").pop()];

// Stands where a picture would: the kind of thing, and the colours it comes in.
function band(item) {
  const known = item.colours.filter(hex);
  const place = el("div", { class: "band" }, el("b", {}, item.product_type),
    el("span", { class: "swatches", role: "img", "aria-label": item.colours.length ? `in ${item.colours.join(", ")}` : "", title: item.colours.join(", ") },
      known.slice(0, 5).map((name) => {
        const swatch = el("i");
        swatch.style.background = hex(name);
        return swatch;
      })));
  if (known.length) place.style.setProperty("--tint", hex(known[0]));
  return place;
}

function priceOf(item) {
  const reduced = item.list_price && item.list_price.amount > item.price.amount;
  const ranges = item.price_to && item.price_to.amount > item.price.amount;
  return el("span", { class: "price" }, ranges ? `${money(item.price)} – ${money(item.price_to)}` : money(item.price),
    reduced ? el("s", { "aria-label": `was ${money(item.list_price)}` }, money(item.list_price)) : null);
}

function card(item, place, say) {
  const [stock, tone] = STOCK[item.availability] || [item.availability, ""];
  const sizes = item.sizes.length > 1 ? `${item.sizes.length} sizes` : item.sizes[0];
  return el("article", { class: `item${item.availability === "out_of_stock" ? " out" : ""}`, "aria-label": item.title },
    el("span", { class: "n", "aria-label": `number ${place}` }, String(place)),
    item.image_url ? el("img", { class: "picture", src: item.image_url, alt: "", loading: "lazy" }) : band(item),
    el("div", { class: "body" },
      el("span", { class: "kind" }, item.brand),
      el("h3", {}, el("button", { type: "button", title: "More about it", onclick: () => say(`Tell me more about the ${item.title}`) }, item.title)),
      el("span", { class: "facts" }, el("span", { class: tone }, stock), sizes ? ` · ${sizes}` : "", item.rating ? ` · ${item.rating.toFixed(1)} of 5` : ""),
      item.why ? el("span", { class: "why" }, item.why) : null,
      el("div", { class: "foot" }, priceOf(item),
        el("button", { type: "button", disabled: item.availability === "out_of_stock", "aria-label": `Add ${item.title} to the cart`, onclick: () => say(`Add the ${item.title} to my cart`) }, "Add"))));
}

function products(record, { say }) {
  const parts = [];
  if (record.items.length) parts.push(el("div", { class: "row" }, record.items.map((item, at) => card(item, at + 1, say))));
  const near = record.items.length ? [] : record.blocked_by.flatMap((block) => block.nearest);
  if (near.length) parts.push(el("p", { class: "blocked" }, "Nearest:"), el("div", { class: "row" }, near.slice(0, 3).map((item, at) => card(item, at + 1, say))));
  return parts;
}

function comparison(record) {
  const head = el("thead", {}, el("tr", {}, el("td", {}), record.items.map((item) => el("th", { scope: "col" }, item.title))));
  const rows = record.rows.map((row) => el("tr", { class: row.differs ? "" : "same" },
    el("th", { scope: "row" }, row.name), row.values.map((value) => el("td", {}, value ?? "–"))));
  return [el("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Comparison" }, el("table", {}, head, el("tbody", {}, rows)))];
}

export function sums(totals) {
  return el("dl", { class: "sums" }, totals.flatMap((line) => [
    el("dt", { class: line.name === "total" ? "total" : "" }, line.label), el("dd", { class: line.name === "total" ? "total" : "" }, money(line.amount))]));
}

function cart(record, { undo, openCart, current }) {
  const total = record.totals.find((line) => line.name === "total");
  const count = record.lines.reduce((sum, line) => sum + line.quantity, 0);
  const text = count ? `Cart: ${count} ${count === 1 ? "item" : "items"}, ${money(total.amount)}` : "The cart is empty.";
  return [el("div", { class: "changed" }, el("button", { type: "button", class: "link", onclick: openCart }, text),
    record.undo && record.version === current() ? el("button", { type: "button", class: "quiet", onclick: undo }, "Undo") : null)];
}

export function order(record) {
  return [el("div", { class: "order" },
    el("h3", { class: record.state === "captured" || record.state === "placed" ? "" : "no" }, record.state_text),
    el("p", {}, `${record.order_id}${record.ship_to ? ` · ${record.ship_to}` : ""}${record.delivery ? ` · ${record.delivery}` : ""}`),
    el("dl", { class: "sums lines" }, record.lines.flatMap((line) => [el("dt", {}, `${lineTitle(line)} × ${line.quantity}`), el("dd", {}, money(line.total))])),
    sums(record.totals.filter((line) => line.name !== "subtotal")))];
}

const DRAWN = {
  products, comparison, cart, order,
  orders: (record) => record.orders.flatMap(order),
  notice: (record) => [el("p", { class: "note" }, record.text)],
  error: (record) => [el("p", { class: "trouble" }, record.detail)],
};

export function drawn(name, data, tools) {
  return DRAWN[name] ? DRAWN[name](data, tools) : [];
}

// What is worth saying next, from what is on the screen.
export function suggestions(name, data) {
  if (name === "products" && data.items.length > 1) return ["Compare the first two", "Anything cheaper?", "Only in stock"];
  if (name === "products" && data.items.length === 1) return ["Tell me more about it", "What goes with it?"];
  if (name === "comparison") return ["What goes with the first one?", "Show more like the first one"];
  if (name === "cart" && data.lines.length) return ["What goes with it?", "Buy it"];
  if (name === "order") return ["Where is my order?"];
  return [];
}
