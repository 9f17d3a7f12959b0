// Chooses a part of a picture: a tap takes the thing that stands out there, else a square around it, a drag what lies between, and keys do the same.
import { el } from "./dom.ts";
import type { Region } from "./types.ts";
import { t } from "./words.ts";

const TAP_PX = 8;
const SQUARE = 0.6; // of the shorter side, around a tap
const STEP = 0.05;
const LEAST = 0.1;
const within = (value: number, most = 1) => Math.min(Math.max(value, 0), most);

export interface Part {
  node: HTMLButtonElement; frame: HTMLElement; region: Region | null; from: { x: number; y: number } | null;
}
export class Part {
  // changed: hears whether a part is chosen.
  // things: where things stand out, each marked by a dot.
  constructor(address: string, private things: Region[], private changed: (chosen: boolean) => void) {
    Object.assign(this, { region: null, from: null });
    this.frame = el("span", { class: "part", hidden: true });
    this.node = el("button", { type: "button", class: "whole", "aria-pressed": "false",
      "aria-label": t("Choose a part of the picture: arrow keys move it, plus and minus change its size") },
    el("img", { src: address, alt: "", draggable: "false" }), things.map(dot), this.frame);
    this.node.onpointerdown = (event) => this.begin(event);
    this.node.onpointermove = (event) => this.drag(event);
    this.node.onpointerup = (event) => this.end(event);
    this.node.onpointercancel = () => { this.from = null; };
    this.node.onkeydown = (event) => this.key(event);
  }

  at({ clientX, clientY }: PointerEvent) {
    const { left, top, width, height } = this.node.getBoundingClientRect();
    return { x: within((clientX - left) / width), y: within((clientY - top) / height) };
  }

  begin(event: PointerEvent) {
    if (!event.isPrimary || event.button) return;
    this.node.setPointerCapture(event.pointerId);
    this.from = this.at(event);
  }

  // What lies between where the finger went down and where it is.
  between(event: PointerEvent): Region | null {
    const { x, y } = this.from!, now = this.at(event), { width, height } = this.node.getBoundingClientRect();
    if (Math.abs(now.x - x) * width < TAP_PX && Math.abs(now.y - y) * height < TAP_PX) return null;
    return { left: Math.min(x, now.x), top: Math.min(y, now.y), width: Math.max(Math.abs(now.x - x), LEAST), height: Math.max(Math.abs(now.y - y), LEAST) };
  }

  drag(event: PointerEvent) {
    const region = this.from && this.between(event);
    if (region) this.choose(region);
  }

  end(event: PointerEvent) {
    if (!this.from) return;
    const { x, y } = this.from;
    this.choose(this.between(event) ?? this.thing(x, y) ?? this.around(x, y));
    this.from = null;
  }

  // The smallest thing at a place.
  thing(x: number, y: number) {
    const here = this.things.filter((each) => x >= each.left && x <= each.left + each.width && y >= each.top && y <= each.top + each.height);
    return here.sort((one, other) => one.width * one.height - other.width * other.height)[0];
  }

  around(x: number, y: number): Region {
    const { width, height } = this.node.getBoundingClientRect(), side = SQUARE * Math.min(width, height);
    return { left: x - side / width / 2, top: y - side / height / 2, width: side / width, height: side / height };
  }

  key(event: KeyboardEvent) {
    const moves: Record<string, [number, number]> = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    const grows: Record<string, number> = { "+": 1.2, "=": 1.2, "-": 1 / 1.2 };
    const { key } = event, now = this.region ?? this.around(0.5, 0.5);
    if (key === "Enter" || key === " ") this.choose(this.region ? null : now);
    else if (moves[key]) this.choose({ ...now, left: now.left + moves[key][0], top: now.top + moves[key][1] });
    else if (grows[key]) this.choose(grown(now, grows[key]));
    else return;
    event.preventDefault();
  }

  // Keeps a part within the picture and shows it; null is the whole picture again.
  choose(wanted: Region | null) {
    const width = wanted && within(Math.max(wanted.width, LEAST)), height = wanted && within(Math.max(wanted.height, LEAST));
    this.region = wanted && { left: within(wanted.left, 1 - width!), top: within(wanted.top, 1 - height!), width: width!, height: height! };
    this.frame.hidden = !this.region;
    this.node.setAttribute("aria-pressed", String(Boolean(this.region)));
    for (const [side, share] of Object.entries(this.region ?? {})) this.frame.style.setProperty(side, `${share * 100}%`);
    this.changed(Boolean(this.region));
  }
}

function dot({ left, top, width, height }: Region) {
  const node = el("span", { class: "dot" });
  node.style.setProperty("left", `${(left + width / 2) * 100}%`);
  node.style.setProperty("top", `${(top + height / 2) * 100}%`);
  return node;
}

const grown = ({ left, top, width, height }: Region, by: number): Region => (
  { left: left - width * (by - 1) / 2, top: top - height * (by - 1) / 2, width: width * by, height: height * by });
