"""File names from texts that others wrote."""

from __future__ import annotations

import unicodedata
from itertools import islice

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rpa.documents.names import LONGEST_BYTES, numbered, safe_name

SIGNS = st.characters() | st.sampled_from("./\\: _\x00\u202e\u200b\ud800~CON订")


@settings(max_examples=300, deadline=None)
@given(st.text(SIGNS, max_size=150))
@example("../../etc/passwd")
@example("<\u0338")
@example("e\u200b\u0301")
@example("nul\u3000.")
def test_any_text_becomes_a_name_that_every_system_takes(text: str) -> None:
    name = safe_name(text, fallback="file")
    assert name
    assert len(name.encode()) <= LONGEST_BYTES
    assert not set(name) & set('/\\:*?"<>|\t\n')
    assert not {unicodedata.category(sign) for sign in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert ".." not in name
    assert name[0] not in ". "
    assert name[-1] not in ". "
    assert unicodedata.is_normalized("NFC", name)
    assert safe_name(name, fallback="file") == name, "a safe name stays as it is"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("订单禁止发货通知_2026-03-10.xlsx", "订单禁止发货通知_2026-03-10.xlsx"),
        ("../../etc/passwd", "_._etc_passwd"),
        ("..\\..\\a.xlsx", "_._a.xlsx"),
        ("C:\\orders.csv", "C__orders.csv"),
        ("orders\u202excod.xlsx", "ordersxcod.xlsx"),
        ("a\r\nb\tc.csv", "a b c.csv"),
        ("orders .xlsx", "orders.xlsx"),
        ("orders.xlsx. .", "orders.xlsx"),
        (".xlsx", "file.xlsx"),
        ("._.", "file"),
        ("a\ud800b.csv", "ab.csv"),
        ("", "file"),
    ],
)
def test_what_leads_elsewhere_is_taken_out_of_a_name(text: str, name: str) -> None:
    assert safe_name(text, fallback="file") == name


@pytest.mark.parametrize("text", ["CON", "con.txt", "nul .csv", "COM1.xlsx", "lpt9.tar.gz", "com².csv", "CONIN$"])
def test_no_file_is_called_like_a_device_of_windows(text: str) -> None:
    assert safe_name(text, fallback="file").startswith("_")


@pytest.mark.parametrize("text", ["console.csv", "com10.csv", "null", "auxiliary.xlsx"])
def test_a_name_that_only_begins_like_a_device_stays(text: str) -> None:
    assert safe_name(text, fallback="file") == text


def test_a_long_name_keeps_its_ending_and_whole_characters() -> None:
    name = safe_name("订单" * 100 + ".xlsx", fallback="file")
    assert name == "订单" * 19 + ".xlsx"
    assert len(name.encode()) == 119
    assert safe_name("订单" * 100 + ".xlsx. ", fallback="file") == name


def test_further_names_are_numbered_and_no_longer() -> None:
    assert list(islice(numbered("a.xlsx"), 3)) == ["a.xlsx", "a-2.xlsx", "a-3.xlsx"]
    assert list(islice(numbered("a"), 2)) == ["a", "a-2"]
    long = safe_name("a" * 200 + ".xlsx", fallback="file")
    assert {len(name) for name in islice(numbered(long), 12)} == {LONGEST_BYTES}
