from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from rpa.browser.resolve import script

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FADING_IN = """<div id="outer" style="position: fixed; inset: 0">
  <div id="dialog" style="width: 400px; height: 400px; opacity: 0">Ship</div></div>"""


@pytest.mark.parametrize(("expected", "overlays"), [(["#dialog"], []), ([], ["Ship"])])
def test_a_dialog_that_is_expected_may_still_be_fading_in(
    chromium: Browser, expected: list[str], overlays: list[str]
) -> None:
    page = chromium.new_page()
    page.set_content(FADING_IN)
    asked = {"identity": {}, "candidates": ["#outer"], "popups": {}, "expected": expected, "known": []}
    seen = json.loads(page.evaluate(script("look_around"), asked))
    assert [overlay["text"] for overlay in seen["overlays"]] == overlays
    page.close()
