// A showing of products. Chainlit compiles this file at every change on the page; `once` keeps the component the same.
const ProductCards = window.aisle.once("ProductCards", () => {
  const { money, safe, ours } = window.aisle;
  const STOCK = { in_stock: ["in stock", ""], low_stock: ["only a few left", "low"], out_of_stock: ["out of stock", "out"] };

  function Price({ item }) {
    const reduced = item.list_price && item.list_price.amount > item.price.amount;
    const ranges = item.price_to && item.price_to.amount > item.price.amount;
    return (
      <span className="price">
        {ranges ? `${money(item.price)} – ${money(item.price_to)}` : money(item.price)}
        {reduced ? <s aria-label={`was ${money(item.list_price)}`}>{money(item.list_price)}</s> : null}
      </span>
    );
  }

  function Card({ item, place, say }) {
    const [stock, tone] = STOCK[item.availability] || [item.availability, ""];
    const sizes = item.sizes.length > 1 ? `${item.sizes.length} sizes` : item.sizes[0];
    const picture = ours(item.image_url), page = safe(item.url);
    return (
      <article className={`a-item${tone === "out" ? " out" : ""}`} aria-label={item.title}>
        <span className="n" aria-label={`number ${place}`}>{place}</span>
        {picture ? <img src={picture} alt="" loading="lazy" /> : <div className="band">{item.product_type}</div>}
        <div className="body">
          <small className="kind">{item.brand}</small>
          <h2><bdi>{page ? <a href={page} target="_blank" rel="noopener">{item.title}</a> : item.title}</bdi></h2>
          <small className="facts">
            <span className={tone}>{stock}</span>
            {sizes ? ` · ${sizes}` : ""}{item.rating ? ` · ${item.rating.toFixed(1)} of 5` : ""}
          </small>
          {item.why ? <small className="why">{item.why}</small> : null}
          <div className="foot">
            <Price item={item} />
            <button type="button" disabled={item.availability === "out_of_stock"} aria-label={`Add ${item.title} to the cart`}
              onClick={() => say(`Add the ${item.title} to my cart`)}>Add</button>
          </div>
        </div>
      </article>
    );
  }

  return function ProductCards({ items, blocked_by, say }) {
    const near = items.length ? [] : (blocked_by || []).flatMap((block) => block.nearest).slice(0, 3);
    const chips = items.length > 1 ? ["Compare the first two", "Anything cheaper?", "Only in stock"] : items.length ? ["Tell me more about it", "What goes with it?"] : [];
    return (
      <div className="aisle">
        {near.length ? <p className="a-note">Nearest:</p> : null}
        <div className="a-row">
          {(items.length ? items : near).map((item, at) => <Card key={item.product_id} item={item} place={at + 1} say={say} />)}
        </div>
        {chips.length ? (
          <div className="a-chips" role="group" aria-label="You could say">
            {chips.map((text) => <button key={text} type="button" onClick={() => say(text)}>{text}</button>)}
          </div>
        ) : null}
      </div>
    );
  };
});

export default <ProductCards {...props} say={sendUserMessage} />;
