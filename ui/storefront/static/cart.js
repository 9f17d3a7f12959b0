// Puts the card that waits for a press into the page of the cart or of an order. The card is the widget's own; it draws and presses itself.

let shown = null;

async function mount() {
  const place = document.querySelector("#order-card");
  const id = place?.dataset.quoteId;
  if (!id || shown?.quoteId === id && place.contains(shown.node)) return;
  const { PurchaseCard, begin } = await import(place.dataset.script);
  await begin();
  const card = new PurchaseCard(id, {
    settled: (told) => over(told),
    changed: () => {},
    again: () => location.assign(place.dataset.back),
  });
  shown?.stop?.();
  shown = card;
  place.replaceChildren(card.node);
  await card.open();
  place.focus({ preventScroll: true });
  card.node.scrollIntoView({ block: "nearest" });
}

function over(told) {
  document.dispatchEvent(new CustomEvent("aisle:cart", { detail: { source: "page" } }));
  if (told?.order) location.assign(`/orders/${encodeURIComponent(told.order.order_id)}`);
}

document.addEventListener("shop:drawn", mount);
mount();
