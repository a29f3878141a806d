"""Fields that are read by the heading of their column, by the word beside them, and from fields of a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from rpa.browser.lists import described
from rpa.browser.resolve import script
from rpa.elements.fields import FieldSpec
from tests.support.tiny_site import PROFILE

if TYPE_CHECKING:
    from playwright.sync_api import Page

_EACH = """(args) => {{ const {{ css, fields }} = args; const read = {read};
  const blocks = read([...document.querySelectorAll(css)], {{ fields, masks: [] }});
  return blocks.map((each) => JSON.parse(each).values); }}"""
Read = Callable[..., list[Any]]


@pytest.fixture
def read(page: Page) -> Read:
    """What this field reads in each of these blocks of a document."""

    def reads(body: str, blocks: str = "tbody tr", **field: Any) -> list[Any]:
        page.set_content(body)
        fields = described({"it": FieldSpec(**field)}, profile=PROFILE)
        code = _EACH.format(read=script("read_fields", "read_blocks"))
        return [values["it"] for values in page.evaluate(code, {"css": blocks, "fields": fields})]

    return reads


def table(head: str, *rows: str) -> str:
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


NO_STATUS = "<tr><th>No<th>Status<th>Total</tr>"


def test_a_column_is_found_by_its_heading(read: Read) -> None:
    body = table(NO_STATUS, "<td>1<td>open<td>5", "<td>2<td>shut<td>6")
    assert read(body, column="Status") == ["open", "shut"]
    assert read(body, blocks="body", column="Status") == ["open"]


def test_a_cell_that_reaches_down_moves_no_column(read: Read) -> None:
    body = table(NO_STATUS, "<td rowspan=2>1<td>open<td>5", "<td>shut<td>6", "<td>3<td>lost<td>7")
    assert read(body, column="Status") == ["open", "shut", "lost"]
    assert read(body, column="No") == ["1", "1", "3"]
    assert read(body, column="Total") == ["5", "6", "7"]


def test_a_cell_over_several_columns_is_that_of_none(read: Read) -> None:
    body = table(NO_STATUS, "<td>1<td colspan=2>open", "<td colspan=3>No orders found.")
    assert read(body, column="No") == ["1", None]
    assert read(body, column="Status") == [None, None]
    assert read(body, column="Total") == [None, None]


def test_two_rows_of_headings_are_one(read: Read) -> None:
    head = "<tr><th rowspan=2>No<th colspan=2>Money<th rowspan=2>Status</tr><tr><th>Net<th>Total</tr>"
    body = table(head, "<td>1<td>4<td>5<td>open")
    assert read(body, column="Total") == ["5"]
    assert read(body, column="Status") == ["open"]


@pytest.mark.parametrize("sign", [" ▲", "▼", " ↑", " ⇅"])
def test_signs_of_sorting_are_no_part_of_a_heading(read: Read, sign: str) -> None:
    assert read(table(f"<tr><th>No{sign}<th>Total</tr>", "<td>1<td>5"), column="No") == ["1"]


def test_a_heading_that_is_there_twice_is_none(read: Read) -> None:
    assert read(table("<tr><th>No<th>No</tr>", "<td>1<td>2"), column="No") == [None]


def test_a_hidden_column_moves_no_other(read: Read) -> None:
    body = table("<tr><th>No<th hidden>Id<th>Total</tr>", "<td>1<td hidden>9<td>5")
    assert read(body, column="Total") == ["5"]


def test_a_heading_of_a_row_is_a_cell_of_it(read: Read) -> None:
    assert read(table(NO_STATUS, "<th>1<td>open<td>5"), column="Status") == ["open"]
    assert read(table(NO_STATUS, "<th>1<td>open<td>5"), column="No") == ["1"]


def test_a_table_in_a_cell_has_headings_of_its_own(read: Read) -> None:
    inner = "<table><tr><th>Status<tr><td>inner</table>"
    body = table(NO_STATUS, f"<td>1<td>open<td>{inner}")
    assert read(body, blocks="body > table > tbody > tr", column="Status") == ["open"]


def test_a_table_without_headings_on_the_page_is_no_trouble(read: Read) -> None:
    body = "<table><tr><td>logo</table>" + table(NO_STATUS, "<td>1<td>open<td>5")
    assert read(body, blocks="body", column="Status") == ["open"]


@pytest.mark.parametrize("body", ["<dl><dt>Remark<dt>Status<dd>open</dl>", "<table><tr><th>Remark<th>Status</table>"])
def test_the_next_word_is_not_what_stands_beside_one(read: Read, body: str) -> None:
    assert read(body, blocks="body", label="Remark") == [None]


@pytest.mark.parametrize("attr", ["checked", "chosen"])
def test_what_cannot_be_ticked_or_chosen_is_neither_ticked_nor_not(read: Read, attr: str) -> None:
    assert read("<dl><dt>Paid<dd>yes</dl>", "body", label="Paid", attr=attr) == [None]
