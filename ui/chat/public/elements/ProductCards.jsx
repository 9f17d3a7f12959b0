// A showing of products, or a board with what lies on it. Chainlit compiles this file at every change on the page; `once` keeps the component the same.
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

  // What is chosen of a thing on a board and noted at it comes before what the shop says of it.
  const told = (board, item) => [board?.options[item.product_id], board?.notes[item.product_id], item.why].filter(Boolean).join(" · ");

  function Head({ board }) {
    const page = board.board_id && safe(board.url), link = board.link && safe(board.link);
    return (
      <div className="a-head">
        <h2><bdi>{page ? <a href={page} target="_blank" rel="noopener">{board.name}</a> : board.name}</bdi></h2>
        {board.total ? <small>{money(board.total)}{board.budget ? ` of ${money(board.budget)}` : ""}</small> : null}
        {link ? <small><a href={link} target="_blank" rel="noopener">Link to share</a></small> : null}
      </div>
    );
  }

  // A piece of a set that is only proposed can be swapped; anything else can be added.
  function Act({ item, proposed, say }) {
    if (proposed) return <button type="button" aria-label={`Swap ${item.title}`} onClick={() => say(`Swap the ${item.product_type}`)}>Swap</button>;
    return (
      <button type="button" disabled={item.availability === "out_of_stock"} aria-label={`Add ${item.title} to the cart`}
        onClick={() => say(`Add the ${item.title} to my cart`)}>Add</button>
    );
  }

  function Card({ item, place, say, board, row }) {
    const [stock, tone] = STOCK[item.availability] || [item.availability, ""];
    const sizes = item.sizes.length > 1 ? `${item.sizes.length} sizes` : item.sizes[0];
    const picture = ours(item.image_url), page = safe(item.url);
    const pressed = ({ target }) => { if (row && target.closest("a, button")) window.aisle.clicked(row.session_id, item.product_id, place, row.slate); };
    return (
      <article className={`a-item${tone === "out" ? " out" : ""}`} aria-label={item.title} onClick={pressed}>
        <span className="n" aria-label={`number ${place}`}>{place}</span>
        {picture ? <img src={picture} alt="" loading="lazy" /> : <div className="band">{item.product_type}</div>}
        <div className="body">
          <small className="kind">{item.brand}</small>
          <h2><bdi>{page ? <a href={page} target="_blank" rel="noopener">{item.title}</a> : item.title}</bdi></h2>
          <small className="facts">
            <span className={tone}>{stock}</span>
            {sizes ? ` · ${sizes}` : ""}{item.rating ? ` · ${item.rating.toFixed(1)} of 5` : ""}
          </small>
          {told(board, item) ? <small className="why">{told(board, item)}</small> : null}
          <div className="foot">
            <Price item={item} />
            <Act item={item} proposed={board && !board.board_id} say={say} />
          </div>
        </div>
      </article>
    );
  }

  function next(items, board) {
    if (board && items.length) return board.board_id ? [`Put everything on my ${board.name} board in the cart`] : ["Save it as a board"];
    return items.length > 1 ? ["Compare the first two", "Anything cheaper?", "Only in stock"] : items.length ? ["Tell me more about it", "What goes with it?"] : [];
  }

  return function ProductCards({ items, blocked_by, board, row, say }) {
    const near = items.length ? [] : (blocked_by || []).flatMap((block) => block.nearest).slice(0, 3);
    const chips = next(items, board);
    return (
      <div className="aisle">
        {board ? <Head board={board} /> : null}
        {board && !items.length ? <p className="a-note">Nothing on it yet.</p> : null}
        {board?.gone ? <p className="a-note">No longer sold: {board.gone}</p> : null}
        {near.length ? <p className="a-note">Nearest:</p> : null}
        <div className="a-row">
          {(items.length ? items : near).map((item, at) => <Card key={item.product_id} item={item} place={at + 1} say={say} board={board} row={items.length ? row : null} />)}
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
