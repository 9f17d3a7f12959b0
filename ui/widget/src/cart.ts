// The cart beside the conversation: quantities, undo, and the way to an order card.
import { lineTitle, options, picture, sums } from "./draw.ts";
import { button, el, money, plain } from "./dom.ts";
import { count } from "./lines.ts";
import type { Cart, Line } from "./types.ts";
import { t } from "./words.ts";

type Change = (changes: { line_id: string; quantity: number }[]) => unknown;
interface Acts { change: Change; undo(): unknown; checkout(): unknown; close(): unknown; note: string }

export function drawCart(place: HTMLElement, cart: Cart | null, { change, undo, checkout, close, note }: Acts) {
  const lines = cart ? cart.lines : [];
  const kept = ((place.getRootNode() as ShadowRoot).activeElement as HTMLElement | null)?.dataset?.keep;
  place.replaceChildren(
    el("div", { class: "head" }, el("h2", {}, t("Your cart")), cart?.undo ? button(t("Undo"), undo, { "data-keep": "undo" }) : null,
      button(t("Back"), close, { "data-keep": "back", "aria-label": t("Back to the conversation") })),
    note ? el("p", { class: "trouble", role: "alert" }, note) : "",
    lines.length ? el("ul", {}, lines.map((line) => drawLine(line, change))) : el("p", { class: "note" }, t("Nothing here yet. What you choose lands here, and you can take anything back.")),
    ...(count(cart) ? [sums(cart!.totals), el("button", { type: "button", class: "go", "data-keep": "go", onclick: checkout }, t("Get my order card")),
      el("small", {}, t("Nothing is ordered until you press the button on that card."))] : []),
  );
  if (kept) (place.querySelector<HTMLElement>(`[data-keep="${CSS.escape(kept)}"]`) || place.querySelector<HTMLElement>("[data-keep=back]"))?.focus();
}

function drawLine(line: Line, change: Change) {
  const set = (quantity: number) => change([{ line_id: line.line_id, quantity }]);
  const what = plain(lineTitle(line));
  const step = (label: string, sign: string, by: number) => el("button", { type: "button", "data-keep": `${sign} ${line.line_id}`, "aria-label": label, onclick: () => set(line.quantity + by) }, sign);
  return el("li", {}, picture(line),
    el("div", {}, el("b", {}, el("bdi", {}, line.title)), el("small", {}, options(line)), line.note ? el("small", { class: "low" }, line.note) : null,
      el("span", { class: "step", role: "group", "aria-label": t("How many: {what}", { what }) },
        step(t("One less of {what}", { what }), "−", -1), el("output", {}, String(line.quantity)), step(t("One more of {what}", { what }), "+", 1))),
    el("div", { class: "end" }, el("span", { class: "price" }, money(line.total)),
      el("button", { type: "button", class: "link", "data-keep": `drop ${line.line_id}`, "aria-label": t("Remove {what}", { what }), onclick: () => set(0) }, t("Remove"))));
}
