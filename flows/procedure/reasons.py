"""Reasons of a kind of action: its own words where it has some, else those of orders, which are about pages and shops."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from flows.orders.reasons import Coded, Reason

if TYPE_CHECKING:
    from rpa.language import Text


def reason_of(code: str, *, own: type[Coded]) -> Coded:
    """The reason of this code. Raises KeyError."""
    return next((reason for reason in own if reason.value == code), None) or Reason.of(code)


def words_of(own: type[Coded]) -> Mapping[str, Text]:
    """The sentence for each code, for tables and reports."""
    return MappingProxyType({reason.value: reason.text for reason in (*Reason, *own)})
