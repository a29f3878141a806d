"""A file that brings nothing is not passed over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.mockshop.harness import MockShop
from tests.support.mock_shop import ShopFolder

pytestmark = pytest.mark.slow


def test_a_sheet_without_rows_is_named_and_a_lock_file_is_not(tmp_path: Path) -> None:
    with MockShop(orders=2) as mock:
        shop = ShopFolder(tmp_path, url=mock.url)
        shop.write_sheet([], name="inbox/today.csv")
        (tmp_path / "inbox" / "~$today.xlsx").write_bytes(b"lock")
        done = shop.run("run", "ship", "--dry-run", "--json")
    incidents = done.json["shops"]["demo"]["incidents"]
    told = [note["message"] for note in incidents if note["cause"] == "sheet_left_alone"]
    assert told == ["today.csv: The sheet has headers but no rows."]
    assert done.exit_code == 0
    assert "today.csv" in done.stderr
