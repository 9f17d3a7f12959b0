// A picture beside the message: chosen, taken, pasted or dropped; the shopper sees the cleaned copy the shop kept, and may choose a part of it.
import { button, el } from "./dom.ts";
import { Part } from "./region.ts";
import type { ImageKept, Kept, Region } from "./types.ts";
import { t } from "./words.ts";

interface Api {
  begin(): Promise<unknown>;
  upload(file: File, onProgress: (share: number) => void): Promise<ImageKept>;
  cleaned(id: string): Promise<string>;
  part(id: string, region: Region): Promise<ImageKept>;
  forget(id: string): Promise<unknown>;
}

export interface Photo {
  kept: Kept | null; sending: Promise<unknown> | null; part: Part | null;
}
export class Photo {
  // api: the conversation's own connection, whose session the picture joins.
  constructor(private tray: HTMLElement, private on: { trouble(text: string): void; api: Api }) {
    Object.assign(this, { kept: null, sending: null, part: null });
  }

  get ready() { return this.sending === null; }

  // Takes the first picture of a file list; anything else is left to whoever handles it next.
  offer(files: File[]) {
    const file = files.find((each) => each.type.startsWith("image/"));
    if (file && this.ready) this.sending = this.send(file).finally(() => { this.sending = null; });
    else if (files.length && !file) this.on.trouble(t("That is not a picture. Send a JPEG, PNG or WebP."));
  }

  async send(file: File) {
    this.clear();
    const bar = el("progress", { max: "1", value: "0", "aria-label": t("Sending your picture") });
    const words = el("span", { role: "status" }, t("Sending your picture"));
    this.tray.hidden = false;
    this.tray.replaceChildren(bar, words);
    try {
      await this.on.api.begin();
      const kept = await this.on.api.upload(file, (share) => {
        bar.value = share;
        if (share === 1) words.textContent = t("Looking at your picture");
      });
      this.kept = { id: kept.image_id, address: await this.on.api.cleaned(kept.image_id) };
      this.show(kept.notices, kept.regions);
    } catch (error) {
      this.clear();
      this.on.trouble((error as Error).message);
    }
  }

  show(notices: string[], things: Region[]) {
    const whole = button(t("Whole picture"), () => { this.part!.choose(null); this.part!.node.focus(); }, { hidden: true });
    const words = el("span", { role: "status" });
    const say = (chosen: boolean) => {
      whole.hidden = !chosen;
      words.textContent = t(chosen ? "Only this part is sent." : "Tap or drag over the part you mean, or just send it.");
    };
    this.part = new Part(this.kept!.address, things, say);
    say(false);
    this.tray.replaceChildren(this.part.node, el("div", {}, words, notices.map((notice) => el("small", {}, notice)),
      el("span", { class: "acts" }, things.map((each, at) => button(String(at + 1), () => this.part!.choose(each),
        { "aria-label": t("Thing {n} of {count}", { n: at + 1, count: things.length }) })), whole, button(t("Remove"), () => this.takeBack(), { "aria-label": t("Remove the picture") }))));
  }

  takeBack() {
    this.on.api.forget(this.kept!.id).catch(() => { /* It is forgotten in a day. */ });
    this.clear();
  }

  // Hands the picture, or the part that was chosen, over to the message it goes with.
  async take(): Promise<Kept | null> {
    const whole = this.kept, region = this.part?.region;
    if (!whole || !region) return this.given(whole);
    const cutting = this.on.api.part(whole.id, region);
    this.sending = cutting;
    try {
      const id = (await cutting).image_id, address = await this.on.api.cleaned(id);
      this.takeBack();
      return { id, address };
    } finally {
      this.sending = null;
    }
  }

  given(kept: Kept | null) {
    this.kept = null;
    this.clear();
    return kept;
  }

  clear() {
    if (this.kept) URL.revokeObjectURL(this.kept.address);
    this.kept = this.part = null;
    this.tray.replaceChildren();
    this.tray.hidden = true;
  }
}
