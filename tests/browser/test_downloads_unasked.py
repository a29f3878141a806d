"""Files that the site sends without measure, or without being asked."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import pytest
from loguru import logger

from rpa.browser.view import View
from tests.support.download_site import ORDERS, attach, clicking, pour, refusal, trickle
from tests.support.tiny_site import LONG_S, TinySite

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("link", ["Here", "In a tab"])
def test_a_file_that_announces_no_length_is_cut_off_while_it_comes(
    shop: View, site: TinySite, into: Path, link: str
) -> None:
    ended, sent = threading.Event(), list[int]()
    site.files["/file"] = partial(pour, ended=ended, sent=sent)
    assert refusal(shop, link, into=into, most_bytes=1 << 20).reason == "too_large"
    assert ended.wait(LONG_S), "the download went on"
    assert sum(sent) < 1 << 30


def test_a_file_is_not_taken_when_the_disk_is_full(
    shop: View, site: TinySite, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()
    site.files["/file"] = partial(trickle, ended=ended)
    monkeypatch.setattr("rpa.files.FULL_GB", 1e9)
    assert "no room" in str(refusal(shop, "Here", into=into))
    assert ended.wait(LONG_S), "the download went on"


@pytest.mark.parametrize("link", ["Here", "In a tab"])
def test_a_file_that_nobody_asked_for_is_refused_and_told(shop: View, site: TinySite, into: Path, link: str) -> None:
    ended, sent, said = threading.Event(), list[int](), list[str]()
    sink = logger.add(said.append, level="WARNING")
    site.files["/file"] = partial(pour, ended=ended, sent=sent)
    with shop.page.context.expect_event("download"):
        clicking(shop, link)()
    while not ended.is_set():
        shop.page.wait_for_load_state()
    logger.remove(sink)
    assert sum(sent) < 1 << 30
    assert any("(orders.csv" in line for line in said), said
    site.files["/file"] = attach
    assert shop.downloaded(clicking(shop, "Here"), into=into).read_bytes() == ORDERS


def test_of_two_files_at_once_the_first_is_taken_and_the_other_is_refused(
    shop: View, site: TinySite, into: Path
) -> None:
    ended, sent = threading.Event(), list[int]()
    site.files |= {"/file": partial(attach, content=bytes(1000)), "/other": partial(pour, ended=ended, sent=sent)}

    def both() -> None:
        with shop.page.context.expect_event("download"):
            clicking(shop, "Here")()
        with shop.page.context.expect_event("request"):
            clicking(shop, "Other")()

    assert shop.downloaded(both, into=into).stat().st_size == 1000
    site.files["/file"] = attach
    assert shop.downloaded(clicking(shop, "Here"), into=into).read_bytes() == ORDERS
    assert ended.wait(LONG_S), "the download went on"
    assert sum(sent) < 1 << 30
