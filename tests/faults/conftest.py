"""A small shop for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.support.promises", "tests.support.led_shop", "tests.support.errands")

from tests.support.small_shop import SmallShop, small_shop  # noqa: E402 - its asserts are to tell what they compared


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[SmallShop]:
    """Two orders without logistics, then two with parcels, then one under audit and one in after-sale; logged in."""
    with small_shop(tmp_path / "owner", parcels=2, virtual=2) as opened:
        yield opened
