"""What a flow says of itself."""

from __future__ import annotations

from collections.abc import Iterator

from flows.orders.report import ORDER_REPORT
from rpa.flow import Flow, Row
from rpa.language import Text
from rpa.plugins import flows
from rpa.run import Run


def _lists_some(_run: Run) -> Iterator[Row]:
    yield {"order_sn": "1", "outcome": "done", "reason": "listed"}


def test_a_flow_that_does_not_say_so_ends_nothing_that_others_left_open() -> None:
    """Else a list of the orders that are due would silence the alarms of all others."""
    some = Flow(name="some", summary=Text(en="", zh=""), work=_lists_some, report=ORDER_REPORT)
    assert not some.looks_at_all(some.options())


def test_the_flows_that_account_for_everything_say_so() -> None:
    whole = {name for name, flow in flows().items() if flow.looks_at_all(flow.options())}
    assert whole == {"pending-orders", "ship", "ship-batch", "audit-notices", "export-orders", "shop-settings"}
