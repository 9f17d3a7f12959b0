"""The command line: `aisle`, also `python -m ui.cli`."""

import logging

import typer

from ui.commands import (
    audit,
    backup,
    bakeoff,
    cases,
    catalog,
    chat,
    cost,
    doctor,
    evaluate,
    evaluate_boards,
    evaluate_recommend,
    evaluate_retrieval,
    evaluate_routing,
    evaluate_speed,
    evaluate_stream,
    evaluate_understanding,
    evaluate_vision,
    events,
    migrate,
    models,
    orders,
    policy,
    retention,
    serve,
    train,
    train_ranker,
    train_recommend,
    train_vision,
    understand,
    widget,
)

app = typer.Typer(
    name="aisle",
    help="A self-hosted shopping assistant: finds, compares, fills a cart, and orders only what the shopper pressed.",
    epilog="Start with: aisle serve (then open http://127.0.0.1:8000), or aisle chat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(serve.serve)
app.command()(chat.chat)
app.add_typer(catalog.app, name="catalog")
app.add_typer(orders.app, name="orders")
app.add_typer(cases.app, name="cases")
app.add_typer(audit.app, name="audit")
app.add_typer(policy.app, name="policy")
app.add_typer(widget.app, name="widget")
app.command()(backup.backup)
app.command("restore")(backup.restore_home)
app.add_typer(retention.app, name="retention")
app.add_typer(events.app, name="events")
app.command()(doctor.doctor)
app.add_typer(models.app, name="models")
app.command()(cost.cost)
app.command()(bakeoff.bakeoff)
app.command()(migrate.migrate)
evaluate.app.command("boards")(evaluate_boards.boards)
evaluate.app.command("recommend")(evaluate_recommend.recommend)
evaluate.app.command("retrieval")(evaluate_retrieval.retrieval)
evaluate.app.command("routing")(evaluate_routing.routing)
evaluate.app.command("speed")(evaluate_speed.speed)
evaluate.app.command("stream")(evaluate_stream.stream)
evaluate.app.command("understanding")(evaluate_understanding.understanding)
evaluate.app.command("vision")(evaluate_vision.vision)
app.add_typer(evaluate.app, name="eval")
app.command()(understand.understand)
train.app.command("ranker")(train_ranker.ranker)
train.app.command("vision")(train_vision.vision)
train.app.command("recommend")(train_recommend.recommend)
app.add_typer(train.app, name="train")


def main() -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    app()


if __name__ == "__main__":
    main()
