"""Pasted lines become a sheet like any other."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyperclip
import pytest

from flows.inbox.inbox import Inbox, given_sheets
from flows.orders.model import SheetRow
from flows.orders.reasons import Reason
from flows.ship import Options
from rpa.errors import ConfigError
from rpa.flow import Preparation
from tests.support.inbox_desk import A, ArrivalDesk, B

SF, ZTO = ("顺丰速运", "SF1234567890123"), ("中通快递", "781234567890123")


@dataclass(slots=True)
class Paste:
    """What a person pastes, and what comes of it."""

    folder: Path
    patch: pytest.MonkeyPatch
    settings: str = ""

    def sheet(self, data: bytes) -> Path:
        """The sheet that is made of these bytes on standard input."""
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return self.made()

    def made(self) -> Path:
        [path] = given_sheets(self.plan())
        return path

    def plan(self) -> Preparation:
        config = ArrivalDesk(self.folder, settings=self.settings).config
        return Preparation(config=config, shops=config.chosen([]), options=Options(paste=True), language="en")

    def rows(self, text: str, encoding: str = "utf-8") -> list[tuple[str, str, str]]:
        """(order, courier, number) of the good rows."""
        path = self.sheet(text.encode(encoding))
        contents = Inbox.read(self.plan(), given=[path], hidden_rows=False).contents["demo"]
        return [(row.order_sn, row.courier, row.tracking_number) for row in contents.good]

    def refusals(self, text: str) -> list[Reason]:
        path = self.sheet(text.encode())
        contents = Inbox.read(self.plan(), given=[path], hidden_rows=False).contents["demo"]
        return [row.reason for row in contents.bad]


@pytest.fixture
def paste(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paste:
    return Paste(tmp_path, monkeypatch)


@pytest.mark.parametrize("between", ["\t", ",", "，", " ", "   ", "\u3000", ";", ", "])
def test_three_parts_a_line_whatever_stands_between_them(paste: Paste, between: str) -> None:
    text = "\n".join([between.join((A, *SF)), "", between.join((B, *ZTO))]) + "\n"
    assert paste.rows(text) == [(A, *SF), (B, *ZTO)]


def test_a_courier_with_a_blank_in_its_name_keeps_it(paste: Paste) -> None:
    assert paste.rows(f"{A} 中通 快递 {ZTO[1]}") == [(A, *ZTO)]


def test_a_number_that_names_its_courier_needs_no_other(paste: Paste) -> None:
    assert paste.rows(f"{A} {SF[1]}\n{B}\t\t{SF[1][:-1]}4") == [(A, *SF), (B, SF[0], SF[1][:-1] + "4")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_with_headers_as_excel_copies_it_in_any_encoding(paste: Paste, encoding: str) -> None:
    text = (
        f"序号\t订单编号\t备注\t物流公司\t运单号\r\n1\t{A}\t易碎\t{SF[0]}\t{SF[1]}\r\n2\t{B}\t\t{ZTO[0]}\t{ZTO[1]}\r\n"
    )
    assert paste.rows(text, encoding) == [(A, *SF), (B, *ZTO)]


def test_a_shops_own_headers_are_known_here_too(paste: Paste) -> None:
    paste.settings = 'columns = { tracking_number = "回执码" }\n'
    assert paste.rows(f"订单号,快递公司,回执码\n{A},{ZTO[0]},{ZTO[1]}\n") == [(A, *ZTO)]


def test_a_number_that_excel_has_destroyed_is_refused(paste: Paste) -> None:
    assert paste.refusals(f"{A}\t中通快递\t7.81235E+14") == [Reason.NUMBER_DAMAGED]


@pytest.mark.parametrize("second", [f"\t{ZTO[0]}\t{ZTO[1]}", f"\t\t{ZTO[1]}", f"同上\t{ZTO[0]}\t{ZTO[1]}"])
def test_a_line_below_a_merged_order_number_is_its_second_parcel(paste: Paste, second: str) -> None:
    assert paste.refusals(f"{A}\t{SF[0]}\t{SF[1]}\n{second}\n") == [Reason.SEVERAL_PARCELS] * 2


def test_an_empty_column_that_was_copied_too_is_no_matter(paste: Paste) -> None:
    assert paste.rows(f"\t{A}\t{SF[0]}\t{SF[1]}\n") == [(A, *SF)]


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_nothing_pasted_starts_nothing(paste: Paste, text: str) -> None:
    with pytest.raises(ConfigError, match="is empty"):
        paste.sheet(text.encode())


def test_a_line_that_could_mean_anything_starts_nothing_and_is_named(paste: Paste) -> None:
    with pytest.raises(ConfigError, match="Line 2 of what was pasted has 5 cells"):
        paste.sheet(f"{A}\t顺丰速运\tSF1\n{B}\ta\tb\tc\td".encode())


def test_what_is_no_text_starts_nothing(paste: Paste) -> None:
    with pytest.raises(ConfigError, match="no text"):
        paste.sheet(b"\x00\x01\x02")


def test_each_paste_is_kept_in_a_file_of_its_own(paste: Paste) -> None:
    first, second = paste.sheet(f"{A} {SF[1]}".encode()), paste.sheet(f"{B} {SF[1]}".encode())
    assert first != second
    assert first.parent == second.parent == paste.folder / "var" / "pasted"
    assert first.is_file()


def test_a_terminal_means_the_clipboard(paste: Paste) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    paste.patch.setattr(sys, "stdin", Terminal())
    paste.patch.setattr(pyperclip, "paste", lambda: f"{A}\t{SF[0]}\t{SF[1]}\r\n")
    assert A in paste.made().read_text(encoding="utf-8-sig")

    def broken() -> Any:
        raise pyperclip.PyperclipException("no copy/paste mechanism")

    paste.patch.setattr(pyperclip, "paste", broken)
    with pytest.raises(ConfigError, match=r"no copy/paste mechanism.*--sheet"):
        paste.made()


def test_the_first_row_of_a_paste_is_its_second_line_in_excel(paste: Paste) -> None:
    path = paste.sheet(f"{A} {SF[1]}".encode())
    [row] = Inbox.read(paste.plan(), given=[path], hidden_rows=False).contents["demo"].good
    assert isinstance(row, SheetRow)
    assert row.place.row == 2
