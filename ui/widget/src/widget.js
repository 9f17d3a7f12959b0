// The launcher: all a page loads before somebody asks. The panel is fetched, and checked, when it is first opened.
import look from "./widget.css";
import { dress } from "./sheet.js";

const KEEP = "aisle.open";
const tag = document.currentScript;
const base = new URL(tag.src).origin;

// Injected rather than imported, for only an element can say by what digest the script is to be checked.
function fetched(file, integrity, made) {
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { type: "module", src: `${base}/widget/${file}`, integrity, crossOrigin: "anonymous", nonce: tag.nonce });
    script.onload = () => done(globalThis[Symbol.for(made)]);
    script.onerror = () => { script.remove(); failed(Error(`${file} could not be loaded`)); };
    document.head.append(script);
  });
}

class Assistant extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" }), launcher = document.createElement("button");
    dress(root, look);
    Object.assign(launcher, { type: "button", className: "launcher", ariaLabel: tag.dataset.label || "Ask the assistant", onclick: () => this.open() });
    launcher.append(document.createElement("span"));
    root.append(launcher);
    Object.assign(this, { launcher, fetched, assertion: tag.dataset.token || null });
    document.addEventListener("aisle:ask", ({ detail }) => this.ask(detail?.text));
    try { if (sessionStorage.getItem(KEEP)) this.open({ focus: false }); } catch { /* Then the page begins closed. */ }
  }

  // The page hears of it by an attribute, so that its own styles can make room.
  remember(open) {
    document.documentElement.toggleAttribute("data-aisle-open", open);
    this.launcher.classList.toggle("open", open);
    try { sessionStorage[open ? "setItem" : "removeItem"](KEEP, 1); } catch { /* The next page begins closed. */ }
  }

  // A fetch that failed is tried again at the next press.
  panel() {
    return this.ready ??= fetched(PANEL, PANEL_INTEGRITY, "aisle.panel").then((Panel) => new Panel(this)).catch((error) => {
      this.ready = null;
      this.remember(false);
      throw error;
    });
  }

  async open(how) { this.remember(true); await (await this.panel()).open(how); }
  async close() { if (this.ready) (await this.ready).close(); }
  async ask(text) {
    const panel = await this.panel();
    return text ? panel.ask(String(text)) : panel.open();
  }

  // Who is signed in: a token of the shop's own backend; null when they have signed out.
  async identify(assertion) {
    this.assertion = assertion;
    if (this.ready) await (await this.ready).identify();
  }
}

const name = "aisle-assistant";
if (!customElements.get(name)) {
  customElements.define(name, Assistant);
  const place = () => { globalThis.Aisle = document.querySelector(name) || document.body.appendChild(document.createElement(name)); };
  if (document.body) place();
  else document.addEventListener("DOMContentLoaded", place);
}
