// Elements from data: whatever comes from the shop or the shopper goes in as text, never as markup.
import { base, embedded } from "./base.ts";
import type { Money } from "./types.ts";
import { tongue } from "./words.ts";

export type Child = Node | string | null | undefined | Child[];
type Props = Record<string, unknown>;

export function el<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value as EventListener);
    else if (name === "class") node.className = String(value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(9).filter((child): child is Node | string => child !== null && child !== undefined && child !== "").map(upright));
  return node;
}

// Text without the characters that turn what stands beside it around; anything else as it is.
export const upright = <Any>(text: Any): Any => (typeof text === "string" ? text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "") as Any : text);

export function icon(path: string) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(svg.namespaceURI!, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const button = (label: string, onclick: () => unknown, props: Props = {}) => el("button", { type: "button", class: "quiet", onclick, ...props }, label);

const EXPONENTS: Record<string, number> = { JPY: 0, KRW: 0, KWD: 3, BHD: 3 };

// Money as it is written in the frame's language, from integer minor units; whole amounts go without zeros.
export function money({ amount, currency }: Money) {
  const digits = EXPONENTS[currency] ?? 2;
  const least = amount % 10 ** digits === 0 ? 0 : digits;
  return new Intl.NumberFormat(tongue(), { style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: least, maximumFractionDigits: digits }).format(amount / 10 ** digits);
}

// A name for labels and messages: no characters that turn text around, and no more than fits.
export function plain(text: string, limit = 120) {
  const clean = upright(text).replace(/\p{Cc}/gu, " ");
  return clean.length > limit ? `${clean.slice(0, limit).trimEnd()}…` : clean;
}

const parsed = (address: string) => { try { return new URL(address, base); } catch { return null; } };
const own = (url: URL | null) => url && [base, location.origin].includes(url.origin) && url.protocol.startsWith("http");

// The address when a page may lead there: the assistant's or the page's own origin, or https; null for anything else.
export function safe(address: string) {
  const url = parsed(address);
  return url && (own(url) || url.protocol === "https:") ? url.href : null;
}

// The address of a picture that may be shown: ours only, or, on a page of another origin, also its shop's own by https.
export function ours(address: string) {
  const url = parsed(address);
  return url && (own(url) || (embedded && url.protocol === "https:")) ? url.href : null;
}
