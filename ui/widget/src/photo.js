// A picture beside the message: chosen, taken, pasted or dropped; the shopper sees the cleaned copy the shop kept.
import { button, el } from "./dom.js";

export class Photo {
  // api: the conversation's own connection, whose session the picture joins.
  constructor(tray, { trouble, api }) {
    Object.assign(this, { tray, trouble, api, kept: null, sending: null });
  }

  get ready() { return this.sending === null; }

  // Takes the first picture of a file list; anything else is left to whoever handles it next.
  offer(files) {
    const all = Array.from(files || []);
    const file = all.find((each) => each.type.startsWith("image/"));
    if (file && this.ready) this.sending = this.send(file).finally(() => { this.sending = null; });
    else if (all.length && !file) this.trouble("That is not a picture. Send a JPEG, PNG or WebP.");
    return Boolean(file);
  }

  async send(file) {
    this.clear();
    const bar = el("progress", { max: "1", value: "0", "aria-label": "Sending your picture" });
    const words = el("span", { role: "status" }, "Sending your picture");
    this.tray.hidden = false;
    this.tray.replaceChildren(bar, words);
    try {
      await this.api.begin();
      const kept = await this.api.upload(file, (share) => {
        bar.value = share;
        if (share === 1) words.textContent = "Looking at your picture";
      });
      this.kept = { id: kept.image_id, address: await this.api.cleaned(kept.image_id) };
      this.tray.replaceChildren(
        el("img", { src: this.kept.address, alt: "Your picture as the shop keeps it" }),
        el("span", {}, "Ask about it, or just send it.", kept.notices.map((notice) => el("small", {}, notice))),
        button("Remove", () => this.takeBack(), { "aria-label": "Remove the picture" }));
    } catch (error) {
      this.clear();
      this.trouble(error.message);
    }
  }

  takeBack() {
    this.api.forget(this.kept.id).catch(() => { /* It is forgotten in a day. */ });
    this.clear();
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
