"""What the books show of a change of an order: frozen views, handles instead of card and address data."""

from datetime import datetime

from pydantic import Field

from policies.order_change import ChangeKind
from shop.views import LineView, OrderView, QuoteState, TotalName, View


class ChangeTotalView(View):
    """One line of how a change's sum comes about; the last is signed: negative goes back, positive is to be paid."""

    name: TotalName
    label: str
    amount: int


class ChangeView(View):
    """Summary of a prepared change. Carries neither challenge nor digest: those belong to the trusted surface."""

    quote_id: str
    order_id: str
    kind: ChangeKind
    state: QuoteState
    currency: str
    lines: tuple[LineView, ...]
    totals: tuple[ChangeTotalView, ...]
    difference: int
    ship_to: str
    instrument: str
    issued_at: datetime
    expires_at: datetime
    change_id: str | None = None
    progress: str | None = Field(default=None, description="State of the approved change.")
    text: str = Field(default="", description="May be shown as it is; empty where the order's own state says it.")


class ChangeOutcome(View):
    """Where an approved change stands; `text` may be shown as it is, `order` is the order as it is now."""

    change_id: str
    quote_id: str
    kind: ChangeKind
    progress: str
    text: str
    order: OrderView

    @property
    def settled(self) -> bool:
        """Whether the worker has nothing more to do before somebody else acts."""
        return self.progress in ("done", "failed", "awaiting_goods", "stuck")
