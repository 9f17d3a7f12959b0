// What a page of the shop does beyond links and forms. Everything here also works without it.
import "./seen.js";
import { swap } from "./swap.js";

const channel = "BroadcastChannel" in window ? new BroadcastChannel("aisle") : null;
const said = document.querySelector("[data-said]");
let leaving = 0, due = 0;

document.documentElement.classList.add("scripted");
dropNotice();
offer(document);

document.addEventListener("shop:drawn", (event) => offer(event.detail.part));

// Buttons that speak to the assistant appear once there is one to speak to.
function offer(part) {
  for (const button of part.querySelectorAll("[data-ask][hidden]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const asking = event.target.closest("[data-ask]");
  if (asking && (asking.tagName === "BUTTON" || customElements.get("aisle-assistant"))) {
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("aisle:ask", { detail: { text: asking.dataset.ask } }));
    return;
  }
  const link = event.target.closest("a[data-swap]");
  if (link) {
    event.preventDefault();
    await show(link.href, link.dataset.swap);
  }
  for (const open of document.querySelectorAll("details.kinds[open]")) if (!open.contains(event.target)) open.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.kinds[open]")) { open.open = false; open.querySelector("summary").focus(); }
});

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.form?.matches("[data-change]")) target.form.requestSubmit();
  if (target.matches("input[data-price]")) price(target);
});

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (form.matches("form[data-swap]")) {
    event.preventDefault();
    const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
    show(`${form.action}?${new URLSearchParams(pairs)}`, form.dataset.swap);
  } else if (form.matches("[data-press]")) {
    event.preventDefault();
    press(form, submitter);
  }
});

window.addEventListener("popstate", () => location.reload());

async function show(address, selector) {
  const facets = document.querySelector(".facets")?.open;
  if (!(await swap(address, selector))) { location.href = address; return; }
  history[selector === "#product" ? "replaceState" : "pushState"](null, "", address);
  const drawn = document.querySelector(".facets");
  if (drawn) drawn.open = Boolean(facets);
}

function price(input) {
  const { price: amount, was, stock } = input.dataset;
  document.querySelector("[data-price]:not(input)").textContent = amount;
  const before = document.querySelector("[data-was]:not(input)");
  before.textContent = was;
  before.hidden = !was;
  const line = document.querySelector("[data-stock]:not(input)");
  line.textContent = stock;
  line.className = `stockline${stock === "In stock" ? "" : " few"}`;
}

async function press(form, submitter) {
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
    const told = await response.json();
    if (!response.ok) return tell({ kind: "refused", text: told.detail });
    tell(told);
    count(told.count);
    moved();
    await live();
  } catch {
    tell({ kind: "refused", text: "The shop did not answer. Check the connection and try again." });
  } finally {
    for (const button of buttons) button.disabled = false;
    if (submitter?.isConnected) submitter.focus({ preventScroll: true });
  }
}

function tell({ kind, text, undo }) {
  clearTimeout(leaving);
  said.replaceChildren();
  if (!text) return;
  const line = document.createElement("p");
  line.className = kind;
  line.append(text);
  if (kind === "done" && !document.querySelector("#cart")) {
    if (undo) {
      const button = document.createElement("button");
      Object.assign(button, { type: "submit", className: "link", textContent: "Undo" });
      button.setAttribute("form", "undo-said");
      line.append(button);
    }
    const link = document.createElement("a");
    Object.assign(link, { href: "/cart", textContent: "See cart" });
    line.append(link);
  }
  said.append(line);
  if (kind === "done") leaving = setTimeout(() => { if (!said.contains(document.activeElement)) said.replaceChildren(); }, 12000);
}

// The line was for this view of the page: it is not told again on going back.
function dropNotice() {
  const here = new URL(location.href);
  if (!here.searchParams.has("said")) return;
  here.searchParams.delete("said");
  history.replaceState(null, "", here);
}

function count(units) {
  for (const badge of document.querySelectorAll("[data-cart-count]")) {
    badge.textContent = units;
    badge.hidden = !units;
  }
}

async function recount() {
  try {
    const response = await fetch("/cart/count", { headers: { Accept: "application/json" } });
    if (response.ok) count((await response.json()).count);
  } catch { /* The badge keeps what it says until the next page. */ }
}

// What the page shows of cart or order is drawn anew by the server.
async function live() {
  const part = document.querySelector("[data-live]");
  if (part) await swap(part.dataset.live, `#${part.id}`);
}

// Several may tell of one change at once; it is read once.
function refresh() {
  clearTimeout(due);
  due = setTimeout(async () => {
    await recount();
    await live();
  }, 80);
}

// Tells the assistant on this page, and by the listener below the shop's other tabs, that this page changed the cart.
function moved() {
  document.dispatchEvent(new CustomEvent("aisle:cart", { detail: { source: "page" } }));
}

document.addEventListener("aisle:cart", (event) => {
  if (event.detail?.source === "widget") refresh();
  else channel?.postMessage({ type: "cart" });
});
channel?.addEventListener("message", (event) => { if (event.data?.type === "cart") refresh(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
