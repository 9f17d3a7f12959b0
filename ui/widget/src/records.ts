// How records are drawn, fetched when there is one to draw.
import { drawn, suggestions } from "./draw.ts";

(globalThis as any)[Symbol.for("aisle.records")] = { drawn, suggestions };
