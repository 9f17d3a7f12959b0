// The frame's own words: English stands in the sources, another language comes as a table of its own and is fetched only where it is wanted.
import type de from "../lang/de.json";

export type Words = keyof typeof de;
const TABLE = Symbol.for("aisle.words");
const table = (): Partial<Record<string, string>> => (globalThis as any)[TABLE] ?? {};

export const t = (text: Words, values: Record<string, unknown> = {}) => (table()[text] ?? text).replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

// The language the frame speaks, as numbers and dates are to be written in it.
export const tongue = () => table().language ?? "en-US";
