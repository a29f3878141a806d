"""What a picture shows, and what it must not show."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from rpa.browser.evidence import Evidence, Part
from rpa.browser.resolve import script
from rpa.browser.session import WINDOW
from rpa.clock import Clock
from rpa.errors import TryAgain

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BUYER = ".buyer"
_PAGE = """<body style="margin:0;height:5000px;background:white">
<div id="top" style="position:absolute;top:850px;left:40px;width:400px;height:120px;background:red">{buyer}</div>
<div id="far" style="position:absolute;top:3000px;left:40px;width:400px;height:120px;background:lime">{buyer}</div>"""
_BUYER = (
    '<i class="buyer" style="position:absolute;left:100px;top:20px;width:150px;height:40px;background:blue;color:blue">'
    '王** <b style="background:blue;visibility:visible">杭州市</b></i>'
)
_DIALOG = '<div style="position:fixed;top:860px;left:100px;width:80px;height:30px;background:yellow"></div>'
_MASK = (slice(30, 50), slice(110, 240))
"""Where the buyer stands, less the edge, where a JPEG's colours run."""
_NEAR = 24
"""How far a colour may be off in a JPEG."""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_page(viewport=WINDOW)
    opened.set_content(_PAGE.replace("{buyer}", _BUYER))
    yield opened
    opened.close()


def part(page: Page, css: str) -> Part:
    [read] = page.locator(css).evaluate_all(script("read_fields", "read_blocks"), {"fields": {}, "masks": [BUYER]})
    return Part.of(json.loads(read))


def pixels(path: Path) -> np.ndarray[tuple[int, int, int], np.dtype[np.int16]]:
    with Image.open(path) as picture:
        assert picture.format == "JPEG"
        return np.asarray(picture.convert("RGB"), dtype=np.int16)


def is_near(shown: np.ndarray[tuple[int, ...], np.dtype[np.int16]], colour: tuple[int, int, int]) -> float:
    """Which share of the pixels has this colour."""
    return float((np.abs(shown - colour).max(axis=-1) < _NEAR).mean())


@pytest.mark.parametrize("scrolled_to", [0, 2000, 4000])
def test_rows_are_shown_wherever_they_stand_and_buyers_are_not(page: Page, tmp_path: Path, scrolled_to: int) -> None:
    """One row is cut by the window's edge or outside of it, the other far down the page."""
    page.evaluate("y => scrollTo(0, y)", scrolled_to)
    parts = {"top": part(page, "#top"), "far": part(page, "#far")}
    taken = Evidence(folder=tmp_path, clock=Clock()).pictures(page, moment="after", parts=parts)
    for subject, colour in (("top", (255, 0, 0)), ("far", (0, 255, 0))):
        shown = pixels(taken[subject])
        assert shown.shape == (120, 400, 3)
        assert is_near(shown[_MASK], (120, 120, 120)) == 1.0
        assert is_near(shown[80:, :], colour) > 0.99
        assert is_near(shown[:, 270:], colour) > 0.99
        assert is_near(shown, (0, 0, 255)) == 0.0
    assert page.evaluate("scrollY") == scrolled_to


def test_a_refusal_shows_the_whole_window_without_the_buyer(page: Page, tmp_path: Path) -> None:
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", _DIALOG)
    taken = Evidence(folder=tmp_path, clock=Clock(), masks=(BUYER,)).refusal(page, "under_audit", subject="260310-1")
    assert taken is not None
    assert taken.parent == tmp_path / "260310-1"
    shown = pixels(taken)
    assert shown.shape == (WINDOW["height"], WINDOW["width"], 3)
    assert is_near(shown[856:895, 310:430], (255, 0, 0)) > 0.99
    assert is_near(shown[875:895, 190:280], (120, 120, 120)) > 0.99
    assert is_near(shown[864:886, 104:176], (255, 255, 0)) > 0.99, "what lies above a mask is hidden by it"
    assert is_near(shown, (0, 0, 255)) == 0.0


def test_a_refusal_shows_no_password_field(page: Page, tmp_path: Path) -> None:
    field = "position:fixed;top:300px;left:300px;width:200px;height:40px;border:0;background:blue;color:red"
    html = f'<input type="password" value="demo-pass-1" style="{field}">'
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", html)
    taken = Evidence(folder=tmp_path, clock=Clock()).refusal(page, "login_needed")
    assert taken is not None
    assert is_near(pixels(taken)[305:335, 305:495], (120, 120, 120)) == 1.0


def test_a_window_that_goes_before_its_picture_is_taken_is_told_as_gone(page: Page, tmp_path: Path) -> None:
    top = part(page, "#top")
    page.close()
    with pytest.raises(TryAgain, match="picture"):
        Evidence(folder=tmp_path, clock=Clock()).pictures(page, moment="after", parts={"A-1": top})


def test_only_the_owner_may_look_at_pictures(page: Page, tmp_path: Path) -> None:
    evidence = Evidence(folder=tmp_path / "demo", clock=Clock())
    taken = evidence.pictures(page, moment="before", parts={"260310-1": part(page, "#top")})["260310-1"]
    refused = evidence.refusal(page, "under_audit")
    assert refused is not None
    for path in (taken, refused):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_page_refused_at_every_run_leaves_its_first_and_its_newest_pictures(page: Page, tmp_path: Path) -> None:
    for number in range(130):
        older = tmp_path / "_page" / f"20200310-091500-{number:03d}-page_changed.jpg"
        older.parent.mkdir(exist_ok=True)
        older.touch()
    other = tmp_path / "_page" / "20200310-091500-000-kicked_out.jpg"
    other.touch()
    taken = Evidence(folder=tmp_path, clock=Clock()).refusal(page, "page_changed")
    left = sorted(path.name for path in (tmp_path / "_page").glob("*-page_changed.jpg"))
    assert taken is not None
    assert (len(left), left[0][16:19], left[1][16:19], left[-1]) == (100, "000", "032", taken.name)
    assert other.exists()


def test_a_picture_stays_small_however_much_it_shows(page: Page, tmp_path: Path) -> None:
    page.evaluate(
        """() => { const canvas = document.createElement('canvas');
        Object.assign(canvas, { id: 'noise', width: 1100, height: 600 });
        document.body.prepend(canvas); const pen = canvas.getContext('2d');
        for (let n = 0; n < 40000; n += 1) { pen.fillStyle = `hsl(${(n * 137) % 360} 80% ${n % 100}%)`;
          pen.fillRect((n * 7919) % 1100, (n * 104729) % 600, 6, 6); } }"""
    )
    taken = Evidence(folder=tmp_path, clock=Clock()).pictures(page, moment="before", parts={"1": part(page, "#noise")})
    assert pixels(taken["1"]).shape == (600, 1100, 3)
    first = tmp_path / "unbounded.jpg"
    with Image.open(taken["1"]) as picture:
        picture.save(first, quality=60)
    assert taken["1"].stat().st_size < first.stat().st_size
