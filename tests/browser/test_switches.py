"""A browser of ours is a quiet one, and no less one of Playwright's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psutil
import pytest

from rpa.browser.session import launched

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as machine:
        machine.setenv("LC_ALL", "zh_CN.GBK")  # no UTF-8, and hardly there
        with launched() as started:
            yield started


def test_what_playwright_switches_off_stays_off(browser: Browser) -> None:
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    [main] = [each["id"] for each in processes if each["type"] == "browser"]
    lists = [
        set(word.partition("=")[2].split(","))
        for word in psutil.Process(main).cmdline()
        if word.startswith("--disable-features=")
    ]
    assert len(lists) == 2, "Playwright's own, and ours after it"
    assert lists[0] < lists[1], "a browser heeds the last one alone"


def test_a_window_loads_no_page_but_its_own(browser: Browser) -> None:
    """The suggestions below the address bar would cost as much processor time as the start of the browser itself."""
    with browser.new_context() as context:
        context.new_page().goto("about:blank")
        targets = browser.new_browser_cdp_session().send("Target.getTargets", {"filter": [{}]})["targetInfos"]
    assert {each["url"] for each in targets} == {"about:blank"}


def test_a_chinese_name_of_a_download_is_kept_whatever_the_machines_locale(browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content('<a href="data:,1" download="审核结果.xlsx">Here</a>')
        with page.expect_download() as begun:
            page.click("a")
        assert begun.value.suggested_filename == "审核结果.xlsx"
