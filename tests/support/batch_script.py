"""A clerk's script at the mock's 批量发货: makes files, uploads them, asks how each row ended."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook

from fixtures.mockshop.harness import MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript

UPLOAD = "/express_base/shop/orders/batch/upload"
HEAD = (["订单号", "快递公司", "快递单号"], ["order_sn", "shipping_name", "shipping_sn"])
NO_PARCEL_HEAD = (["订单号"], ["order_sn"])
Line = Sequence[object]


@dataclass(frozen=True, slots=True)
class BatchScript:
    """The page's requests, logged in."""

    pages: PageScript

    def upload(self, content: bytes, *, name: str = "parcels.csv", kind: int = 3) -> dict[str, Any]:
        """What the site answers to a file; kind 6: orders without a parcel."""
        return self.pages.post_file(UPLOAD, name, content, functionType=kind, overWrite=1)

    def task(self, task_id: str) -> dict[str, Any]:
        """How far a task has come."""
        task: dict[str, Any] = self.pages.post("/express_base/shop/orders/batch/progress", {"taskId": task_id})[
            "result"
        ]
        return task

    def ended(self, task_id: str) -> dict[str, Any]:
        """The task, once it is over."""
        while (task := self.task(task_id))["status"] < 2:
            pass
        return task

    def rows(self, task_id: str, **asked: Any) -> list[dict[str, Any]]:
        """The table of results; `asked` changes the page or the filter."""
        body = {"taskId": task_id, "pageNumber": 1, "pageSize": 100} | asked
        rows: list[dict[str, Any]] = self.pages.post("/express_base/shop/orders/batch/result", body)["result"]["list"]
        return rows

    def codes(self, lines: Sequence[Line], *, kind: int = 3) -> list[int]:
        """Upload these lines and read each row's result."""
        task_id = self.upload(file_of(lines), kind=kind)["result"]["taskId"]
        self.ended(task_id)
        return [row["shippingResultCode"] for row in self.rows(task_id)]

    def failures(self, task_id: str) -> list[list[str]]:
        """The file of failures, with its two header rows."""
        _, content = self.pages.fetch(f"/express_base/shop/orders/batch/failures?taskId={task_id}")
        sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
        return [[str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]


@contextmanager
def batch_script(mock: MockShop) -> Iterator[BatchScript]:
    """Logged in at this shop; its faults are cleared at the end."""
    yield BatchScript(logged_in(mock))
    mock.clear_faults()


def logged_in(mock: MockShop, user: str = "clerk-1") -> PageScript:
    """The pages of this shop, as this clerk has them."""
    pages = PageScript(mock.url)
    pages.log_in(user)
    return pages


def unshipped(mock: MockShop) -> list[str]:
    """Pending orders without marks, which nothing has shipped yet."""
    signs = ("audit", "after_sale", "virtual", "shipments")
    orders = mock.truth()["orders"].items()
    return [sn for sn, order in orders if order["status"] == "pending" and not any(order[sign] for sign in signs)]


def file_of(lines: Sequence[Line]) -> bytes:
    """A csv file as a spreadsheet program saves it."""
    return "\r\n".join(",".join(map(str, line)) for line in lines).encode("utf-8-sig")


def parcels(sns: Sequence[str], *, start: int = 1) -> list[Line]:
    """The filled-in template: each order with a number of its own."""
    return [*HEAD, *([sn, "圆通快递", f"YT{n:013d}"] for n, sn in enumerate(sns, start))]


def numbers(mock: MockShop, sn: str) -> list[str]:
    """The tracking numbers that were accepted for an order."""
    return [shipment["tracking_number"] for shipment in mock.order(sn)["shipments"]]
