// The order card in a frame or window of its own at the shop's origin: it gets a token for this one card, shows it and takes the press.
import { begin, quote, send, session } from "./api.ts";
import { button, el } from "./dom.ts";
import { PurchaseCard } from "./purchase.ts";
import { t } from "./words.ts";

const SEEN_MS = 600;
const { quoteId, ticket } = document.body.dataset as { quoteId: string; ticket: string };
const place = document.querySelector("main")!;
const framed = parent !== window;
const host: Window | null = framed ? parent : opener;
// Nothing told to the page around is secret: sizes, and what it will read from the shop anyway.
const tell = (type: string, more?: object) => { if (framed) parent.postMessage({ type, ...more }, "*"); };

let card: PurchaseCard | null = null, seenSince: number | null = null, given: string | null = null;

function watchSize() {
  new ResizeObserver(() => tell("size", { height: Math.ceil(document.body.getBoundingClientRect().height) })).observe(document.body);
}

// Whether the card has been in plain sight for a moment. Browsers that can say so also know when something lies over it.
function watchSight() {
  const observer: any = new IntersectionObserver((entries) => {
    const { isIntersecting, isVisible } = entries.at(-1) as any, covered = "isVisible" in IntersectionObserverEntry.prototype && observer.trackVisibility && !isVisible;
    seenSince = isIntersecting && !covered ? seenSince ?? performance.now() : null;
  }, { threshold: [0, 0.01, 0.5, 1], trackVisibility: true, delay: 100 } as IntersectionObserverInit);
  observer.observe(place);
}

// A press counts only when it is a person's, on a card that could be read.
function guard(event: MouseEvent) {
  if (!(event.target as Element).closest("button.go")) return;
  const seen = !framed || (seenSince !== null && performance.now() - seenSince >= SEEN_MS);
  if (event.isTrusted && seen) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  note.replaceChildren(t("Something covers this card. Open it in a window of its own to place the order."));
  note.hidden = false;
}

const note = el("p", { class: "say", role: "alert", hidden: true });

// A token that presses this one card; a card that replaces it needs another.
async function speakFor(id: string) {
  session.speakWith(given!);
  const { token } = await send("POST", quote(id, "press-token"), { body: { ticket } });
  session.speakWith(token);
}

async function show() {
  card = new PurchaseCard(quoteId, {
    settled: (told) => { state(); tell("settled", { order_id: told?.order?.order_id }); },
    changed: state,
    again: framed ? () => tell("again") : null,
    ready: host ? speakFor : () => begin(),
  });
  place.replaceChildren(card.node, note, framed ? inWindow() : "");
  await card.open();
  state();
}

function state() {
  if (card) tell("state", { quote_id: card.quoteId, over: card.over, pressing: card.pressing });
}

function inWindow() {
  return el("p", { class: "window" }, button(t("Open in a window"), () => open(location.href, "_blank", "popup,width=560,height=800"), { class: "link" }));
}

// The token comes from the page that holds the conversation; a window gets it from the frame that opened it.
function heard({ data, source, origin }: MessageEvent) {
  const own = origin === location.origin;
  if (data?.type === "token" && source === host && !given && (framed || own)) {
    given = String(data.token);
    show();
  }
  if (data?.type === "ready" && own && source !== window && given) (source as Window).postMessage({ type: "token", token: given }, origin);
}

addEventListener("click", guard, true);
addEventListener("message", heard);
watchSize();
if (framed) watchSight();
if (host) host.postMessage({ type: "ready" }, framed ? "*" : location.origin);
else show();
