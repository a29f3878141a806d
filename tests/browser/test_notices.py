"""Reading the mock's notices through its pages: the one that was wanted, and the file that was meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flows.notices.api import Notice
from flows.notices.web import WebNotices
from rpa.clock import Clock
from rpa.errors import InDoubt, Refused, RightMissing
from tests.support.clerk_by_hand import NO_SETTINGS, Clerk, viewed_by

pytestmark = pytest.mark.slow

TITLE = "订单禁止发货通知"


@pytest.fixture
def notices(clerk: Clerk, tmp_path: Path) -> Iterator[WebNotices]:
    with viewed_by(clerk, folder=tmp_path, clock=Clock()) as view:
        yield WebNotices(view, NO_SETTINGS)


def newest(notices: WebNotices) -> Notice:
    return next(notices.newest()).notices[0]


def downloads(clerk: Clerk, notice: Notice) -> list[int]:
    [sent] = [each for each in clerk.shop.notices() if each["notice_id"] == notice.notice_id]
    return [file["downloads"] for file in sent["attachments"]]


def test_files_of_one_name_are_told_apart_by_their_place(clerk: Clerk, notices: WebNotices, tmp_path: Path) -> None:
    contents = [b"first", b"second", b"third"]
    clerk.shop.notice(TITLE, text="见附件", attachments=[("a.csv", content) for content in contents])
    opened = notices.open(newest(notices))
    assert (opened.notice.title, opened.text) == (TITLE, "见附件")
    assert [(each.number, each.name, each.expired) for each in opened.attachments] == [
        (number, "a.csv", False) for number in (1, 2, 3)
    ]
    for attachment, content in zip(reversed(opened.attachments), reversed(contents), strict=True):
        into = tmp_path / str(attachment.number)
        into.mkdir()
        assert notices.download(attachment, into=into).read_bytes() == content


def test_the_file_of_another_notice_is_not_downloaded(clerk: Clerk, notices: WebNotices, tmp_path: Path) -> None:
    clerk.shop.notice(TITLE, attachments=[("a.csv", b"of the first")])
    [wanted] = notices.open(newest(notices)).attachments
    clerk.shop.notice(TITLE, attachments=[("b.csv", b"of the second")])
    other = newest(notices)
    notices.open(other)
    with pytest.raises(InDoubt):
        notices.download(wanted, into=tmp_path)
    assert downloads(clerk, other) == [0]


def test_the_page_of_another_notice_than_wanted_is_refused(clerk: Clerk, notices: WebNotices) -> None:
    clerk.shop.notice(TITLE)
    notice = newest(notices)
    assert notice.files == 0
    with pytest.raises(InDoubt):
        notices.open(replace(notice, title="订单审核结果通知"))


def test_an_expired_file_is_refused_as_such(clerk: Clerk, notices: WebNotices, tmp_path: Path) -> None:
    clerk.shop.notice(TITLE, sent_at="2026-03-01T08:00:00+08:00", attachments=[("a.csv", b"old")])
    pages = (each for page in notices.newest() for each in page.notices)
    old = next(each for each in pages if each.sent_at.isoformat() == "2026-03-01T08:00:00+08:00")
    [attachment] = notices.open(old).attachments
    with pytest.raises(Refused) as refused:
        notices.download(attachment, into=tmp_path)
    assert refused.value.reason == "expired"
    assert downloads(clerk, old) == [0]


def test_the_account_is_the_one_that_the_page_names(notices: WebNotices) -> None:
    assert notices.account() == "clerk-1"


def test_an_account_that_loses_the_right_meanwhile_is_told_so(clerk: Clerk, notices: WebNotices) -> None:
    notice = newest(notices)
    clerk.shop.mail_right("clerk-1", "none")
    try:
        with pytest.raises(RightMissing):
            notices.open(notice)
        with pytest.raises(RightMissing):
            next(notices.newest())
    finally:
        clerk.shop.mail_right("clerk-1", "all")
