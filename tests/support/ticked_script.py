"""A clerk's script at the mock's 批量发货 of ticked orders: hands them in, asks how each of them ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fixtures.mockshop.douyin.page_script import PageScript
from fixtures.mockshop.harness import MockShop

SHIP, TASK = "/api/logistics/batchdelivery", "/api/logistics/deliverytask/detail"
_ENDED = 2


@dataclass(frozen=True, slots=True)
class TickedScript:
    """The page's requests, logged in."""

    pages: PageScript

    def listed(self, **asked: object) -> dict[str, dict[str, Any]]:
        """Orders of 发货中心 by number, 100 a page."""
        rows = self.pages.get("/api/logistics/deliverylist", **{"page": 0, "pageSize": 100} | asked)["data"]
        return {row["shop_order_id"]: row for row in rows}

    def ship(self, order_sns: Sequence[str], **changed: object) -> dict[str, Any]:
        """Hand these in, each with a number of its own; gives the envelope."""
        rows = [
            {"order_id": sn, "company_code": "yuantong", "logistics_code": f"YT{n:013d}"} | changed
            for n, sn in enumerate(order_sns, 1)
        ]
        return self.pages.post(SHIP, orders=rows)

    def task(self, task_id: str) -> dict[str, Any]:
        """The envelope of what is known of a task."""
        return self.pages.get(TASK, task_id=task_id)

    def ended(self, task_id: str) -> dict[str, Any]:
        """The task, once it is over."""
        while (told := self.task(task_id)["data"])["status"] < _ENDED:
            pass
        task: dict[str, Any] = told
        return task

    def refusals(self, order_sns: Sequence[str], **changed: object) -> dict[str, list[str]]:
        """Hand these in and read whom the task refused, by reason."""
        task = self.ended(self.ship(order_sns, **changed)["data"]["taskId"])
        return {group["reason"]: group["orderIdList"] for group in task["sendFailList"]}


def ticked_script(mock: MockShop, *, shop: str = "") -> TickedScript:
    """Logged in, in this shop of several."""
    pages = PageScript(mock.url)
    pages.log_in()
    if shop:
        pages.enter(shop)
    return TickedScript(pages)
