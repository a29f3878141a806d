"""A trace tells what was seen and done, and nothing with which anybody could do it."""

from __future__ import annotations

import io
import json
import stat
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from rpa.browser.login import type_password
from rpa.browser.recording import Recording
from rpa.browser.redaction import scrubbed
from rpa.browser.session import shop_page
from rpa.credentials import Vault, key_from
from rpa.plugins import load_config
from rpa.runner.shop_session import premises_of, viewed
from tests.support.mock_shop import LOGIN, PASSWORD, ShopFolder

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from fixtures.mockshop.harness import MockShop
    from tests.support.tiny_site import TinySite

pytestmark = pytest.mark.slow

SECRETS = (
    "kept-cookie-1",
    "set-by-a-page-1",
    "typed-Pass-1",
    "seen-Pass-2",
    "in-an-address-1",
    "Bearer-value-1",
    "computed-1",
    "of-its-own-1",
    "from-the-storage-1",
    "answered-1",
    "allsmallletters",
)
_ASK = """async () => {
  document.cookie = 'PAGES=set-by-a-page-1; path=/';
  document.body.dataset.shown = 'set-by-a-page-1';
  document.cookie = 'WORD=allsmallletters; path=/';
  document.body.dataset.word = 'allsmallletters';
  await fetch('/orders?access_token=in-an-address-1', {
    method: 'POST', body: JSON.stringify({ word: 'typed-Pass-1' }),
    headers: { Authorization: 'Bearer-value-1', 'anti-content': 'computed-1', 'x-own': 'of-its-own-1' } });
}"""
_FORM = """<html><body><form><input id=word type=password><input id=other value="a tracking number"></form>
<script>const answer = {"accessToken": "answered-1"};</script></body></html>"""


def test_a_trace_has_no_cookie_password_or_token(site: TinySite, chromium: Browser, tmp_path: Path) -> None:
    site.pages["/orders"] = _FORM
    cookie = {"name": "KEPT", "value": "kept-cookie-1", "domain": "127.0.0.1", "path": "/", "expires": -1}
    storage = [{"origin": site.url, "localStorage": [{"name": "its", "value": "from-the-storage-1"}]}]
    kept = {**cookie, "httpOnly": True, "secure": False, "sameSite": "Lax"}
    state = json.dumps({"cookies": [kept], "origins": storage}).encode()
    with (
        shop_page(chromium, state=state, timezone="Asia/Shanghai", still=False) as page,
        Recording(trace=True).over(page, folder=tmp_path, secrets=["typed-Pass-1"]),
    ):
        page.goto(f"{site.url}/orders")
        page.locator("#word").fill("typed-Pass-1")
        page.evaluate(_ASK)
        page.evaluate("() => { document.querySelector('#word').value = 'seen-Pass-' + 2; }")
        page.locator("#other").fill("781234567890123")
        page.context.storage_state()
    path = tmp_path / "trace.zip"
    with zipfile.ZipFile(path) as trace:
        assert trace.testzip() is None
        entries = {name: trace.read(name) for name in trace.namelist()}
    found = [(name, word) for name, data in entries.items() for word in SECRETS if word.encode() in data]
    assert found == []
    events = [json.loads(line) for line in entries["trace.trace"].splitlines()]
    assert {"goto", "fill"} <= {str(event.get("method")) for event in events}
    assert b"781234567890123" in entries["trace.trace"]
    assert b"/orders" in entries["trace.network"]
    assert [each.name for each in tmp_path.iterdir()] == ["trace.zip"]
    assert sys.platform == "win32" or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_password_of_a_login_within_a_watched_run_is_shown_nowhere(
    mock_shop: MockShop, chromium: Browser, tmp_path: Path
) -> None:
    folder = ShopFolder(tmp_path / "owner", url=mock_shop.url)
    config = load_config(folder.path / "rpa.toml")
    vault = Vault(config.var / "secrets", key_from(folder.key))
    premises = premises_of(config.shop("demo"), config=config, vault=vault)
    pictures: list[bytes] = []
    with viewed(premises, chromium, state=None) as view:
        view.open_login()
        with view.page.screencast.show_actions(duration=400, position="top-right"):
            view.page.screencast.start(on_frame=lambda frame: pictures.append(frame["data"]))
            type_password(view, login=LOGIN, password=PASSWORD, mall_id="1")
            view.page.screencast.stop()
    assert pictures
    assert not any(map(has_a_label, pictures))


def has_a_label(picture: bytes) -> bool:
    """Whether its upper right corner has one of Playwright's grey labels, which say what is done with what."""
    with Image.open(io.BytesIO(picture)) as image:
        corner = image.convert("L").crop((image.width // 2, 0, image.width, 60))
        return sum(count for shade, count in enumerate(corner.histogram()) if abs(shade - 127) < 6) > 500


def test_what_a_page_says_cannot_make_it_take_for_ever(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "raw.zip", "w") as raw:
        raw.writestr("0.trace", json.dumps({"text": "\\" * 400_000}))
    began = time.process_time()
    scrubbed(tmp_path / "raw.zip", tmp_path / "trace.zip", secrets=["geheim"])
    assert time.process_time() - began < 5
