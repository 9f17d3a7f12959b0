// Tells the shop which product a page is about and which card of a row was opened. Failing is no matter.

const about = document.querySelector("script[data-product-id]")?.dataset.productId;
if (about) tell({ kind: "view", product_id: about });

document.addEventListener("click", (event) => {
  const card = event.target.closest(".card[data-product] a")?.closest(".card");
  if (!card) return;
  const row = [...card.parentElement.children];
  tell({ kind: "click", product_id: card.dataset.product, position: Math.min(row.indexOf(card) + 1, 1000) });
});

function tell(seen) {
  const body = JSON.stringify({ source: "page", events: [seen] });
  fetch("/seen", { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body }).catch(() => {});
}
