"""The flow may be down for days: no notice is missed, and every order is held as the notices say."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.notices.api import DOCUMENT_KIND
from flows.notices.coverage import Answer, answer
from tests.support.mail_shop import DAY_S, HOUR_S, MailShop, mail_shop

pytestmark = pytest.mark.slow

_CAUSES = {"prohibited": "audit_notice", "closed": "audit_closed"}
_LONGEST_AUDIT_H = 24


def test_a_week_with_the_flow_down_for_up_to_three_days_of_it_misses_nothing(tmp_path: Path) -> None:
    with mail_shop(tmp_path / "owner") as shop:
        live(shop, days=7, audits_a_day=2, rng=random.Random(3))
        check_that_nothing_is_missing(shop)


@pytest.mark.long
def test_thirty_days_with_the_flow_down_for_up_to_three_of_them_miss_nothing(tmp_path: Path) -> None:
    with mail_shop(tmp_path / "owner", orders=400) as shop:
        live(shop, days=30, audits_a_day=5, rng=random.Random(30))
        check_that_nothing_is_missing(shop)


def live(shop: MailShop, *, days: int, audits_a_day: float, rng: random.Random) -> None:
    """Let the days pass, hour by hour; audits begin and end, and the flow runs when it is not down."""
    pending = [sn for sn, order in shop.mock.truth()["orders"].items() if order["status"] == "pending"]
    rng.shuffle(pending)
    up_at = rng.uniform(0, 3 * 24)
    for hour in range(days * 24):
        if pending and rng.random() < audits_a_day / 24:
            end = rng.randint(1, _LONGEST_AUDIT_H) * HOUR_S
            shop.mock.audit(
                pending.pop(),
                begin_in_s=rng.uniform(0, HOUR_S),
                end_in_s=HOUR_S + end,
                result=rng.choice(("ship", "closed")),
            )
        shop.mock.advance(HOUR_S)
        if hour >= up_at:
            assert shop.run().exit_code == 0
            up_at = hour + rng.uniform(DAY_S, 3 * DAY_S) / HOUR_S
    shop.mock.advance(DAY_S)
    assert shop.run().exit_code == 0


def check_that_nothing_is_missing(shop: MailShop) -> None:
    known, sent = shop.notices(), [each for each in shop.audit_notices() if each["notice_id"] in shop.notices()]
    since = min(each.issued_at for each in known.values() if each.issued_at)
    missing = [each["notice_id"] for each in shop.audit_notices() if each not in sent and _moment(each) >= since]
    assert missing == []
    assert len(sent) > 5
    assert {file["sha256"] for each in sent for file in each["attachments"]} <= shop.hashes_on_disk()
    shop.check_files()
    said: dict[str, str] = {}
    for each in sent:
        said |= {sn: word for sn, word in each["orders"].items() if said.get(sn) != "closed"}
    assert shop.causes() == {sn: _CAUSES[word] for sn, word in said.items() if word in _CAUSES}
    with shop.ledger() as ledger:
        coverages = ledger.coverage("demo", kind=DOCUMENT_KIND)
        covered = answer(
            coverages, documents=ledger.documents("demo"), now=_moment({"sent_at": shop.mock.truth()["now"]})
        )
    assert covered.answer is Answer.YES
    assert covered.since is not None
    assert covered.until is not None
    assert covered.until - covered.since > timedelta(days=7)
    assert shop.incidents() == {}


def _moment(notice: dict[str, str]) -> datetime:
    return datetime.fromisoformat(notice["sent_at"])
