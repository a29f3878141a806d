"""Killed at any moment of a download: what the ledger calls saved is whole, and the next run goes on."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rpa.ledger.documents import DocumentState
from tests.support.killing import Moment, kill_until_done
from tests.support.mail_shop import MailShop, mail_shop

pytestmark = pytest.mark.slow

_FILE = "innerMessage/attachment"
_PROHIBITION = "订单禁止发货通知"
_ROWS = 2_000


def test_killed_during_downloads_nothing_is_saved_that_is_not_whole(tmp_path: Path) -> None:
    with mail_shop(tmp_path / "owner") as shop:
        kill(shop, count=4, seed=5)


@pytest.mark.long
def test_killed_at_twenty_five_moments_nothing_is_saved_that_is_not_whole(tmp_path: Path) -> None:
    with mail_shop(tmp_path / "owner") as shop:
        kill(shop, count=25, seed=25)


def kill(shop: MailShop, *, count: int, seed: int) -> None:
    """Have a file more to be downloaded than there are kills, and kill the flow while it downloads."""
    prohibited = {f"禁止发货_{n}.csv": f"260309-{n:015d}" for n in range(count + 1)}
    for name, order_sn in prohibited.items():
        lines = ["订单号,商品", order_sn, *(f"260308-{n:015d},{name}" for n in range(_ROWS))]
        shop.mock.notice(_PROHIBITION, attachments=[(name, "\n".join(lines).encode())])
    shop.mock.fault("slow-download", times=0, s=0.4)
    killed = kill_until_done(
        shop.folder,
        "run",
        "audit-notices",
        "--json",
        mock=shop.mock,
        write=_FILE,
        moments=moments(count, rng=random.Random(seed)),
    )
    assert len(killed.moments) == count, "the program had ended before it was to be killed"
    assert killed.survivors == []
    assert killed.end is not None
    assert killed.end.exit_code == 0, killed.end.stderr
    shop.check_files()
    assert set(prohibited.values()) <= set(shop.causes())
    assert {each.state for each in shop.notices().values()} == {DocumentState.READ}
    sent = [file for each in shop.mock.notices() for file in each["attachments"]]
    assert {file["sha256"] for file in sent if file["name"] in prohibited} <= shop.hashes_on_disk()


def moments(count: int, *, rng: random.Random) -> list[Moment]:
    """Before the first byte, while the bytes come, when they are all there, and while they are read and noted."""
    return [
        Moment(kind="answer", endpoint=_FILE, nth=rng.randint(1, 2), seconds=rng.uniform(0, 0.5))
        if n % 2
        else Moment(kind="request", endpoint=_FILE, nth=rng.randint(1, 2), seconds=rng.uniform(0, 0.1))
        for n in range(count)
    ]
