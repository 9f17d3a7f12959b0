// Takes a part of another page of ours into this one: what the server drew, without loading the rest again.

let running = null;

// Resolves to whether the part was exchanged; where it is not, the caller loads the page as usual.
export async function swap(address, selector) {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const old = document.querySelector(selector);
  old?.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
    const drawn = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = drawn.querySelector(selector);
    if (!response.ok || !old || !fresh) return false;
    const focused = mark(document.activeElement);
    old.replaceWith(document.adoptNode(fresh));
    if (drawn.title) document.title = drawn.title;
    focused?.(fresh);
    document.dispatchEvent(new CustomEvent("shop:drawn", { detail: { part: fresh } }));
    return true;
  } catch (error) {
    if (error.name === "AbortError") return true;
    return false;
  } finally {
    old?.removeAttribute("aria-busy");
  }
}

// Remembers what has the focus by its place among its kind, so that the keyboard does not start over.
function mark(element) {
  const part = element?.closest?.("[id]:not(input):not(a)");
  if (!element || element === document.body || !part) return null;
  const kind = element.tagName.toLowerCase();
  const name = (element.getAttribute("aria-label") || element.textContent).trim();
  const place = [...part.querySelectorAll(kind)].indexOf(element);
  return (fresh) => {
    const all = [...fresh.querySelectorAll(kind)];
    const same = all.filter((each) => (each.getAttribute("aria-label") || each.textContent).trim() === name);
    (same.find((each) => all.indexOf(each) === place) ?? same[0])?.focus({ preventScroll: true });
  };
}
