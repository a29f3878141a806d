"""The plain layout of the mock without a browser: its tables read by their headers, its forms posted as they stand."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from fixtures.mockshop.pinduoduo.page_script import PageScript

SHIP = "/express_base/shop/orders/shipping"
SAVE = "/pizza/order/noteTag/update"
CONFIRM = "/orders/confirm"
_PATIENCE_S = 120.0
_VOID = {"input", "br", "meta", "link"}


@dataclass(slots=True)
class Node:
    """One element, as far as the tests look at it."""

    tag: str
    attrs: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its text with single spaces."""
        return " ".join(self._texts().split())

    def _texts(self) -> str:
        return " ".join(child if isinstance(child, str) else child._texts() for child in self.children)

    def all(self, tag: str, **attrs: str) -> list[Node]:
        """The elements below it, in order; `cls`: one of its classes."""
        wanted = attrs.pop("cls", None)
        return [
            node
            for node in self._below()
            if node.tag == tag
            and attrs.items() <= node.attrs.items()
            and (wanted is None or wanted in node.attrs.get("class", "").split())
        ]

    def _below(self) -> list[Node]:
        nodes = [child for child in self.children if isinstance(child, Node)]
        return [one for node in nodes for one in (node, *node._below())]


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def parsed(html: str) -> Node:
    """The page as a tree."""
    tree = _Tree()
    tree.feed(html)
    tree.close()
    return tree.root


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """The page that came in the end."""

    url: str
    status: int
    html: str

    @property
    def tree(self) -> Node:
        """Its elements."""
        return parsed(self.html)

    @property
    def message(self) -> str:
        """What it says at its top."""
        return " ".join(node.text for node in self.tree.all("div", cls="o-message"))

    @property
    def orders(self) -> dict[str, dict[str, str]]:
        """The rows of the list by order number: column titles and texts."""
        table, *_ = self.tree.all("table", cls="o-list")
        titles = [node.text for node in table.all("th")]
        rows = [dict(zip(titles, (cell.text for cell in row.all("td")), strict=True)) for row in table.all("tr")[1:]]
        return {row["订单号"]: row for row in rows}

    @property
    def paging(self) -> str:
        """Where in the list it is."""
        (bar,) = self.tree.all("div", cls="o-pages")
        return bar.all("span")[0].text

    @property
    def facts(self) -> dict[str, str]:
        """What an order's page tells, by the titles of its rows."""
        (table,) = self.tree.all("table", cls="o-facts")
        return {row.all("th")[0].text: row.all("td")[0].text for row in table.all("tr")}

    def link(self, text: str) -> str:
        """The address of the link with this text."""
        return next(node.attrs["href"] for node in self.tree.all("a") if node.text.startswith(text))

    def fields(self, card: str) -> tuple[str, dict[str, str]]:
        """Where the form of this card leads, and its fields as they stand."""
        (section,) = self.tree.all("section", id=card)
        (form,) = section.all("form")
        inputs = [node for node in form.all("input") if node.attrs.get("type") != "radio" or "checked" in node.attrs]
        return form.attrs["action"], {node.attrs["name"]: node.attrs.get("value", "") for node in inputs}


class PlainPages(PageScript):
    """One browser's worth of cookies at a mock shop of the plain layout."""

    def get(self, path: str) -> Came:
        """A page, redirects followed; ConnectionError when it is cut."""
        return self._came(urllib.request.Request(self._url + path))

    def send(self, path: str, fields: dict[str, str]) -> Came:
        """A form, redirects followed."""
        return self._came(urllib.request.Request(self._url + path, urlencode(fields).encode()))

    def order(self, order_sn: str) -> Came:
        """An order's page."""
        return self.get(f"/orders/detail?sn={order_sn}")

    def filled(self, order_sn: str, card: str, **changes: str) -> tuple[str, dict[str, str]]:
        """The form of a card, filled in."""
        path, fields = self.order(order_sn).fields(card)
        return path, fields | changes

    def ships(self, order_sn: str, **changes: str) -> Came:
        """Ship by the form."""
        parcel = {"how": "express", "shippingId": "85", "trackingNumber": "YT1234567890123"}
        return self.send(*self.filled(order_sn, "ship", **(parcel | changes)))

    def remarks(self, order_sn: str, text: str, *, flag: str = "") -> Came:
        """Save a remark by the form."""
        return self.send(*self.filled(order_sn, "remark", remark=text, remarkTag=flag))

    def _came(self, request: urllib.request.Request) -> Came:
        try:
            with self._opener.open(request, timeout=_PATIENCE_S) as answer:
                return _read(answer)
        except urllib.error.HTTPError as error:
            with error:
                return _read(error)


def _read(answer: Any) -> Came:
    return Came(url=answer.geturl(), status=answer.status, html=answer.read().decode())
