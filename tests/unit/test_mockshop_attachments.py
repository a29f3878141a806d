"""Attachments of the mock's notices: what comes, until when, for whom, and what faults make of it."""

from __future__ import annotations

import hashlib
import io
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from fixtures.mockshop.harness import MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript
from tests.support.batch_script import logged_in

HOUR = 3600
LIST = "/newjersy/api/innerMessage/queryMsgListForMerchant"


@pytest.fixture(scope="module")
def mock() -> Iterator[MockShop]:
    """A shop whose clock nobody moves."""
    with MockShop(orders=60, user=["clerk-1", "clerk-2"], no_mail_right="clerk-2") as shop:
        yield shop


@pytest.fixture
def script(mock: MockShop) -> PageScript:
    mock.mail_right("clerk-1", "all")
    return logged_in(mock)


def listed(script: PageScript) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = script.post(LIST, {"pageNum": 1, "size": 100, "contentType": -1})["result"][
        "msgList"
    ]
    return messages


def test_an_attachment_comes_as_the_truth_has_it_until_it_expires(fresh: MockShop) -> None:
    script = logged_in(fresh)
    name = '..\\明细 "1"\r\n.xlsx'
    put = fresh.notice("订单审核结果通知", text="一\n二 <b>", attachments=[(name, b"x" * 100_000)])
    [message] = [each for each in listed(script) if each["messageId"] == put["notice_id"]]
    assert message["content"] == "<p>一</p><p>二 &lt;b&gt;</p>"
    [attached] = message["attachmentList"]
    named, content = script.fetch(attached["fileUrl"])
    assert named.startswith("attachment; filename*=UTF-8''..%5C%E6%98%8E")
    assert (attached["fileName"], attached["expired"]) == (name, False)
    [told] = next(each for each in fresh.notices() if each["notice_id"] == put["notice_id"])["attachments"]
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (told["sha256"], told["size_bytes"])
    assert (told["name"], told["downloads"]) == (name, 1)
    fresh.advance(7 * 24 * HOUR)
    [message] = [each for each in listed(script) if each["messageId"] == put["notice_id"]]
    assert [(each["expired"], each["fileUrl"]) for each in message["attachmentList"]] == [(True, "")]
    named, page = script.fetch(attached["fileUrl"])
    assert "附件已过期" in page.decode()
    assert named == "None"


def test_every_notice_says_in_its_files_what_the_truth_says_of_it(fresh: MockShop) -> None:
    script = logged_in(fresh)
    orders = fresh.truth()["orders"].items()
    free = [sn for sn, order in orders if order["status"] == "pending" and not order["audit"]]
    for number, order_sn in enumerate(free[:12]):
        fresh.audit(order_sn, end_in_s=(2 + number) * HOUR, result="closed" if number % 3 else "ship")
    fresh.advance(20 * HOUR)
    told = {notice["notice_id"]: notice["orders"] for notice in fresh.notices() if notice["orders"]}
    for message in listed(script):
        for order_sn in told.get(message["messageId"], {}):
            files = [script.fetch(each["fileUrl"])[1] for each in message["attachmentList"]]
            assert order_sn in "".join(map(_text, files))


def _text(content: bytes) -> str:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "".join(_text(archive.read(name)) for name in archive.namelist())
    encoding = "utf-16-le" if content.startswith(b"\xd0\xcf") else "gb18030"
    return content.decode(encoding, errors="ignore") + content[1:].decode(encoding, errors="ignore")


def test_files_are_for_those_who_are_logged_in(mock: MockShop, script: PageScript) -> None:
    url = next(each for each in listed(script) if each["attachmentList"])["attachmentList"][0]["fileUrl"]
    _, content = PageScript(mock.url).fetch(url)
    assert b"<title>\xe7\x99\xbb\xe5\xbd\x95" in content


@pytest.mark.parametrize(
    ("fault", "args", "length"),
    [
        ("truncated-download", {"mode": "short"}, 500),
        ("empty-download", {}, 0),
        ("slow-download", {"s": 0.02}, 1000),
    ],
)
def test_a_download_comes_as_the_fault_says(
    mock: MockShop, script: PageScript, fault: str, args: dict[str, Any], length: int
) -> None:
    url = _put(mock, script)
    mock.fault(fault, **args)
    named, content = script.fetch(url)
    assert content == b"x" * length
    assert named.startswith("attachment")


def test_a_cut_download_names_the_whole_length_and_ends_early(mock: MockShop, script: PageScript) -> None:
    url = _put(mock, script)
    mock.fault("truncated-download")
    with pytest.raises((ConnectionError, urllib.error.URLError)) as cut:
        script.fetch(url)
    assert "reset" in str(cut.value).lower()
    assert script.fetch(url)[1] == b"x" * 1000


@pytest.mark.parametrize(("shown", "begins"), [("file", "attachment"), ("page", "None")])
def test_a_page_may_come_instead_of_the_file(mock: MockShop, script: PageScript, shown: str, begins: str) -> None:
    url = _put(mock, script)
    mock.fault("error-download", shown=shown)
    named, content = script.fetch(url)
    assert content.startswith(b"<!doctype html>")
    assert named.partition(";")[0] == begins


def _put(mock: MockShop, script: PageScript) -> str:
    mock.notice("订单审核结果通知", attachments=[("a.csv", b"x" * 1000)])
    return str(listed(script)[0]["attachmentList"][0]["fileUrl"])
