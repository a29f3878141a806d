"""What closes a popup, and what only looks as if it did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rpa.browser.view import View
from rpa.elements.profile import Locator
from rpa.errors import UnknownOverlay
from tests.support.tiny_site import CLICKS, PROFILE, SHOP


@pytest.mark.parametrize(
    "button",
    [
        '<button id="ok" class="close" onclick="this.parentNode.remove()">同意退款</button>',
        '<button id="ok" onclick="this.parentNode.remove()">去看看</button>',
        '<button id="ok" aria-label="同意" onclick="this.parentNode.remove()">Got it</button>',
        '<button onclick="this.parentNode.remove()">确认<i class="x" id="ok" style="padding: 9px"></i></button>',
        '<i class="x" id="ok" style="padding: 9px" onclick="this.parentNode.remove()"></i>',
        '<button id="ok" onclick="this.parentNode.remove()">关闭3单</button>',
        '<a href="/refund?agree=1"><b id="ok" onclick="this.parentNode.parentNode.remove()">关闭</b></a>',
        '<form action="/refund"><button id="ok" onclick="this.parentNode.parentNode.remove()">关闭</button></form>',
    ],
)
def test_a_popup_is_closed_by_nothing_but_what_closes(hasty_view: View, button: str) -> None:
    """Whatever the profile says is its button: here each is found by the profile's locator."""
    popups = {"news": PROFILE.popups["chick"].model_copy(update={"container": ".popup", "close": Locator(css="#ok")})}
    hasty_view.shop_page = replace(hasty_view.shop_page, profile=PROFILE.model_copy(update={"popups": popups}))
    hasty_view.page.set_content(f'{SHOP}{CLICKS}<div class="popup">News {button}</div>')
    with pytest.raises(UnknownOverlay, match="was not closed"):
        hasty_view.clear()
    assert (hasty_view.page.evaluate("clicked"), hasty_view.guard.closed) == ([], [])


@pytest.mark.parametrize(
    "button",
    [
        '<a id="ok" href="javascript:;" onclick="this.parentNode.remove()">关闭 (3s)</a>',
        '<a id="ok" href="#" onclick="this.parentNode.remove()">×</a>',
        '<form><b id="ok" onclick="this.parentNode.parentNode.remove()">关闭（12秒）</b></form>',
    ],
)
def test_what_only_closes_a_popup_closes_it(view: View, button: str) -> None:
    popups = {"news": PROFILE.popups["chick"].model_copy(update={"container": ".popup", "close": Locator(css="#ok")})}
    view.shop_page = replace(view.shop_page, profile=PROFILE.model_copy(update={"popups": popups}))
    view.page.set_content(f'{SHOP}<div class="popup">News {button}</div>')
    view.clear()
    assert len(view.guard.closed) == 1
