// Orders as the shop has them now; what was recorded then is shown until it has answered.
import { useEffect, useState } from "react";

const OrderList = window.aisle.once("OrderList", () => {
  const { money, options, send } = window.aisle;
  const PLACED = ["placed", "captured"];

  // What may be asked for now, as the shop says it, and what is said then: a card follows, and only its button changes anything.
  const CHANGES = {
    cancel: ["Cancel it", (id) => `Cancel my order ${id}`],
    return: ["Send it back", (id) => `I want to return my order ${id}`],
    address: ["Send it elsewhere", (id) => `Change the delivery address of my order ${id}`],
  };

  function Order({ told, sessionId, say }) {
    const [order, setOrder] = useState(told);
    useEffect(() => {
      let here = true;
      const read = () => send(sessionId, "GET", `/v1/orders/${encodeURIComponent(told.order_id)}`)
        .then(({ data }) => { if (here) setOrder(data); }).catch(() => {});
      read();
      addEventListener("aisle:orders", read);
      return () => { here = false; removeEventListener("aisle:orders", read); };
    }, [sessionId, told.order_id]);
    return (
      <section className="a-box" aria-label={`Order ${order.order_id}`}>
        <h2 className={PLACED.includes(order.state) ? "good" : ""}>{order.state_text}</h2>
        <p className="a-note">{[order.order_id, order.ship_to, order.delivery].filter(Boolean).join(" · ")}</p>
        <dl className="sums">
          {order.lines.map((line) => [
            <dt key={`${line.line_id}-t`}><bdi>{[line.title, options(line.options)].filter(Boolean).join(", ")}</bdi> × {line.quantity}</dt>,
            <dd key={line.line_id}>{money(line.total)}</dd>])}
          {order.totals.filter((line) => line.name !== "subtotal").map((line) => [
            <dt key={`${line.name}-t`} className={line.name}>{line.label}</dt>, <dd key={line.name} className={line.name}>{money(line.amount)}</dd>])}
        </dl>
        {order.can?.some((kind) => CHANGES[kind]) ? (
          <div className="a-chips" role="group" aria-label={`Change order ${order.order_id}`}>
            {order.can.filter((kind) => CHANGES[kind]).map((kind) => (
              <button key={kind} type="button" onClick={() => say(CHANGES[kind][1](order.order_id))}>{CHANGES[kind][0]}</button>))}
          </div>
        ) : null}
      </section>
    );
  }

  return function OrderList({ orders, session_id, say }) {
    if (!orders.length) return null;
    return <div className="aisle a-stack">{orders.map((order) => <Order key={order.order_id} told={order} sessionId={session_id} say={say} />)}</div>;
  };
});

export default <OrderList {...props} say={sendUserMessage} />;
