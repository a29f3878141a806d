"""`rpa run ship-batch`, asked to stop while the site works through a file: that file is settled, no other goes up."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support.import_runs import never_twice, settled, ship_batch, uploads
from tests.support.mock_shop import PATIENCE_S
from tests.support.small_shop import SmallShop, small_shop

pytestmark = pytest.mark.slow

UPLOAD = "batch/upload"
_LATE_S = 3600


@pytest.mark.skipif(sys.platform == "win32", reason="no program can ask another to stop with a signal there")
def test_asked_to_stop_while_a_file_is_processed_it_settles_it_and_uploads_no_other(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=8, virtual=3, settle_s=60) as shop:
        shop.mock.fault("import-late", s=_LATE_S)
        rows = _stopped_at_the_first_upload(shop)

        assert len(uploads(shop)) == 1
        never_twice(shop)
        assert shop.shipped() == sorted(shop.virtual)
        assert {rows[sn] for sn in shop.virtual} == {("done", "shipped")}
        assert Counter(rows[sn] for sn in shop.parcels) == {("waiting", "stopped"): len(shop.parcels)}
        [answer] = shop.folder.var.glob("evidence/demo/imports/*/answer.json")
        assert len(json.loads(answer.read_text(encoding="utf-8"))["rows"]) == len(shop.virtual)
        settled(shop, ship_batch(shop))
        assert shop.shipped() == sorted(shop.wanted)


def _stopped_at_the_first_upload(shop: SmallShop) -> dict[str, tuple[str, str]]:
    """Ask a run to stop when the site has taken its first file; how each order's row ended."""
    after = shop.mock.last_event()
    process = shop.folder.start("run", "ship-batch", "--json")
    try:
        shop.mock.wait_for("answer", endpoint=UPLOAD, after=after)
        os.kill(process.pid, signal.SIGTERM)
        shop.mock.advance(_LATE_S)
        _, said = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    assert process.returncode == 3, said
    return {row["order_sn"]: (row["outcome"], row["reason"]) for row in shop.folder.rows()}
