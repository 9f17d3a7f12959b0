// The cart as the shop has it now; a card that a later one has replaced says only what changed then.
import { useEffect, useState } from "react";

const CartCard = window.aisle.once("CartCard", () => {
  const { money, options, ours, cart } = window.aisle;

  // The conversation's cart, kept with every other card of it.
  function useCart(sessionId, version) {
    const [, redraw] = useState(0);
    const [trouble, setTrouble] = useState("");
    const kept = cart.of(sessionId);
    useEffect(() => {
      const listener = () => redraw((count) => count + 1);
      kept.listeners.add(listener);
      kept.newest = Math.max(kept.newest, version);
      cart.read(sessionId).catch((error) => setTrouble(error.message));
      return () => kept.listeners.delete(listener);
    }, [sessionId, version]);
    const attempt = (work) => { setTrouble(""); work().catch((error) => setTrouble(error.message)); };
    return { kept, trouble, attempt };
  }

  function Line({ line, set }) {
    const picture = ours(line.image_url), name = [line.title, options(line.options)].filter(Boolean).join(", ");
    return (
      <li>
        {picture ? <img src={picture} alt="" loading="lazy" /> : <span className="blank" />}
        <div className="what">
          <b><bdi>{line.title}</bdi></b>
          <small>{options(line.options)}</small>
          {line.note ? <small className="low">{line.note}</small> : null}
          <span className="step-by" role="group" aria-label={`How many: ${name}`}>
            <button type="button" aria-label={`One less of ${name}`} onClick={() => set(line.quantity - 1)}>−</button>
            <output>{line.quantity}</output>
            <button type="button" aria-label={`One more of ${name}`} onClick={() => set(line.quantity + 1)}>+</button>
          </span>
        </div>
        <div className="end">
          <span className="price">{money(line.total)}</span>
          <button type="button" className="link" aria-label={`Remove ${name}`} onClick={() => set(0)}>Remove</button>
        </div>
      </li>
    );
  }

  return function CartCard({ session_id, version, changed, say }) {
    const { kept, trouble, attempt } = useCart(session_id, version);
    const now = kept.cart;
    if (kept.newest > version) return <p className="aisle a-note">{changed ? `Cart: ${changed}.` : "The cart, as it was then."}</p>;
    if (!now) return <section className="aisle a-box" aria-label="Your cart"><p role="status">{trouble || "Getting your cart"}</p></section>;
    const set = (line) => (quantity) => attempt(() => cart.set(session_id, [{ line_id: line.line_id, quantity }]));
    return (
      <section className="aisle a-box" aria-label="Your cart">
        <div className="head">
          <h2>Your cart</h2>
          {now.undo ? <button type="button" onClick={() => attempt(() => cart.undo(session_id))}>Undo</button> : null}
        </div>
        {trouble ? <p className="alert" role="alert">{trouble}</p> : null}
        {now.lines.length ? <ul className="lines">{now.lines.map((line) => <Line key={line.line_id} line={line} set={set(line)} />)}</ul> : <p className="a-note">The cart is empty.</p>}
        {now.lines.length ? (
          <>
            <dl className="sums">
              {now.totals.map((line) => [<dt key={`${line.name}-t`} className={line.name}>{line.label}</dt>, <dd key={line.name} className={line.name}>{money(line.amount)}</dd>])}
            </dl>
            <div className="press">
              <button type="button" className="go" onClick={() => say("I'd like to buy what is in my cart")}>Get my order card</button>
            </div>
            <small>Nothing is ordered until you press the button on that card.</small>
          </>
        ) : null}
      </section>
    );
  };
});

export default <CartCard {...props} say={sendUserMessage} />;
