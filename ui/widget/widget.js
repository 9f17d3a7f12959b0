// The launcher: a round button on every page; the panel is fetched when it is first opened.
const KEEP = "aisle.open";

function sheet(name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = `/widget/${name}.css`;
  return link;
}

const loaded = (link) => new Promise((done) => { link.onload = link.onerror = done; });

class Assistant extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" }), style = sheet("widget");
    this.launcher = document.createElement("button");
    this.launcher.type = "button";
    this.launcher.className = "launcher";
    this.launcher.hidden = true;
    this.launcher.setAttribute("aria-label", "Ask the assistant");
    this.launcher.append(document.createElement("span"));
    this.launcher.addEventListener("click", () => this.open());
    loaded(style).then(() => { this.launcher.hidden = false; });
    root.append(style, this.launcher);
    document.addEventListener("aisle:ask", ({ detail }) => this.ask(detail?.text));
    if (this.kept()) {
      this.remember(true);
      this.open({ focus: false });
    }
  }

  kept() {
    try { return sessionStorage.getItem(KEEP); } catch { return null; }
  }

  // The page hears of it by an attribute, so that its own styles can make room.
  remember(open) {
    document.documentElement.toggleAttribute("data-aisle-open", open);
    this.launcher.classList.toggle("open", open);
    try { if (open) sessionStorage.setItem(KEEP, "1"); else sessionStorage.removeItem(KEEP); } catch { /* Then the next page begins closed. */ }
  }

  // The panel with its styles, once; a fetch that failed is tried again at the next press.
  panel() {
    this.ready ??= this.load().catch((error) => {
      this.ready = null;
      this.remember(false);
      throw error;
    });
    return this.ready;
  }

  async load() {
    const styles = ["panel", "card"].map(sheet), seen = styles.map(loaded);
    this.shadowRoot.append(...styles);
    const [{ Panel }] = await Promise.all([import("/widget/panel.js"), ...seen]);
    return new Panel(this.shadowRoot, { launcher: this.launcher, remember: (open) => this.remember(open) });
  }

  async open(how) { await (await this.panel()).open(how); }

  async ask(text) {
    const panel = await this.panel();
    if (text) await panel.ask(String(text));
    else await panel.open();
  }
}

customElements.define("aisle-assistant", Assistant);
if (!document.querySelector("aisle-assistant")) document.body.append(document.createElement("aisle-assistant"));
