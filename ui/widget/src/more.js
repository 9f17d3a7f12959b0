// What a conversation may do without for a while: the cart drawer and pictures. Fetched when one of them is first wanted.
import { drawCart } from "./cart.js";
import look from "./more.css";
import { Photo } from "./photo.js";

globalThis[Symbol.for("aisle.more")] = { Photo, drawCart, look };
