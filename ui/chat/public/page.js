// What Chainlit's page lacks: an address for the conversation, names for its buttons, and a message that waits its turn.
import { token } from "/chat/public/aisle.js";

// The conversation on the screen is the visitor's current one: a reload finds it, and so do the shop's other pages.
addEventListener("message", ({ source, origin, data }) => {
  if (source !== window || origin !== location.origin || data?.aisle !== "thread") return;
  const resumed = /^\/chat\/thread\//.test(location.pathname);
  const there = `/chat/thread/${encodeURIComponent(data.id)}`;
  if (/^\/chat\/?$/.test(location.pathname)) history.replaceState(history.state, "", there);
  token(`ses_${data.id}`).catch(() => {});
  if (resumed) toEnd();
});

// A conversation that is read back begins at its end; its cards grow for a moment. Whoever scrolls is left alone.
function toEnd() {
  const until = Date.now() + 2500;
  const left = new AbortController();
  for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(kind, () => left.abort(), { signal: left.signal, passive: true });
  const step = () => {
    if (left.signal.aborted || Date.now() > until) return left.abort();
    [...document.querySelectorAll(".step")].at(-1)?.scrollIntoView({ block: "end" });
    setTimeout(step, 100);
    return undefined;
  };
  step();
}

// Its buttons are pictures; whoever hears the page instead of seeing it needs their names. One of them turns into another
// (what sends becomes what stops), so a name that is there may be yesterday's.
const NAMES = {
  "#sidebar-trigger-button": "Your conversations", "#new-chat-button": "New conversation", "#search-chats-button": "Search your conversations",
  "#upload-button": "Show a picture", "#upload-button-loading": "Show a picture", "#chat-submit": "Send", "#stop-button": "Stop waiting", "#theme-toggle": "Light or dark",
  ".overflow-y-auto > .absolute.bottom-4 button": "To the newest", "#chat-input": "Your message",
};

// What its marks say wrongly: a button that is none, a list around no items, a part of the page without a name.
const MARKS = [
  ...Object.entries(NAMES).map(([which, label]) => [which, "aria-label", label]),
  ['button[id^="upload-button"]', "role", "button"], ["ul:has(> #thread-history)", "role", "presentation"],
  ['[data-sidebar="content"]', "role", "navigation"], ['[data-sidebar="content"]', "aria-label", "Your conversations"],
];

// Its menu of a conversation is a picture inside a link, out of the keyboard's reach: a button beside the link opens it.
function menus() {
  for (const row of document.querySelectorAll('#thread-history li[id^="thread-"]')) {
    const menu = row.querySelector("#thread-options");
    if (!menu || row.querySelector(":scope > .a-more")) continue;
    menu.setAttribute("aria-hidden", "true");
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "a-more", textContent: "⋯" });
    button.setAttribute("aria-label", `Rename or delete: ${row.textContent.trim()}`);
    button.setAttribute("aria-haspopup", "menu");
    button.onclick = () => menu.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, button: 0, pointerType: "mouse" }));
    row.append(button);
  }
}

function mend() {
  menus();
  for (const [which, mark, value] of MARKS) {
    for (const node of document.querySelectorAll(which)) if (node.getAttribute(mark) !== value) node.setAttribute(mark, value);
  }
}

new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });

// Enter before the page is connected, or while an answer is on its way: the message is sent as soon as it can be, unless
// it was changed in the meantime.
addEventListener("keydown", (event) => {
  const box = event.target;
  if (box.id !== "chat-input" || event.key !== "Enter" || event.shiftKey || event.isComposing || !box.value.trim()) return;
  const button = () => document.querySelector("#chat-submit");
  if (button() && !button().disabled) return;
  const said = box.value, until = Date.now() + 20000;
  const wait = () => {
    const now = document.querySelector("#chat-input");
    if (!now || now.value !== said || Date.now() > until) return;
    if (button() && !button().disabled) button().click();
    else setTimeout(wait, 100);
  };
  setTimeout(wait, 100);
}, true);

// A conversation that was deleted leaves the screen for certain: the page begins anew where the visitor is now.
const plain = window.fetch;
window.fetch = async (where, how) => {
  const response = await plain(where, how);
  const deleted = how?.method === "DELETE" && String(where?.url ?? where).endsWith("/chat/project/thread");
  if (deleted && response.ok) setTimeout(() => location.assign("/chat/"), 300);
  return response;
};
