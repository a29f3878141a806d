"""Words of a page, a file or another program, where people and programs read them."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loguru import logger
from rich.table import Table

from rpa.cli import main
from rpa.cli.console import LastingConsole
from rpa.errors import PageChanged
from rpa.language import Language, Text
from rpa.log import speak, to_errors, to_file, to_terminal
from rpa.printable import defused, indented, json_text, one_line, printable, without_direction
from rpa.report.cells import raw_text, shown
from rpa.report.columns import Column

CLIPBOARD = "\x1b]52;c;cm0gLXJmIH4=\x07"
FORGED = "2026-03-10T09:30:00.000+0800 INFO 260310-123456789012345 shipped"
ACTIVE = [
    CLIPBOARD,
    "\x9b2J",
    "\x1b[31m",
    "\x7f",
    "\x00",
    "\x08\x08",
    "\x0e",
    "\u202egpj.exe",
    "\u2066x\u2069",
    "\u200f",
    "\u061c",
    "\u200b",
    "\ufeff",
    "\u2028" + FORGED,
    "\u2029" + FORGED,
    "\x85" + FORGED,
    "\r" + FORGED,
    "\x0b" + FORGED,
    "\ud83d",
    "\U000e0041",
    "\u3164",
]
"""What a terminal obeys, a reader does not see, or a log takes for a line's end."""


def quiet(text: str) -> bool:
    """Whether nothing in it does anything but be read."""
    return all(line.isprintable() or line.replace("\u3000", "").isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("words", ACTIVE, ids=ascii)
def test_nothing_of_it_is_obeyed_and_a_log_has_one_entry(words: str, tmp_path: Path) -> None:
    console = LastingConsole(file=io.StringIO(), width=200)
    with to_terminal(console, folder=tmp_path, language=Language.EN):
        speak("WARNING", Text(en="The page asked “{words}”.", zh="{words}"), words=words)
        logger.warning("{}", words)
    (tmp_path / "rpa.log").read_bytes().decode()
    entries = (tmp_path / "rpa.log").read_text(encoding="utf-8").split("\n")
    assert [line for line in entries if line.startswith(FORGED)] == []
    assert len([line for line in entries if line and not line.startswith("    ")]) == 2
    assert isinstance(console.file, io.StringIO)
    seen = console.file.getvalue()
    assert [line for line in seen.split("\n") if line.startswith(FORGED)] == []
    assert quiet("\n".join(entries))
    assert quiet(seen)


def test_a_traceback_forges_no_entry_and_stays_readable(tmp_path: Path) -> None:
    with pytest.raises(PageChanged) as ended:
        raise PageChanged(f"The page says:\n{FORGED}{CLIPBOARD}")
    with to_file(tmp_path, shop="demo"):
        speak("ERROR", Text(en="Ended.", zh="已结束。"), traceback=ended.value)
    first, *others = (tmp_path / "demo.log").read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert first.endswith("ERROR Ended.")
    assert others[0] == "    Traceback (most recent call last):"
    assert f"    {FORGED}" in "\n".join(others)
    assert [line for line in others if not line.startswith("    ")] == []
    assert quiet("\n".join(others))


def test_lines_of_ours_stay_lines_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    logger.remove()
    to_errors()
    logger.warning("{}", f"two rows:\n  1: a{CLIPBOARD}\n  2: b")
    logger.remove()
    said = capfd.readouterr().err
    assert said.split("\n")[2:] == ["  2: b", ""]
    assert quiet(said)


def test_tables_show_words_of_others_as_text_whatever_they_look_like() -> None:
    console = LastingConsole(file=io.StringIO(), width=200, force_terminal=True, color_system=None)
    table = Table("shop", "[red]title[/]")
    table.add_row("[link=http://evil.example]x[/link]", f":smile: {CLIPBOARD}\u202e")
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    seen = console.file.getvalue()
    assert "[link=http://evil.example]x[/link]" in seen
    assert "[red]title[/]" in seen
    assert ":smile:" in seen
    assert quiet(seen)


def test_an_error_that_ends_the_program_is_shown_as_text(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for error, code in ((PageChanged(f"says {CLIPBOARD}"), 3), (OSError(f"{CLIPBOARD}"), 4), (KeyError(CLIPBOARD), 4)):
        monkeypatch.setattr("rpa.cli.app", lambda error=error: (_ for _ in ()).throw(error))
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == code
        sys.stderr.flush()
        assert "\x1b]52" not in capfd.readouterr().err


@pytest.mark.slow
@given(
    st.recursive(st.text() | st.sampled_from(ACTIVE), lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner))
)
def test_json_is_valid_keeps_every_text_and_shows_nothing_that_is_obeyed(document: object) -> None:
    text = json_text(document)
    text.encode("utf-8")
    assert json.loads(text) == json.loads(json.dumps(document))
    assert [sign for sign in "".join(ACTIVE[:17]) if sign in text and not sign.isprintable()] == []


def test_a_report_keeps_the_data_but_for_controls_and_marks_of_direction() -> None:
    assert raw_text("王\u200b小\u3000明 👨‍👩‍👧") == "王\u200b小\u3000明 👨‍👩‍👧"
    assert raw_text("7\u202e54\u2066 \x9b2J\x7f") == "7\ufffd54\ufffd \ufffd2J\ufffd"
    assert without_direction("\u200e\u200f\u061c") == "\ufffd" * 3


def test_a_workbook_shows_old_reports_and_file_names_without_direction_and_controls() -> None:
    column = Column(key="sheet", title=Text(en="Sheet", zh="表格"))
    told = shown("a\u202exslx\x1b", column=column, language=Language.EN, zone=ZoneInfo("Asia/Shanghai"))
    assert told == "a\ufffdxslx\ufffd"


def test_lines_stay_lines_or_become_one() -> None:
    assert printable("a\r\nb\rc\td") == "a\nb\nc d"
    assert one_line("a\r\nb\u2028c") == "a b c"
    assert indented("a\nb") == "a\n    b"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('<at user_id="all">所有人</at>', '＜at user_id="all"＞所有人＜/at＞'),
        ("@所有人 @all <@zhang> <!channel>", "＠所有人 ＠all ＜＠zhang＞ ＜!channel＞"),
        ("@\u200ball \u202e<b>", "＠all ＜b＞"),
        ("[退款](https://evil.example/x?a=1)", "[退款] (https：//evil·example/x?a=1)"),
        ("![x](//evil.com) **粗** [a][b]", "![x] (//evil·com) ＊＊粗＊＊ [a] [b]"),
        ("weixin://dl HTTP:\\\\evil.cn", "weixin：//dl HTTP：\\\\evil·cn"),
        ("www.evil.com evil。com evil．中国 a@b.com", "www·evil·com evil·com evil·中国 a＠b·com"),
    ],
)
def test_a_message_calls_nobody_has_no_markup_and_no_address(words: str, told: str) -> None:
    assert defused(words) == told


def test_our_own_words_in_a_message_stay_as_they_are() -> None:
    ours = "[rpa] demo (示例小店): 2.5 元, 03-10 09:30\nRun `rpa todo demo`; see log/schedule.log, rpa.toml。请运行。好"
    assert defused(ours) == ours
