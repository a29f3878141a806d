"""账户在别处登陆: until a person says that it is over, no run of any kind logs in there."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpa.doctor.configuration import kicked_out
from rpa.plugins import load_config
from tests.support.mock_shop import Result
from tests.support.small_shop import small_shop

pytestmark = pytest.mark.slow


def test_no_run_types_the_password_after_a_kick_until_a_person_resumes_the_shop(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=1, virtual=0, held=(), logged_in=False) as shop:
        shop.mock.fault("kicked")  # at the first list, right after the password
        assert refused(shop.ship())
        before = shop.mock.truth()["logins"]
        assert [login["ok"] for login in before] == [True]
        assert refused(shop.ship())
        checked = shop.folder.run("selectors", "check", "demo")
        assert checked.exit_code == 3
        assert "rpa login demo" in checked.stderr
        assert shop.mock.truth()["logins"] == before
        [finding] = kicked_out(load_config(shop.folder.path / "rpa.toml"))
        assert "`rpa resume demo`" in finding.message.en

        assert shop.folder.run("resume", "demo").exit_code == 0
        assert shop.ship().reasons() == dict.fromkeys(shop.parcels, "shipped")


def test_a_kick_that_cannot_be_kept_in_its_file_is_heeded_by_what_the_ledger_says(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=1, virtual=0, held=(), logged_in=False) as shop:
        (shop.folder.var / "kicks").write_bytes(b"")  # no folder can be made there
        shop.mock.fault("kicked")
        assert refused(shop.ship())
        assert refused(shop.ship())
        assert len(shop.mock.truth()["logins"]) == 1


def refused(result: Result) -> bool:
    """Whether the shop was stopped for this reason, and each row of the sheet told so."""
    incidents = result.json["shops"]["demo"]["incidents"]
    causes, reasons = [incident["cause"] for incident in incidents], {row["reason"] for row in result.rows}
    return (result.exit_code, causes, reasons) == (3, ["logged_in_elsewhere"], {"shop_not_read"})
