// The launcher: all a page loads before somebody asks. The panel is fetched, and checked, when it is first opened.
import { dress } from "./sheet.ts";
import type { Page } from "./types.ts";
import look from "./widget.css";

const KEEP = "aisle.open";
const tag = document.currentScript as HTMLScriptElement;
const base = new URL(tag.src).origin;

interface Panel { open(how?: { focus?: boolean }): Promise<void>; close(): void; ask(text: string): Promise<void>; identify(): Promise<void> }

// Injected rather than imported, for only an element can say by what digest the script is to be checked.
function fetched(file: string, integrity: string, made: string): Promise<any> {
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { type: "module", src: `${base}/widget/${file}`, integrity, crossOrigin: "anonymous", nonce: tag.nonce });
    script.onload = () => done((globalThis as any)[Symbol.for(made)]);
    script.onerror = () => { script.remove(); failed(Error(`${file} could not be loaded`)); };
    document.head.append(script);
  });
}

class Assistant extends HTMLElement {
  declare launcher: HTMLButtonElement;
  declare ready: Promise<Panel> | null | undefined;
  declare assertion: string | null;
  declare context: Page | null;

  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" }), launcher = document.createElement("button");
    dress(root, look);
    Object.assign(launcher, { type: "button", className: "launcher", ariaLabel: tag.dataset.label || "Ask the assistant", onclick: () => this.open() });
    launcher.append(document.createElement("span"));
    root.append(launcher);
    Object.assign(this, { launcher, fetched, tag, assertion: tag.dataset.token || null });
    document.addEventListener("aisle:ask", (event) => this.ask((event as CustomEvent).detail?.text));
    try { if (sessionStorage.getItem(KEEP)) this.open({ focus: false }); } catch { /* Then the page begins closed. */ }
  }

  // The page hears of it by an attribute, so that its own styles can make room.
  remember(open: boolean) {
    document.documentElement.toggleAttribute("data-aisle-open", open);
    this.launcher.classList.toggle("open", open);
    try { sessionStorage[open ? "setItem" : "removeItem"](KEEP, "1"); } catch { /* The next page begins closed. */ }
  }

  // A fetch that failed is tried again at the next press.
  panel(): Promise<Panel> {
    return this.ready ??= fetched(PANEL, PANEL_INTEGRITY, "aisle.panel").then((made) => made(this)).catch((error) => {
      this.ready = null;
      this.remember(false);
      throw error;
    });
  }

  async open(how?: { focus?: boolean }) { this.remember(true); await (await this.panel()).open(how); }
  async close() { if (this.ready) (await this.ready).close(); }
  async ask(text?: string) {
    const panel = await this.panel();
    return text ? panel.ask(String(text)) : panel.open();
  }

  // What "this" is on the page: {product_id, variant_id, search}; hints only.
  setContext(context: Page | null) { this.context = context; }

  // Who is signed in: a token of the shop's own backend; null when they have signed out.
  async identify(assertion: string | null) {
    this.assertion = assertion;
    if (this.ready) await (await this.ready).identify();
  }
}

const name = "aisle-assistant";
if (!customElements.get(name)) {
  customElements.define(name, Assistant);
  const place = () => { (globalThis as any).Aisle = document.querySelector(name) || document.body.appendChild(document.createElement(name)); };
  if (document.body) place();
  else document.addEventListener("DOMContentLoaded", place);
}
