// The shopper's boards as tiles, each with the pictures of the first things on it. `once` keeps the component the same.
const BoardTiles = window.aisle.once("BoardTiles", () => {
  const { ours } = window.aisle;

  return function BoardTiles({ boards, say }) {
    return (
      <div className="aisle a-row">
        {boards.map(({ board_id, name, count, pictures }) => (
          <button key={board_id} type="button" className="a-tile" onClick={() => say(`Show my ${name} board`)}>
            <span>{pictures.map(ours).filter(Boolean).slice(0, 4).map((picture) => <img key={picture} src={picture} alt="" loading="lazy" />)}</span>
            <b><bdi>{name}</bdi></b> <small>{count === 1 ? "1 thing" : `${count} things`}</small>
          </button>
        ))}
      </div>
    );
  };
});

export default <BoardTiles {...props} say={sendUserMessage} />;
