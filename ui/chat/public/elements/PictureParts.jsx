// The shopper's picture with a button over each thing in it. `once` keeps the component the same.
const PictureParts = window.aisle.once("PictureParts", () => {
  const { ours } = window.aisle;
  const percent = (share) => `${share * 100}%`;

  // What is said names a thing by kind where that tells it apart, else by its place.
  function words(things, at) {
    const { kind } = things[at];
    if (things.filter((each) => each.kind === kind).length === 1) return `Only the ${kind}`;
    return at === 0 ? "The one on the left" : at === things.length - 1 ? "The one on the right" : "The one in the middle";
  }

  return function PictureParts({ things, url, say }) {
    const picture = ours(url);
    if (!picture) return null;
    return (
      <div className="aisle">
        <div className="a-parts" role="group" aria-label="Things in your picture">
          <img src={picture} alt="" />
          {things.map(({ kind, left, top, width, height }, at) => (
            <button key={at} type="button" aria-label={words(things, at)} onClick={() => say(words(things, at))}
              style={{ left: percent(left), top: percent(top), width: percent(width), height: percent(height) }}>
              <span>{kind}</span>
            </button>
          ))}
        </div>
      </div>
    );
  };
});

export default <PictureParts {...props} say={sendUserMessage} />;
