// A picture beside the message: chosen, taken, pasted or dropped; the shopper sees the cleaned copy the shop kept.
import { begin, cleaned, upload } from "/widget/api.js";
import { el } from "/widget/draw.js";

export class Photo {
  constructor(tray, { trouble }) {
    this.tray = tray;
    this.trouble = trouble;
    this.kept = null;
    this.sending = null;
  }

  get ready() { return this.sending === null; }

  // Takes the first picture of a file list; anything else is left to whoever handles it next.
  offer(files) {
    const file = Array.from(files || []).find((each) => each.type.startsWith("image/"));
    if (file) this.sending = this.send(file).finally(() => { this.sending = null; });
    return Boolean(file);
  }

  async send(file) {
    this.clear();
    this.tray.hidden = false;
    this.tray.replaceChildren(el("span", { role: "status" }, "Looking at your picture…"));
    try {
      await begin();
      const kept = await upload(file);
      this.kept = { id: kept.image_id, address: await cleaned(kept.image_id) };
      this.tray.replaceChildren(
        el("img", { src: this.kept.address, alt: "Your picture as the shop keeps it" }),
        el("span", {}, "Ask about it, or just send it."),
        el("button", { type: "button", class: "quiet", "aria-label": "Remove the picture", onclick: () => this.clear() }, "Remove"));
    } catch (error) {
      this.clear();
      this.trouble(error.message);
    }
  }

  // Hands the picture over to the message it goes with.
  take() {
    const taken = this.kept;
    this.kept = null;
    this.clear();
    return taken;
  }

  clear() {
    if (this.kept) URL.revokeObjectURL(this.kept.address);
    this.kept = null;
    this.tray.replaceChildren();
    this.tray.hidden = true;
  }
}
