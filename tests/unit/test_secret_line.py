"""What a person or a program gives on standard input, on a machine that speaks another encoding."""

from __future__ import annotations

import io
import sys

import pytest

from rpa.cli.console import secret_line


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "gbk"])
def test_a_password_is_read_as_it_was_written(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    given = io.BytesIO("密码-9 \r\nmore\r\n".encode(written))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(given, encoding="gbk"))
    assert secret_line() == "密码-9 "
