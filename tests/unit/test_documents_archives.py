"""Zips that somebody else made."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpa.documents.archives import BadArchive, Limits, unpack

TABLE = b"order\n260310-123456789012345\n"


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "box" / "into"
    folder.mkdir(parents=True)
    return folder


def packed(members: Mapping[str | zipfile.ZipInfo, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def saved(folder: Path, content: bytes) -> Path:
    path = folder.parent / "came.zip"
    path.write_bytes(content)
    return path


def reason(into: Path, content: bytes, *, limits: Limits | None = None) -> str:
    """Why this archive is refused, and that nothing was written anywhere else."""
    path = saved(into, content)
    with pytest.raises(BadArchive) as caught:
        unpack(path, into=into, limits=limits)
    assert {each.name for each in into.parent.iterdir()} == {"into", "came.zip"}
    return caught.value.reason


def test_files_come_out_in_their_order_and_flat(into: Path) -> None:
    content = packed({"b/": b"", "b/orders.csv": TABLE, "a.csv": b"a", "c/orders.csv": b"c"})
    out = unpack(saved(into, content), into=into)
    assert [each.name for each in out] == ["orders.csv", "a.csv", "orders-2.csv"]
    assert [each.read_bytes() for each in out] == [TABLE, b"a", b"c"]
    assert all(each.parent == into for each in out)
    if os.name == "posix":
        assert {stat.S_IMODE(each.stat().st_mode) for each in out} == {0o600}


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_without_a_flag_are_read_as_chinese_systems_write_them(into: Path, encoding: str) -> None:
    raw = "订单禁止发货通知.csv".encode(encoding)
    content = packed({"x" * len(raw): TABLE}).replace(b"x" * len(raw), raw)
    assert [each.name for each in unpack(saved(into, content), into=into)] == ["订单禁止发货通知.csv"]


def test_a_name_with_the_flag_is_read_by_it(into: Path) -> None:
    content = packed({"éé.csv": TABLE})
    assert [each.name for each in unpack(saved(into, content), into=into)] == ["éé.csv"]


def test_a_workbook_in_an_archive_is_no_archive(into: Path) -> None:
    workbook = packed({"[Content_Types].xml": b"<x/>"})
    assert [each.name for each in unpack(saved(into, packed({"a.xlsx": workbook})), into=into)] == ["a.xlsx"]


@pytest.mark.parametrize("name", ["../a.csv", "b/../../a.csv", "..\\a.csv", "/tmp/a.csv", "\\\\host\\a.csv", "C:a.csv"])
def test_a_member_that_leads_elsewhere_is_refused_before_anything_is_unpacked(into: Path, name: str) -> None:
    assert reason(into, packed({"good.csv": TABLE, name: TABLE})) == "bad_name"
    assert list(into.iterdir()) == []


def test_a_link_is_refused(into: Path) -> None:
    link = zipfile.ZipInfo("orders.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert reason(into, packed({link: b"/etc/passwd"})) == "bad_name"


def test_a_name_like_a_device_or_with_hidden_signs_is_made_safe(into: Path) -> None:
    content = packed({"CON.csv": TABLE, "a\u202ecod.csv": TABLE, ".hidden": TABLE, "x" * 300 + ".csv": TABLE})
    names = [each.name for each in unpack(saved(into, content), into=into)]
    assert names == ["_CON.csv", "acod.csv", "file.hidden", "x" * 116 + ".csv"]


def test_a_name_that_ends_before_it_begins_is_refused(into: Path) -> None:
    assert reason(into, packed({"Q": TABLE}).replace(b"Q", b"\0")) == "bad_name"


def test_an_encrypted_member_is_told_from_a_broken_one(into: Path) -> None:
    content = bytearray(packed({"a.csv": TABLE}))
    for at in (6, content.index(b"PK\x01\x02") + 8):
        content[at] |= 1
    assert reason(into, bytes(content)) == "password"


def test_what_really_comes_out_is_counted_and_not_what_the_archive_says(into: Path) -> None:
    content = bytearray(packed({"a.csv": bytes(3 << 20)}))
    for at in (22, content.index(b"PK\x01\x02") + 24):
        struct.pack_into("<L", content, at, 10)
    assert reason(into, bytes(content), limits=Limits(ratio=50)) in {"bomb", "broken"}
    assert sum(each.stat().st_size for each in into.iterdir()) <= 1 << 20


def test_an_archive_of_which_too_much_comes_is_a_bomb(into: Path) -> None:
    assert reason(into, packed({"a.csv": bytes(5 << 20)})) == "bomb"
    assert sum(each.stat().st_size for each in into.iterdir()) <= 1 << 20


def test_all_members_count_together(into: Path) -> None:
    content = packed({"a.csv": os.urandom(600), "b.csv": os.urandom(600)}, method=zipfile.ZIP_STORED)
    assert reason(into, content, limits=Limits(bytes=1000)) == "bomb"


def test_a_table_that_packs_well_is_no_bomb(into: Path) -> None:
    content = packed({"a.csv": b"".join(b"260310-%015d,held\n" % (number * 7919) for number in range(100_000))})
    assert unpack(saved(into, content), into=into)[0].stat().st_size > 2 << 20
    content = packed({"small.csv": TABLE * 20_000})
    assert unpack(saved(into, content), into=into)[0].stat().st_size > 200 * len(content)


def test_an_archive_in_an_archive_is_refused(into: Path) -> None:
    assert reason(into, packed({"inner.zip": packed({"a.csv": TABLE})})) == "bomb"
    assert reason(into, packed({"inner.csv": packed({"a.csv": TABLE})})) == "bomb"


def test_too_many_members_are_refused_however_small(into: Path) -> None:
    assert reason(into, packed({f"{number}.csv": b"" for number in range(51)})) == "too_many"
    assert reason(into, packed({f"{number:0200}/": b"" for number in range(1000)})) == "too_many"
    assert list(into.iterdir()) == []


def test_a_directory_of_a_size_that_only_huge_archives_need_is_not_read(into: Path) -> None:
    content = packed({"a.csv": TABLE})
    end = content.rindex(b"PK\x05\x06")
    assert reason(into, content[:end] + b"PK\x06\x07" + bytes(16) + content[end:]) == "too_many"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_wrong_with_an_archive_it_is_unpacked_or_refused(into: Path, data: st.DataObject) -> None:
    content = bytearray(packed({"a.csv": TABLE * 3, "订单.csv": TABLE}))
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[at] = data.draw(st.integers(0, 255))
    path = saved(into, bytes(content[: data.draw(st.integers(0, len(content)))]))
    with contextlib.suppress(BadArchive):
        assert all(each.parent == into for each in unpack(path, into=into))
    assert {each.name for each in into.parent.iterdir()} == {"into", "came.zip"}


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def spoilt(content: bytes) -> bytes:
    at = content.index(b"a.csv") + 10
    return content[:at] + bytes(each ^ 0xFF for each in content[at : at + 8]) + content[at + 8 :]


def unknown_method(content: bytes) -> bytes:
    out = bytearray(content)
    for at in (8, out.index(b"PK\x01\x02") + 10):
        struct.pack_into("<H", out, at, 99)
    return bytes(out)


def lost_start(content: bytes) -> bytes:
    return content[: len(content) - 6] + b"\xff\xff\xff\x7f" + content[-2:]


@pytest.mark.parametrize("harm", [cut, spoilt, unknown_method, lost_start])
def test_a_broken_archive_is_refused(into: Path, harm: Callable[[bytes], bytes]) -> None:
    assert reason(into, harm(packed({"a.csv": TABLE * 50}))) == "broken"


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_packing_of_which_a_little_becomes_a_gigabyte_is_not_read(into: Path, method: int) -> None:
    assert reason(into, packed({"a.csv": TABLE}, method=method)) == "broken"
    assert list(into.iterdir()) == []


@pytest.mark.parametrize("content", [b"", TABLE, b"PK\x05\x06", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive_is_refused(into: Path, content: bytes) -> None:
    assert reason(into, content) == "broken"
