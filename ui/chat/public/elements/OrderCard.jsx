// The order card. It is handed a quote's id only: what it shows and what a press sends comes from the trusted surface,
// and a press goes there straight, never through the conversation. `once` keeps it the same while the page changes.
import { useEffect, useReducer, useRef, useState } from "react";

const OrderCard = window.aisle.once("OrderCard", () => {
  const { money, send, cart } = window.aisle;
  const ARM_MS = 600;
  const UNSURE = "The shop did not answer, so it isn't known yet whether your press arrived. Press again: it counts once.";
  const path = (quoteId, what) => `/v1/quotes/${encodeURIComponent(quoteId)}/${what}`;

  // What the card is: being fetched; open, with what it shows; or closed, with why.
  const next = (_, state) => state;
  const closed = (text, { retry = false, again = false } = {}) => ({ is: "closed", text, retry, again });

  function Rows({ kind, rows }) {
    return (
      <dl className={kind}>
        {rows.map(([name, value, row], at) => [
          <dt key={`t${at}`} className={row}><bdi>{name}</bdi></dt>, <dd key={`d${at}`} className={row}><bdi>{value}</bdi></dd>])}
      </dl>
    );
  }

  // What changed since the card was opened: old and new.
  function Changes({ text, differences = [], currency }) {
    const amount = (value) => money({ amount: value, currency });
    return (
      <div className="alert" role="alert">
        <p>{text}</p>
        {differences.filter((each) => each.kind === "price").map((each, at) => (
          <p key={at}><bdi>{each.title}</bdi>: <s>{amount(each.old)}</s> {amount(each.new)}</p>))}
      </div>
    );
  }

  function useLeft(until, over) {
    const [seconds, setSeconds] = useState(null);
    useEffect(() => {
      if (!until) return undefined;
      const tick = () => setSeconds(Math.max(0, Math.floor((Date.parse(until) - Date.now()) / 1000)));
      tick();
      const timer = setInterval(tick, 1000);
      return () => clearInterval(timer);
    }, [until]);
    useEffect(() => { if (seconds === 0) over(); }, [seconds]);
    return seconds === null ? "" : `valid ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  function Open({ state, press, decline, over }) {
    const { card } = state.rendered;
    const end = useRef(null);
    // A card that was drawn anew has grown: what can be pressed now is brought back into view, and not pressed at.
    useEffect(() => { if (state.changes) end.current.scrollIntoView({ block: "nearest" }); }, [state.changes]);
    const [armed, setArmed] = useState(false);
    const left = useLeft(card.valid_until.at, over);
    // A press right after the card appeared may have been meant for what stood there before.
    useEffect(() => {
      setArmed(false);
      const timer = setTimeout(() => setArmed(true), ARM_MS);
      return () => clearTimeout(timer);
    }, [state.rendered.challenge]);
    return (
      <>
        <div className="head"><h2>{card.headline}</h2><span>{left}</span></div>
        {state.changes ? <Changes {...state.changes} /> : null}
        <Rows kind="sums" rows={card.lines.map((line) => [`${line.title} × ${line.quantity}`, line.total_text, ""])} />
        <Rows kind="sums totals" rows={card.totals.map((line) => [line.label, line.text, line.name])} />
        <Rows kind="to" rows={[...card.facts, card.code].map((fact) => [fact.label, fact.text, ""])} />
        <ul className="terms">{card.notes.map((text) => <li key={text}>{text}</li>)}</ul>
        {state.said ? <p className="alert" role="alert">{state.said}</p> : null}
        <div className="press" ref={end}>
          <button type="button" disabled={state.busy} onClick={decline}>{card.not_now}</button>
          <button type="button" className="go" disabled={!armed || state.busy} onClick={press}>{card.button}</button>
        </div>
      </>
    );
  }

  return function OrderCard({ session_id, quote_id, say }) {
    const [state, become] = useReducer(next, { is: "fetching" });
    const quote = useRef(quote_id);
    // A prepared change of an order is pressed the same way; another one is asked for in words.
    const change = quote_id.startsWith("change_");
    const ask = (what, body) => send(session_id, "POST", path(quote.current, what), { body });

    // The old card is void; the shop drew the purchase up anew, and only that can be pressed now.
    const follow = (error) => {
      quote.current = error.body.quote_id;
      return open({ text: error.message, differences: error.body.differences, currency: error.body.currency });
    };
    async function open(changes = null) {
      try {
        become({ is: "open", rendered: (await ask("render")).data, changes, busy: false, said: "" });
      } catch (error) {
        if (error.code === "requote_required" && error.body.quote_id) return follow(error);
        if (error.body?.state === "confirmed") return become(closed("You approved this order card. What became of it stands below."));
        const silent = !error.status || error.status === 503;
        become(closed(error.message, { retry: silent, again: !change && error.status === 410 }));
      }
    }
    async function answer(what, body) {
      become({ ...state, busy: true, said: "" });
      try {
        return await ask(what, body);
      } catch (error) {
        if (error.code === "requote_required" && error.body.quote_id) await follow(error);
        // Nothing is known to have happened: the same press may be sent again, and counts once.
        else if (!error.status || error.status >= 500) become({ ...state, busy: false, said: error.status ? error.message : UNSURE });
        else become(closed(error.message, { again: !change && [402, 409, 410].includes(error.status) }));
        return undefined;
      }
    }
    async function press() {
      const { digest, challenge } = state.rendered;
      const told = await answer("approve", { digest, challenge });
      if (!told) return;
      // A change of an order says itself how far it is.
      become(closed(told.data.text || (told.data.order ? "You placed this order." : "Your press counts. The order is being placed.")));
      cart.read(session_id).catch(() => {});
      // Orders shown above read anew what the shop has of them now.
      dispatchEvent(new Event("aisle:orders"));
    }
    async function decline() {
      if (await answer("decline")) become(closed(state.rendered.card.aside || "You set this one aside; nothing was ordered.", { again: !change }));
    }
    const over = () => { if (!state.busy) become(closed(state.rendered.card.expired || "This order card has expired; nothing was ordered.", { again: !change })); };

    useEffect(() => { open(); }, [session_id, quote_id]);
    return (
      <section className={`aisle a-box a-order ${state.is}`} aria-label={state.rendered?.card.headline || "Check your order"}>
        {state.is === "fetching" ? <p role="status">Getting your order card</p> : null}
        {state.is === "open" ? <Open state={state} press={press} decline={decline} over={over} /> : null}
        {state.is === "closed" ? <p role="status">{state.text}</p> : null}
        {state.retry ? <button type="button" className="quiet" onClick={() => open()}>Try again</button> : null}
        {state.again ? <button type="button" className="quiet" onClick={() => say("I'd like to buy what is in my cart")}>Get a new card</button> : null}
      </section>
    );
  };
});

export default <OrderCard {...props} say={sendUserMessage} />;
