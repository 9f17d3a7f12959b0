// The cart beside the conversation: quantities, undo, and the way to an order card.
import { count, lineTitle, options, picture, sums } from "./draw.js";
import { button, el, money, plain } from "./dom.js";

export function drawCart(place, cart, { change, undo, checkout, close, note }) {
  const lines = cart ? cart.lines : [];
  const kept = place.getRootNode().activeElement?.dataset?.keep;
  place.replaceChildren(
    el("div", { class: "head" }, el("h2", {}, "Your cart"), cart?.undo ? button("Undo", undo, { "data-keep": "undo" }) : null,
      button("Back", close, { "data-keep": "back", "aria-label": "Back to the conversation" })),
    note ? el("p", { class: "trouble", role: "alert" }, note) : "",
    lines.length ? el("ul", {}, lines.map((line) => drawLine(line, change))) : el("p", { class: "note" }, "Nothing here yet. What you choose lands here, and you can take anything back."),
    ...(count(cart) ? [sums(cart.totals), el("button", { type: "button", class: "go", "data-keep": "go", onclick: checkout }, "Get my order card"),
      el("small", {}, "Nothing is ordered until you press the button on that card.")] : []),
  );
  if (kept) (place.querySelector(`[data-keep="${CSS.escape(kept)}"]`) || place.querySelector("[data-keep=back]")).focus();
}

function drawLine(line, change) {
  const set = (quantity) => change([{ line_id: line.line_id, quantity }]);
  const name = plain(lineTitle(line));
  const step = (label, sign, quantity) => el("button", { type: "button", "data-keep": `${label} ${line.line_id}`, "aria-label": `${label} of ${name}`, onclick: () => set(quantity) }, sign);
  return el("li", {}, picture(line),
    el("div", {}, el("b", {}, el("bdi", {}, line.title)), el("small", {}, options(line)), line.note ? el("small", { class: "low" }, line.note) : null,
      el("span", { class: "step", role: "group", "aria-label": `How many: ${name}` },
        step("One less", "−", line.quantity - 1), el("output", {}, String(line.quantity)), step("One more", "+", line.quantity + 1))),
    el("div", { class: "end" }, el("span", { class: "price" }, money(line.total)),
      el("button", { type: "button", class: "link", "data-keep": `drop ${line.line_id}`, "aria-label": `Remove ${name}`, onclick: () => set(0) }, "Remove")));
}
