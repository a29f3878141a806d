"""`rpa run ship-batch`, asked to stop while the site works through a file: that file is settled, no other goes up."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.importing import never_twice, settled, ship_batch, uploads
from tests.faults.smallshop import SmallShop, small_shop

UPLOAD = "batch/upload"


@pytest.mark.skipif(sys.platform == "win32", reason="no program can ask another to stop with a signal there")
def test_asked_to_stop_while_a_file_is_processed_it_settles_that_file_and_uploads_no_other(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=8, virtual=3, import_rows_per_s=2) as shop:
        rows = _stopped_at_the_first_upload(shop)

        assert len(uploads(shop)) == 1
        never_twice(shop)
        assert shop.shipped() == sorted(shop.virtual)
        assert {rows[sn] for sn in shop.virtual} == {("done", "shipped")}
        assert Counter(rows[sn] for sn in shop.parcels) == {("waiting", "stopped"): len(shop.parcels)}
        settled(shop, ship_batch(shop))
        assert shop.shipped() == sorted(shop.wanted)


def _stopped_at_the_first_upload(shop: SmallShop) -> dict[str, tuple[str, str]]:
    """Ask a run to stop when the site has taken its first file; how each order's row ended."""
    after = shop.mock.last_event()
    process = shop.folder.start("run", "ship-batch", "--json")
    try:
        while not any(
            each["kind"] == "answer" and UPLOAD in each["endpoint"] for each in shop.mock.events(after=after)
        ):
            assert process.poll() is None, "it ended before it uploaded anything"
        os.kill(process.pid, signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 3, said
    return {row["order_sn"]: (row["outcome"], row["reason"]) for row in shop.folder.rows()}
