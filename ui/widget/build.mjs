// Builds dist/ from src/: `npm ci && npm run build`, or `make widget`. Same sources and lock, same bytes.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const SRC = new URL("src/", import.meta.url), LANG = new URL("lang/", import.meta.url), DIST = new URL("dist/", import.meta.url);
const LIMITS = { "widget.js": 1536, "panel.js": 12288 };
// Names that only our own objects carry, and only within one part: they may be short on the wire.
const OWN = /^(cartButton|openMenu|openCart|showCart|loadCart|cartEvent|setBusy|checkCard|rejoined|redraw|following|examples|isOpen|further|recount|suggest|announce|compose|blocks|hints|rest|counter|welcome|waiting|chosen|grow|tray|relater|ended|lost|queue|started|atEnd|closed)$/;
const manifest = {};

const common = {
  absWorkingDir: SRC.pathname, bundle: true, minify: true, write: false, charset: "utf8", legalComments: "none", target: "es2022", loader: { ".css": "text" },
  // Style sheets go into scripts as text, minified first: a page's own style-src then has nothing to allow.
  plugins: [{
    name: "sheets",
    setup({ onLoad }) {
      onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const [sheet] = (await build({ entryPoints: [path], bundle: true, minify: true, write: false, charset: "utf8", target: "chrome123" })).outputFiles;
        return { contents: sheet.text.trim(), loader: "text" };
      });
    },
  }],
};

// Writes a file under a name that changes with its content, and notes what a browser may check it by.
function put(name, bytes) {
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const kept = name.replace(/(\.[a-z]+)$/, `-${digest}$1`);
  const small = gzipSync(bytes, { level: 9 }).length;
  writeFileSync(new URL(kept, DIST), bytes);
  manifest[name] = { file: kept, integrity: `sha384-${createHash("sha384").update(bytes).digest("base64")}`, bytes: bytes.length, gzip_bytes: small };
  console.log(`${name.padEnd(12)} ${String(small).padStart(6)} bytes gzipped${LIMITS[name] ? ` of ${LIMITS[name]}` : ""}`);
  if (small > LIMITS[name] && !process.env.LARGE) throw new Error(`${name} is larger than ${LIMITS[name]} bytes gzipped`);
  return manifest[name];
}

async function bundled(entry, options) {
  const { outputFiles } = await build({ ...common, entryPoints: [entry], ...options });
  return Buffer.from(outputFiles[0].contents);
}

mkdirSync(DIST, { recursive: true });
for (const name of readdirSync(DIST)) rmSync(new URL(name, DIST));
// What fetches a part has its name and digest built in.
const named = (name, { file, integrity }) => ({ [name]: JSON.stringify(file), [`${name}_INTEGRITY`]: JSON.stringify(integrity) });
put("confirm.js", await bundled("confirm.ts", { format: "esm" }));
for (const name of ["card.css", "confirm.css"]) put(name, await bundled(name, { plugins: [], loader: {} }));
// A language is a table of the frame's words; each has them all, or the build fails.
const tables = readdirSync(LANG).sort().map((file) => [file.replace(".json", ""), JSON.parse(readFileSync(new URL(file, LANG), "utf8"))]);
const said = readdirSync(SRC).filter((name) => name.endsWith(".ts") && name !== "words.ts").map((name) => readFileSync(new URL(name, SRC), "utf8")).join("\n");
for (const [language, table] of tables) {
  if (Object.keys(table).join() !== Object.keys(tables[0][1]).join()) throw new Error(`lang/${language}.json has other words than lang/${tables[0][0]}.json`);
}
const idle = Object.keys(tables[0][1]).filter((text) => text !== "language" && !said.includes(JSON.stringify(text)));
if (idle.length) throw new Error(`nobody says: ${idle.join("; ")}`);
const languages = Object.fromEntries(tables.map(([language, table]) => {
  const part = put(`words-${language}.js`, Buffer.from(`globalThis[Symbol.for("aisle.words")]=${JSON.stringify(table)};`));
  return [language, [part.file, part.integrity]];
}));
const parts = Object.fromEntries(await Promise.all(["records", "card", "framed", "more"].map(async (name) => [name, await bundled(`${name}.ts`, { format: "esm" })])));
const told = Object.entries(parts).map(([name, bytes]) => named(name.toUpperCase(), put(`${name}.js`, bytes)));
const define = Object.assign({ LANGUAGES: JSON.stringify(languages) }, ...told);
const panel = put("panel.js", await bundled("panel.ts", { format: "esm", mangleProps: OWN, define }));
put("widget.js", await bundled("widget.ts", { format: "iife", define: named("PANEL", panel) }));
writeFileSync(new URL("mark.svg", DIST), readFileSync(new URL("mark.svg", SRC)));
writeFileSync(new URL("manifest.json", DIST), `${JSON.stringify(manifest, null, 2)}\n`);
