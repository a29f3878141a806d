"""Files of every kind that senders use, read by their content; what cannot be read loses nothing else."""

from __future__ import annotations

import dataclasses
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pytest

from fixtures.sheets.formats import write_csv, write_html, write_xls, write_xlsx
from fixtures.sheets.samples import write_samples
from rpa.clock import Clock
from tests.support.shown import HEADERS, PARCELS, Read, reasons, said


def test_the_three_samples_give_all_their_parcels(tmp_path: Path, read: Read) -> None:
    contents = read(*write_samples(tmp_path, PARCELS))
    assert sorted(said(contents.good)) == PARCELS
    assert not contents.bad
    assert not contents.left_alone


def test_the_sample_files_in_the_repository_are_read_whole(read: Read) -> None:
    folder = Path(__file__).parents[2] / "fixtures" / "sheets"
    contents = read(*sorted(folder.glob("parcels-*")))
    assert len(contents.good) == 15
    assert not any(row.warning for row in contents.good)
    assert not contents.bad
    assert len(read(folder / "mistakes.xlsx").bad) > 40


def test_the_templates_second_header_row_is_no_parcel_and_rows_keep_excels_numbers(tmp_path: Path, read: Read) -> None:
    template = write_samples(tmp_path, PARCELS)[0]
    assert [row.place.row for row in read(template).good] == [3, 4, 5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_files_are_read_in_each_encoding_and_with_each_delimiter(
    encoding: str, delimiter: str, tmp_path: Path, read: Read
) -> None:
    path = write_csv(tmp_path / "p.csv", [HEADERS, *PARCELS], encoding=encoding, delimiter=delimiter)
    assert said(read(path).good) == PARCELS


def test_a_file_is_what_its_content_says_whatever_its_name(tmp_path: Path, read: Read) -> None:
    xlsx = write_xlsx(tmp_path / "a.csv", [HEADERS, *PARCELS[:1]])
    xls = write_xls(tmp_path / "b.xlsx", [HEADERS, *PARCELS[1:2]])
    text = write_csv(tmp_path / "c.xls", [HEADERS, *PARCELS[2:3]], encoding="gb18030")
    assert said(read(xlsx, xls, text).good) == PARCELS[:3]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_html_called_xls_is_read_with_its_spans_and_hidden_rows(encoding: str, tmp_path: Path, read: Read) -> None:
    first, second, third = PARCELS[:3]
    path = tmp_path / "export.xls"
    path.write_bytes(
        f"""<html><head><meta charset="{encoding}"></head><body><table>
        <tr><th colspan="3">发货明细</th></tr>
        <tr><th>订单号</th><th>快递公司</th><th>快递单号</th></tr>
        <tr><td>{first[0]}</td><td rowspan="2">中通快递</td><td>&nbsp;<b>{first[2]}</b></td></tr>
        <tr><td>{second[0]}</td><td>{second[2]}</td></tr>
        <tr style="display: none"><td>{third[0]}</td><td>中通快递</td><td>{third[2]}</td></tr>
        </table></body></html>""".encode(encoding)
    )
    contents = read(path)
    assert said(contents.good) == [first, second]
    assert reasons(contents) == [(5, "hidden_row")]


def test_html_tables_inside_tables_of_a_layout_are_read_once(tmp_path: Path, read: Read) -> None:
    path = write_html(tmp_path / "export.xls", [HEADERS, *PARCELS[:2]], encoding="utf-8")
    table = path.read_text(encoding="utf-8").replace(f"<tr><td>{PARCELS[1][0]}", f"<tr hidden><td>{PARCELS[1][0]}")
    layout = f'<?xml version="1.0" encoding="utf-8"?>\n<table><tr><td>{table}</td></tr></table>'
    path.write_text(layout, encoding="utf-8")
    contents = read(path)
    assert (said(contents.good), reasons(contents)) == (PARCELS[:1], [(3, "hidden_row")])


def test_line_breaks_in_an_html_cell_do_not_join_two_numbers(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "export.xls"
    cells = (PARCELS[0][0], "中通快递", "73120000000001<br>73120000000002")
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in (HEADERS, cells))
    path.write_text(f"<table>{rows}</table>", encoding="utf-8")
    assert reasons(read(path)) == [(2, "several_parcels")]


def test_a_quotation_mark_that_swallows_rows_is_noticed(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "p.csv"
    lines = [",".join((*HEADERS, "备注")), ",".join((*PARCELS[0], '"15寸')), ",".join((*PARCELS[1], '好"'))]
    path.write_text("\n".join((*lines, ",".join((*PARCELS[2], "")))), encoding="utf-8")
    contents = read(path)
    assert reasons(contents) == [(2, "bad_row")]
    assert said(contents.good) == [PARCELS[2]]


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "save it as .xlsx"),
        (b"%PDF-1.7 text", "save it as .xlsx"),
        (b"PK\x03\x04 cut off", "damaged, incomplete"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged, incomplete"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"<?xml version='1.0'?><Workbook/>", "save it as .xlsx"),
        (b"<table><tr><td>", "cut off"),
        ("姓名,电话\n张三,1".encode(), "No headers found"),
        ('订单号,快递单号\n"260310'.encode(), "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do_and_loses_no_other(
    content: bytes, advice: str, tmp_path: Path, read: Read
) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(content)
    contents = read(broken, write_csv(tmp_path / "p.csv", [HEADERS, *PARCELS]))
    assert said(contents.good) == PARCELS
    assert reasons(contents) == [(0, "bad_row")]
    assert advice in contents.bad[0].message


def test_an_archive_that_is_no_workbook_is_to_be_unpacked(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export.csv", "订单号,快递单号")
    assert "unpack" in read(path).bad[0].message


def test_workbooks_cut_off_anywhere_never_stop_the_others(
    tmp_path: Path, read: Read, capsys: pytest.CaptureFixture[str]
) -> None:
    for whole in (
        write_xlsx(tmp_path / "a.xlsx", [HEADERS, *PARCELS]),
        write_xls(tmp_path / "b.xls", [HEADERS, *PARCELS]),
    ):
        data = whole.read_bytes()
        parts = [tmp_path / f"{whole.stem}{tenth}" for tenth in range(1, 10)]
        for tenth, part in enumerate(parts, 1):
            part.write_bytes(data[: len(data) * tenth // 10])
        assert reasons(read(*parts)) == [(0, "bad_row")] * 9
    assert capsys.readouterr().out == ""


def test_a_missing_file_and_a_folder_are_reported(tmp_path: Path, read: Read) -> None:
    assert reasons(read(tmp_path / "none.csv", tmp_path)) == [(0, "bad_row")] * 2


def test_a_sheet_without_rows_is_said_to_have_none(tmp_path: Path, read: Read) -> None:
    path = write_csv(tmp_path / "p.csv", [HEADERS])
    contents = read(path)
    assert [(left.path, left.why.en) for left in contents.left_alone] == [(path, "The sheet has headers but no rows.")]
    assert not contents.bad


@pytest.mark.parametrize("name", ["~$parcels.xlsx", ".~lock.parcels.xlsx#"])
def test_lock_files_of_office_programs_are_left_alone(name: str, tmp_path: Path, read: Read) -> None:
    path = write_csv(tmp_path / name, [HEADERS, *PARCELS])
    contents = read(path)
    assert [left.path for left in contents.left_alone] == [path]
    assert not contents.good
    assert not contents.bad


def test_a_file_named_twice_is_read_once(tmp_path: Path, read: Read) -> None:
    path = write_csv(tmp_path / "p.csv", [HEADERS, *PARCELS])
    contents = read(path, tmp_path / "." / "p.csv")
    assert (said(contents.good), contents.bad) == (PARCELS, ())


@dataclasses.dataclass(frozen=True)
class _Writer(Clock):
    """A clock in whose waits another program goes on writing a file."""

    writes_to: Path | None = None
    waits: list[float] = dataclasses.field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        if self.writes_to:
            with self.writes_to.open("a", encoding="utf-8") as file:
                file.write("\n" + ",".join(PARCELS[-1]))


def test_a_file_that_grows_between_two_looks_is_left_alone(tmp_path: Path, read: Read) -> None:
    growing, still = (
        write_csv(tmp_path / name, [HEADERS, parcel]) for name, parcel in zip("ab", PARCELS, strict=False)
    )
    contents = read(growing, still, clock=_Writer(writes_to=growing), stable_s=2.0)
    assert said(contents.good) == [PARCELS[1]]
    assert [left.path for left in contents.left_alone] == [growing]


def test_a_file_that_changes_while_it_is_read_is_left_alone(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path / "p.csv", [HEADERS, *PARCELS])

    def opened_late(path: Path, *, links: bool) -> BinaryIO:
        with path.open("ab") as file:
            file.write(b"2603")
        return path.open("rb")

    monkeypatch.setattr("rpa.files.open_regular", opened_late)
    contents = read(path)
    assert ([left.path for left in contents.left_alone], contents.good, contents.bad) == ([path], (), ())


def test_a_file_untouched_for_long_is_not_waited_for(tmp_path: Path, read: Read) -> None:
    path = write_csv(tmp_path / "p.csv", [HEADERS, *PARCELS])
    an_hour_ago = datetime.now(UTC).timestamp() - 3600
    os.utime(path, (an_hour_ago, an_hour_ago))
    clock = _Writer()
    assert said(read(path, clock=clock, stable_s=2.0).good) == PARCELS
    assert clock.waits == []
