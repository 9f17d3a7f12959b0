// Where the shop's assistant lives: the origin these scripts came from, and whether the page is somebody else's.
export const base = new URL(import.meta.url).origin;
export const embedded = base !== location.origin;
export const at = (path: string) => `${base}${path}`;
