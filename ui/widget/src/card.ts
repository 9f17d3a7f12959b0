// The order card as a part of its own: the widget fetches it on the shop's own pages, and those may use it by themselves.
import look from "./card.css";
import { PurchaseCard as Card } from "./purchase.ts";

export { begin } from "./api.ts";
export { Card as PurchaseCard };

(globalThis as any)[Symbol.for("aisle.card")] = { Card, look };
