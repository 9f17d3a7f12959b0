// What the page around says: its language and what it is about.
import { spoken } from "./api.ts";
import { embedded } from "./base.ts";
import type { Host, Page } from "./types.ts";

// Has the frame speak the language of the tag or else of the page; English where it has no words in it.
export async function speak(host: Host) {
  const wanted = host.tag.dataset.lang || host.closest<HTMLElement>("[lang]")?.lang;
  if (!wanted) return;
  // On the shop's own pages its policy says what binding words are written in, unless the tag does.
  if (embedded || host.tag.dataset.lang) spoken.locale = wanted.slice(0, 35);
  const language = wanted.toLowerCase().split("-")[0];
  const found = LANGUAGES[language];
  if (found || language === "en") Object.assign(host, { lang: found ? wanted : "en", dir: language === "ar" ? "rtl" : "ltr" });
  // Without its words the frame speaks English.
  if (found) await host.fetched(...found, "aisle.words").catch(() => {});
}

// What "this" is on the page, as hints for the server to look up.
export function pageOf({ context, tag: { dataset } }: Host): Page | undefined {
  const { product_id = dataset.productId, variant_id = dataset.variantId, search = dataset.search } = context ?? {};
  const page = Object.entries({ product_id, variant_id, search }).filter(([, hint]) => hint).map(([name, hint]) => [name, String(hint).slice(0, name === "search" ? 200 : 100)]);
  return page.length ? Object.fromEntries(page) : undefined;
}
