"""Goods of the mock as its pages' script has them: an article is read, changed and saved as a whole."""

from __future__ import annotations

from typing import Any

from fixtures.mockshop.pinduoduo.goods import DETAIL, SAVE
from fixtures.mockshop.pinduoduo.page_script import PageScript

CARDS, TOP_UP, OTHER = "688880020039", "688880020015", "688880020053"
"""Virtual goods of the mock: with cards of its own, with an account to be charged, and with neither."""


def read(script: PageScript, goods_id: str) -> dict[str, Any]:
    """Everything that the edit page shows of an article."""
    told: dict[str, Any] = script.post(DETAIL, {"goods_id": goods_id})["result"]
    return told


def save(script: PageScript, goods_id: str, **changed: Any) -> dict[str, Any]:
    """Save the article as its page shows it but for these fields; gives the envelope."""
    return script.post(SAVE, read(script, goods_id) | changed)
