"""Page and data of a notice are compared; what they disagree on is told, and another notice is never taken for ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flows.notices.api import Notice, NoticeKind
from flows.notices.web import files_of, notices_of, refuse_another
from flows.notices.words import NoticeWords
from rpa.elements.registry import load_profile
from rpa.elements.values import UNREADABLE
from rpa.errors import InDoubt, PageChanged

SENT = datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
ROW = {"notice_id": "111111111111", "title": "订单禁止发货通知", "category": "5", "sent_at": SENT}
ANSWER = {**ROW, "sent_at": SENT + timedelta(milliseconds=250), "unread": "yes", "files": ("a.xlsx",)}
NOTICE = Notice(notice_id="111111111111", title="订单禁止发货通知", category="5", sent_at=SENT, unread=True)
TOLD = {
    "notice_id": NOTICE.notice_id,
    "title": NOTICE.title,
    "files": ("a.xlsx", "b.csv"),
    "states": ("there", "expired"),
}
SHOWN = [{"name": "a.xlsx", "state": "there"}, {"name": "b.csv", "state": "expired"}]


def test_what_page_and_data_agree_on_is_a_notice_without_doubt() -> None:
    [notice] = notices_of([ROW], [ANSWER])
    assert (notice.notice_id, notice.title, notice.category) == ("111111111111", "订单禁止发货通知", "5")
    assert notice.doubt is None
    assert notice.unread
    assert notice.files == 1


@pytest.mark.parametrize(
    "differing", [{"title": "订单审核结果通知"}, {"category": "1"}, {"sent_at": SENT + timedelta(hours=1)}]
)
def test_a_difference_between_page_and_data_is_the_doubt_of_that_notice(differing: dict[str, Any]) -> None:
    [notice] = notices_of([{**ROW, **differing}], [ANSWER])
    assert notice.doubt
    assert next(iter(differing)) in notice.doubt


@pytest.mark.parametrize(
    ("shown", "told", "kind"),
    [
        ("订单禁止发货通知", "活动通知", NoticeKind.PROHIBITION),
        ("活动通知", "订单禁止发货通知", NoticeKind.PROHIBITION),
        (UNREADABLE, "订单禁止发货通知", NoticeKind.PROHIBITION),
        (UNREADABLE, UNREADABLE, NoticeKind.WATCHED),
    ],
)
def test_a_notice_is_as_grave_as_the_graver_of_its_titles(shown: object, told: object, kind: NoticeKind) -> None:
    [notice] = notices_of([{**ROW, "title": shown}], [{**ANSWER, "title": told}])
    assert load_profile("pinduoduo").section(NoticeWords).kind_of(notice.title) is kind


def test_a_notice_that_only_one_source_has_is_kept_with_a_doubt() -> None:
    only_data, only_page = notices_of([{**ROW, "notice_id": "222222222222"}], [ANSWER])
    assert (only_data.notice_id, only_page.notice_id) == ("111111111111", "222222222222")
    assert only_data.doubt
    assert only_page.doubt
    assert only_page.files is None


@pytest.mark.parametrize("unreadable", [{"notice_id": UNREADABLE}, {"sent_at": UNREADABLE}])
def test_a_notice_without_id_or_time_stops_the_reading(unreadable: dict[str, Any]) -> None:
    with pytest.raises(PageChanged):
        list(notices_of([], [{**ANSWER, **unreadable}]))


def test_without_attachments_the_list_says_that_there_are_none() -> None:
    [notice] = notices_of([ROW], [{**ANSWER, "files": ""}])
    assert notice.files == 0


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ({}, {"notice_id": "222222222222"}),
        ({}, {"title": "别的通知"}),
        ({"title": "别的通知"}, {}),
        ({"sent_at": SENT + timedelta(hours=1)}, {}),
        ({"sent_at": UNREADABLE}, {}),
    ],
)
def test_the_page_of_another_notice_is_refused(shown: dict[str, Any], told: dict[str, Any]) -> None:
    refuse_another(NOTICE, shown=ROW, told=ANSWER)
    with pytest.raises(InDoubt):
        refuse_another(NOTICE, shown={**ROW, **shown}, told={**ANSWER, **told})


def test_attachments_stand_in_the_order_of_the_page_with_their_state() -> None:
    files = list(files_of(NOTICE, shown=SHOWN, told=TOLD))
    assert [(file.number, file.name, file.expired) for file in files] == [(1, "a.xlsx", False), (2, "b.csv", True)]


def test_names_that_differ_in_control_characters_and_spaces_alone_are_the_same() -> None:
    told = {**TOLD, "files": ("a\u202e .xlsx", "b.csv\r")}
    assert [file.name for file in files_of(NOTICE, shown=SHOWN, told=told)] == ["a.xlsx", "b.csv"]


@pytest.mark.parametrize(
    "shown",
    [
        SHOWN[:1],
        SHOWN[::-1],
        [SHOWN[0], {"name": "b.csv", "state": "there"}],
        [SHOWN[0], {"name": "b.csv", "state": UNREADABLE}],
    ],
)
def test_other_attachments_on_the_page_than_in_the_data_are_refused(shown: list[dict[str, Any]]) -> None:
    with pytest.raises(InDoubt):
        list(files_of(NOTICE, shown=shown, told=TOLD))
