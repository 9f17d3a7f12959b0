// Two to four products side by side; what differs comes first. `once` keeps the component the same.
const ComparisonTable = window.aisle.once("ComparisonTable", () => {
  const { safe, ours } = window.aisle;

  return function ComparisonTable({ items, rows, say }) {
    return (
      <div className="aisle">
        <div className="a-table" tabIndex={0} role="region" aria-label="Comparison">
          <table>
            <thead>
              <tr>
                <td />
                {items.map((item) => {
                  const picture = ours(item.image_url), page = safe(item.url);
                  return (
                    <th key={item.product_id} scope="col">
                      {picture ? <img src={picture} alt="" loading="lazy" /> : null}
                      <bdi>{page ? <a href={page} target="_blank" rel="noopener">{item.title}</a> : item.title}</bdi>
                    </th>
                  );
                })}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.name} className={row.differs ? "" : "same"}>
                  <th scope="row">{row.name}</th>
                  {row.values.map((value, at) => <td key={at}>{value ?? "–"}</td>)}
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <td />
                {items.map((item) => (
                  <td key={item.product_id}>
                    <button type="button" disabled={item.availability === "out_of_stock"} aria-label={`Add ${item.title} to the cart`}
                      onClick={() => say(`Add the ${item.title} to my cart`)}>Add</button>
                  </td>
                ))}
              </tr>
            </tfoot>
          </table>
        </div>
      </div>
    );
  };
});

export default <ComparisonTable {...props} say={sendUserMessage} />;
