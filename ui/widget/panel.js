// The cart beside the conversation: quantities, undo, and the way to an order card.
import { el, lineTitle, money, sums } from "/widget/draw.js";

export function drawCart(place, cart, { change, undo, checkout, close }) {
  const lines = cart ? cart.lines : [];
  const kept = document.activeElement?.dataset?.keep;
  place.replaceChildren(
    el("h2", {}, "Cart",
      el("span", {},
        cart?.undo ? el("button", { type: "button", class: "quiet", "data-keep": "undo", onclick: undo }, "Undo") : null,
        " ",
        el("button", { type: "button", class: "quiet close", onclick: close }, "Close"))),
    lines.length ? el("ul", {}, lines.map((line) => drawLine(line, change))) : el("p", { class: "empty" }, "Nothing here yet. What you choose in the conversation lands here, and you can take anything back."),
    ...(lines.length ? [sums(cart.totals), el("button", { type: "button", class: "go", onclick: checkout }, "Get my order card")] : []),
  );
  if (kept) place.querySelector(`[data-keep="${CSS.escape(kept)}"]`)?.focus();
}

function drawLine(line, change) {
  const set = (quantity) => change([{ line_id: line.line_id, quantity }]);
  const name = lineTitle(line);
  return el("li", {},
    el("div", {}, el("b", {}, line.title), el("br"), el("small", {}, Object.values(line.options).join(", "))),
    el("span", { class: "price" }, money(line.total)),
    el("div", {},
      el("span", { class: "step", role: "group", "aria-label": `How many: ${name}` },
        el("button", { type: "button", "data-keep": `less-${line.line_id}`, "aria-label": `One less of ${name}`, onclick: () => set(line.quantity - 1) }, "−"),
        el("output", {}, String(line.quantity)),
        el("button", { type: "button", "data-keep": `more-${line.line_id}`, "aria-label": `One more of ${name}`, onclick: () => set(line.quantity + 1) }, "+")),
      line.note ? el("small", { class: "warn" }, ` ${line.note}`) : null),
    el("button", { type: "button", class: "drop", "aria-label": `Remove ${name}`, onclick: () => set(0) }, "Remove"));
}
