from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rpa.errors import ConfigError, LoginNeeded, Stopped
from rpa.files import once_free
from rpa.pauses import Pauses, WriteRight

AT = datetime.fromisoformat("2026-07-01T09:30:00+08:00")


@pytest.fixture
def pauses(tmp_path: Path) -> Pauses:
    (tmp_path / "rpa.toml").touch()
    return Pauses(tmp_path, tmp_path / "var")


def paused_by(pauses: Pauses, shop: str = "demo") -> str:
    pause = pauses.of(shop)
    return pause.by if pause else ""


def test_a_pause_names_who_when_and_why_until_it_is_ended(pauses: Pauses) -> None:
    pauses.pause("demo", by="小王", reason="盘点", at=AT)
    pause = pauses.of("demo")
    assert pause is not None
    assert (pause.shop, pause.by, pause.reason, pause.since) == ("demo", "小王", "盘点", AT)
    assert "2026-07-01 09:30 by 小王: 盘点" in pause.in_words.en
    assert "rpa resume demo" in pause.way_out.zh
    assert pauses.of("north") is None
    assert [pauses.resume("demo"), pauses.resume("demo")] == [True, False]
    assert pauses.of("demo") is None


def test_a_pause_of_all_holds_for_each_shop_and_is_one_pause(pauses: Pauses) -> None:
    pauses.pause(None, by="boss", reason="", at=AT)
    pauses.pause("demo", by="me", reason="", at=AT)
    assert [(each.shop, each.by) for each in pauses.all()] == [(None, "boss"), ("demo", "me")]
    assert (paused_by(pauses), paused_by(pauses, "another")) == ("boss", "boss")
    assert pauses.resume(None)
    assert (paused_by(pauses), paused_by(pauses, "another")) == ("me", "")


def test_the_last_word_counts_when_a_pause_is_set_twice(pauses: Pauses) -> None:
    pauses.pause("demo", by="a", reason="one", at=AT)
    pauses.pause("demo", by="b", reason="two", at=AT + timedelta(hours=1))
    assert [(each.by, each.reason) for each in pauses.all()] == [("b", "two")]


@pytest.mark.parametrize("name", ["STOP", "stop", "Stop.txt", "STOP.txt.txt", "停止", "停止.TXT"])
def test_a_stop_file_beside_rpa_toml_pauses_every_shop_until_a_person_removes_it(
    pauses: Pauses, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.touch()
    pause = pauses.of("demo")
    assert pause is not None
    assert (pause.by, pause.stop_file) == ("a stop file", file)
    assert name in pause.in_words.zh
    assert str(file) in pause.way_out.en
    assert not pauses.resume(None)
    assert pauses.of("demo") is not None
    file.unlink()
    assert pauses.of("demo") is None


@pytest.mark.parametrize("name", ["STOPPED.txt", "STOP.csv", "nonstop.txt", "停止发货.txt", "rpa.STOP"])
def test_a_file_with_another_name_is_no_stop_file(pauses: Pauses, tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert pauses.of("demo") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"by": "a"}', b"\xff\xfe"])
def test_a_pause_that_cannot_be_read_is_a_pause(pauses: Pauses, tmp_path: Path, content: bytes) -> None:
    pauses.pause("demo", by="a", reason="", at=AT)
    (tmp_path / "var" / "pauses" / "demo.json").write_bytes(content)
    pause = pauses.of("demo")
    assert pause is not None
    assert "cannot be read" in pause.reason
    assert pauses.all() == [pause]
    assert pauses.resume("demo")


def test_where_the_folder_cannot_be_read_nothing_is_written(tmp_path: Path) -> None:
    pause = Pauses(tmp_path / "gone", tmp_path / "var").of("demo")
    assert pause is not None
    assert "nobody knows whether to stop" in pause.reason


def test_the_right_to_write_is_lost_to_a_pause_but_only_by_who_wants_to_write(pauses: Pauses) -> None:
    writes = WriteRight(pauses=pauses, shop="demo", wanted=True)
    reads = WriteRight(pauses=pauses, shop="demo", wanted=False)
    writes.check()
    writes.check_before()
    pauses.pause("demo", by="boss", reason="stocktaking", at=AT)
    reads.check()
    reads.check_before()
    with pytest.raises(Stopped, match="boss: stocktaking"):
        writes.check()
    with pytest.raises(ConfigError, match=r"`rpa resume demo` ends it.*--dry-run"):
        writes.check_before()


def test_whoever_stopped_for_a_pause_says_so_and_other_errors_keep_their_words(pauses: Pauses) -> None:
    right = WriteRight(pauses=pauses, shop="demo", wanted=True)
    assert str(right.explained(Stopped("on request"))) == "on request"
    pauses.pause(None, by="boss", reason="", at=AT)
    assert "demo is paused since 2026-07-01 09:30 by boss" in str(right.explained(Stopped()))
    assert str(right.explained(LoginNeeded("log in"))) == "log in"


@pytest.mark.parametrize("act", ["read_bytes", "replace", "unlink"])
def test_a_pause_is_set_read_and_ended_though_another_program_has_its_file_open(
    pauses: Pauses, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    real, refused = getattr(Path, act), iter([True, True])

    def open_elsewhere(path: Path, *arguments: Path) -> object:
        if next(refused, False):
            raise PermissionError(13, "The process cannot access the file", str(path))  # as Windows has it
        return real(path, *arguments)

    monkeypatch.setattr(Path, act, open_elsewhere)
    pauses.pause("demo", by="me", reason="", at=AT)
    assert paused_by(pauses) == "me"
    assert pauses.resume("demo")
    assert paused_by(pauses) == ""


def test_a_file_that_nobody_may_touch_is_told_at_last() -> None:
    def refuse() -> None:
        raise PermissionError("no")

    with pytest.raises(PermissionError, match="no"):
        once_free(refuse)
