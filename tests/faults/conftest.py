"""A small shop for each test, drawn in one of two layouts: by the name of the test, or with `--long` in both.

Marked `each_platform`, a test runs on 抖店, too; marked so with `long=True`, with `--long` only.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.support.promises", "tests.support.led_shop", "tests.support.errands")

from tests.support.small_shop import (  # noqa: E402 - its asserts are to tell what they compared
    DOUYIN,
    LAYOUTS,
    SmallShop,
    drawn_as,
    small_shop,
)

FORCED = "RPA_TEST_LAYOUT"
"""This one layout for every test that may have it, for the work on it."""
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    both = bool(config.getoption("--long")) and FORCED not in os.environ
    left_out = [item for item in items if HERE in item.path.parents and not _is_drawn(item, both=both)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _is_drawn(item: pytest.Item, *, both: bool) -> bool:
    """Whether this layout is the one of the test: that of its mark `one_layout`, the one forced, or by its name."""
    layout = item.callspec.params["layout"]  # type: ignore[attr-defined]
    marked = item.get_closest_marker("one_layout")
    if marked is not None:
        assert marked.kwargs["reason"], item.nodeid
        return bool(layout == marked.args[0] and os.environ.get(FORCED, layout) == layout)
    if layout == DOUYIN:
        told = item.get_closest_marker("each_platform")
        wanted = told is not None and (both or FORCED in os.environ or not told.kwargs.get("long"))
        return wanted and os.environ.get(FORCED, layout) == layout
    if both:
        return True
    name = re.sub(rf"(?<=[\[-])({'|'.join((*LAYOUTS, DOUYIN))})(?=[\]-])", "", item.nodeid)
    drawn = LAYOUTS[zlib.crc32(name.encode()) % len(LAYOUTS)]
    return bool(layout == os.environ.get(FORCED, drawn))


@pytest.fixture(autouse=True, params=(*LAYOUTS, DOUYIN))
def layout(request: pytest.FixtureRequest) -> Iterator[str]:
    """How the pages of its shops are drawn."""
    with drawn_as(request.param):
        yield request.param


@pytest.fixture
def shop(layout: str, tmp_path: Path) -> Iterator[SmallShop]:
    """Two orders without logistics, then two with parcels, then one under audit and one in after-sale; logged in."""
    with small_shop(tmp_path / "owner", parcels=2, virtual=2) as opened:
        yield opened
