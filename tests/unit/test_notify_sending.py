"""One message to one address, by apprise, to a real server on this machine."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from rpa.address import leads_away
from rpa.errors import ConfigError
from rpa.notify import sending
from rpa.notify.addresses import as_apprise_spells_it, masked
from rpa.notify.sending import check_address, pieces, send, without_secrets
from tests.support.postbox import Postbox, postbox

TOKEN = "s3cr3tT0ken99"


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as opened:
        yield opened


def test_title_and_text_arrive_as_they_are(box: Postbox) -> None:
    assert send(box.url, title="[rpa] demo：未登录", body="第一行\nRun `rpa todo` & go", kind="critical") == ""
    (message,) = box.posted
    assert message["title"] == "[rpa] demo：未登录"
    assert message["message"] == "第一行\nRun `rpa todo` & go"
    assert message["type"] == "failure"


def test_words_of_others_call_nobody_and_are_no_markup_in_title_and_text(box: Postbox) -> None:
    words = '<at user_id="all">[退款](http://evil.com)</at>\u202e\x1b'
    assert send(box.url, title=f"{words}\nBcc: b", body=f"一\n{words}", kind="info") == ""
    (message,) = box.posted
    assert message["title"] == '＜at user_id="all"＞[退款] (http：//evil·com)＜/at＞\ufffd Bcc: b'
    assert message["message"] == '一\n＜at user_id="all"＞[退款] (http：//evil·com)＜/at＞\ufffd'


def test_no_redirect_to_another_host_is_followed(box: Postbox) -> None:
    with postbox() as theirs:
        box.status, box.goes_to = 307, f"http://localhost:{theirs.port}/hook"
        problem = send(box.url, title="t", body="b", kind="info")
        assert (problem, theirs.posted) == ("it sends to another address, localhost, which is not followed", [])
        box.goes_to = f"http://127.0.0.1:{theirs.port}/hook"
        assert (send(box.url, title="t", body="b", kind="info"), theirs.titles) == ("", ["t"])


@pytest.mark.parametrize(
    ("url", "to", "away"),
    [
        ("https://a.example/x", "https://a.example:444/y", False),
        ("http://a.example/x", "https://A.example/x", False),
        ("https://a.example/x", "http://a.example/x", True),
        ("https://a.example/x", "https://a.example.evil/x", True),
        ("https://a.example/x", "//b.example/x", True),
        ("https://a.example/x", "https://a.example@b.example/x", True),
        ("https://a.example/x", "https://[::/x", True),
    ],
)
def test_a_redirect_leads_away_by_its_host_or_out_of_the_encryption(url: str, to: str, *, away: bool) -> None:
    assert leads_away(url, to=to) is away


def test_a_server_that_refuses_is_a_problem_in_words(box: Postbox) -> None:
    box.status = 503
    assert "503" in send(box.url, title="t", body="b", kind="info")


def test_nobody_listening_is_a_problem_without_the_secret(
    box: Postbox, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with postbox() as gone:
        url = gone.url
    problem = send(url, title="t", body="b", kind="info")
    assert problem
    shown = "".join([problem, *capfd.readouterr(), caplog.text])
    assert "s3cr3t" not in shown


def test_a_server_that_never_answers_ends_in_time(box: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LONGEST_S", 0.3)
    box.speaks.clear()
    assert "no answer within" in send(box.url, title="t", body="b", kind="info")


def test_nothing_reaches_the_terminal(box: Postbox, capfd: pytest.CaptureFixture[str]) -> None:
    send(box.url, title="t", body="b", kind="info")
    box.status = 404
    send(box.url, title="t", body="b", kind="info")
    send("nonsense://x", title="t", body="b", kind="info")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("robot", "path", "answer"),
    [
        ("dingtalk", "send?access_token={token}", b'{"errcode": 310000, "errmsg": "keywords not in content"}'),
        ("wecombot", "send?key={key}", b'{"errcode": 93000, "errmsg": "no robot has s3cr3tT0ken99"}'),
        ("feishu", "hook/{token}", b'{"code": 19001, "msg": "param invalid"}'),
    ],
)
def test_a_robot_that_answers_200_and_a_code_has_refused(
    box: Postbox, monkeypatch: pytest.MonkeyPatch, robot: str, path: str, answer: bytes
) -> None:
    url = f"{robot}://{TOKEN}"
    monkeypatch.setattr(type(sending._server(url)), "notify_url", f"http://127.0.0.1:{box.port}/{path}")
    box.answer = answer
    problem = send(url, title="[rpa] t", body="b", kind="info")
    assert "the service refused it with code" in problem
    assert TOKEN not in problem
    box.answer = b'{"errcode": 0, "code": 0, "errmsg": "ok"}'
    assert send(url, title="[rpa] t", body="b", kind="info") == ""
    assert "b" in str(box.posted[-1])


def test_a_text_longer_than_the_service_takes_is_cut_between_lines_counted_in_bytes(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"wecombot://{TOKEN}"
    monkeypatch.setattr(type(sending._server(url)), "notify_url", f"http://127.0.0.1:{box.port}/send?key={{key}}")
    monkeypatch.setattr(sending, "BETWEEN_S", 0)
    lines = [f"店铺 {number}：待发货" for number in range(200)]
    assert send(url, title="[rpa] 日报", body="\n".join(lines), kind="info") == ""
    texts = [message["text"]["content"] for message in box.posted]
    assert all(len(text.encode()) <= 2048 for text in texts)
    assert [line for line in lines if not any(line in text.splitlines() for text in texts)] == []


def test_a_text_that_is_much_too_long_ends_with_a_sign_that_it_goes_on() -> None:
    cut = pieces("行\n" * 5000, most_bytes=1000)
    assert len(cut) == sending.PIECES
    assert cut[-1].endswith("…")
    assert all(len(piece.encode()) <= 1000 for piece in cut)
    assert pieces("", most_bytes=100) == [""]
    assert pieces("发" * 100, most_bytes=90) == ["发" * 30, "发" * 30, "发" * 30, "发" * 10]


def test_an_address_that_apprise_does_not_know_is_refused_and_not_shown() -> None:
    for url in (f"nonsense://{TOKEN}", TOKEN, f"https://example.invalid/{TOKEN}"):
        with pytest.raises(ConfigError) as caught:
            check_address(url)
        assert TOKEN not in str(caught.value)
        assert "dingtalk://TOKEN" in str(caught.value)


def test_addresses_as_robots_show_them_are_understood() -> None:
    for shown, spelt in (
        (f" https://oapi.dingtalk.com/robot/send?access_token={TOKEN}\n", f"dingtalk://{TOKEN}"),
        (f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}&sign=x", f"dingtalk://{TOKEN}"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/ab-12-cd", "feishu://ab-12-cd"),
    ):
        assert as_apprise_spells_it(shown) == spelt
        check_address(spelt)
    check_address(f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKEN}")
    check_address(f"mailtos://clerk:{TOKEN}@qq.com")


def test_no_part_of_an_address_is_left_in_what_is_said_of_it() -> None:
    url = "mailtos://clerk:pa%24sword9@smtp.example.com/?to=boss@example.com"
    said = without_secrets("login of clerk with pa$sword9 or pa%24sword9 at smtp.example.com failed", url=url)
    assert [part for part in ("sword9", "clerk", "example") if part in said] == []
    assert masked(url) == "mailtos://…"
    assert masked(TOKEN) == "…"
