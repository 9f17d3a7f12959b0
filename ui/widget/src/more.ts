// What a conversation may do without for a while: the cart drawer and pictures. Fetched when one of them is first wanted.
import { drawCart } from "./cart.ts";
import look from "./more.css";
import { Photo } from "./photo.ts";

(globalThis as any)[Symbol.for("aisle.more")] = { Photo, drawCart, look };
