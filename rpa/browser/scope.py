"""Scopes: a row or a dialog, the only place where its elements are looked for; it must name the right key."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rpa.browser.area import Area
from rpa.browser.evidence import Part
from rpa.browser.lists import described
from rpa.browser.playwright_errors import looked
from rpa.browser.resolve import script
from rpa.elements.roles import refuse_undeclared
from rpa.elements.values import page_values
from rpa.errors import InDoubt, PageChanged, TryAgain

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from rpa.browser.guard import Guard
    from rpa.browser.shop_page import ShopPage
    from rpa.elements.fields import FieldSpec

_KEY = "(key)"
_EACH = "(nodes, told) => ({read})(nodes, JSON.parse(told))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What a row or dialog showed at one moment."""

    values: Mapping[str, Any]
    part: Part
    """Where it stands, for a picture."""


class Scope(Area):
    """One row or dialog of the page: only in it are its elements looked for."""

    def __init__(
        self,
        shop_page: ShopPage,
        *,
        guard: Guard,
        root: Locator,
        name: str,
        key: str,
        fields: Mapping[str, FieldSpec],
        key_field: FieldSpec | None,
        rows: str | None = None,
    ) -> None:
        """`key_field` is the one that must read `key`; None for a dialog that names nothing.

        `rows`: what the first element of the block is, where it has several (`ListSpec.continued`).
        """
        super().__init__(shop_page, guard=guard, part=root, about=key)
        self.root = root
        self.name = name
        self.key = key
        self._key_names = (_KEY,) if key_field else ()
        self._rows = rows
        self._fields = {**fields, _KEY: key_field} if key_field else dict(fields)
        self._described = described(self._fields, profile=shop_page.profile)

    def read(self, *, drawn: Sequence[str] = ()) -> Block:
        """Its fields now. The page is given time to draw it: what it names, and the fields `drawn`.

        Raises InDoubt when it names another key than wanted, is there several times, or not any more.
        """
        there: list[dict[str, Any]] = []
        for _ in self.moments():
            there = self._look()
            if len(there) > 1 or (there and all(_has(there[0]["values"][name]) for name in (*self._key_names, *drawn))):
                break
        if len(there) != 1:
            raise InDoubt(f"{self.name} is there {len(there)} times; nothing was clicked.", reason="row_mismatch")
        values = page_values(there[0]["values"], self._fields, zone=ZoneInfo(self.profile.timezone))
        shown = values.pop(_KEY, "")
        if shown != self.key:
            raise InDoubt(f"{self.name} shows {shown!r}, not {self.key}; nothing was clicked.", reason="row_mismatch")
        return Block(values=values, part=Part.of(there[0]))

    def _look(self) -> list[dict[str, Any]]:
        """What each visible block shows that this may be, all in one look."""
        told = {"fields": self._described, "masks": list(self.profile.evidence.mask), "rows": self._rows}
        argument = json.dumps(told)
        read = _EACH.format(read=script("read_fields", "read_blocks"))
        doing = f"reading {self.name}"
        texts = looked(self.page, lambda: self.root.evaluate_all(read, argument), doing=doing)
        blocks = [json.loads(text) for text in texts]
        for block in blocks:
            self.border.check_origin(block["origin"])
        return blocks

    def click(self, name: str) -> None:
        """Click an element of it; before a destructive one, it must name its key still.

        Raises InDoubt when it does not, or when it has no such element, or several.
        """
        try:
            super().click(name)
        except (PageChanged, TryAgain) as error:
            if self.page.is_closed():
                raise
            raise InDoubt(f"{error} ({self.name} of {self.key})", reason="unreadable") from error

    def _refuse_another(self) -> None:
        if self._key_names:
            self.read()

    def commit(self, name: str) -> None:
        """Do what cannot be undone: click an element that the guard must allow.

        Raises ConfigError for one that code does not name in the `commits` of its `Uses`.
        """
        refuse_undeclared(self.profile.element(name))
        self.click(name)


def _has(value: Any) -> bool:
    """Whether a field has been drawn, by what was read of it."""
    return value not in (None, "", [])
