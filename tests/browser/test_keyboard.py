"""Typing into a field of a page that takes the focus away meanwhile: no key is pressed on anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rpa.browser.view import View
from rpa.errors import PageChanged
from tests.support.tiny_site import CLICKS, SHOP

if TYPE_CHECKING:
    from rpa.browser.scope import Scope

DIALOG = """<div class="dialog"><b class="sn">A-1</b><input value="old"><button class="confirm" id="confirm">Confirm
    </button></div><input id="other">"""


def drawn(view: View, *, on: str, take_focus_to: str, once: bool = True) -> Scope:
    """A dialog that moves the focus when something happens in its field."""
    script = f"""<script>document.querySelector(".dialog input").addEventListener("{on}",
        () => document.querySelector("{take_focus_to}").focus(), {{once: {str(once).lower()}}})</script>"""
    view.page.set_content(SHOP + CLICKS + DIALOG + script)
    return view.dialog("ship", "A-1")


def read(view: View) -> tuple[str, str, bool]:
    """What the two fields read, and whether 'confirm' was clicked."""
    inside, other = view.page.evaluate("['.dialog input', '#other'].map(css => document.querySelector(css).value)")
    return inside, other, "confirm" in view.page.evaluate("clicked")


@pytest.mark.parametrize("text", ["SF", "顺丰速运"])
@pytest.mark.parametrize("thief", ["#confirm", "#other"])
def test_keys_reach_the_field_and_nothing_else_though_the_focus_is_taken(view: View, text: str, thief: str) -> None:
    drawn(view, on="input", take_focus_to=thief).type_and_enter("ship.note", text)
    assert read(view) == (text, "", False)


def test_a_field_that_never_keeps_the_focus_is_refused(view: View) -> None:
    dialog = drawn(view, on="input", take_focus_to="#confirm", once=False)
    with pytest.raises(PageChanged, match=r"focus from ship\.note"):
        dialog.type_and_enter("ship.note", "SF")
    assert read(view)[1:] == ("", False)


def test_enter_that_moves_the_focus_on_presses_nothing_there(view: View) -> None:
    drawn(view, on="change", take_focus_to="#confirm").type_and_enter("ship.note", "SF")
    assert read(view) == ("SF", "", False)


def test_afterwards_other_fields_take_keys_again(view: View) -> None:
    drawn(view, on="blur", take_focus_to="#other").type_and_enter("ship.note", "SF")
    view.page.locator("#other").press_sequentially("7")
    assert read(view) == ("SF", "7", False)
