// What a cart comes to.
import type { Cart } from "./types.ts";

export const count = (cart: Cart | null) => (cart ? cart.lines.reduce((sum, line) => sum + line.quantity, 0) : 0);
