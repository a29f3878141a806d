"""A shop's rules, gathered from its configuration, its profile, its ledger and its holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flows.gate.decide import NoLogistics, Rules, receiver_key
from flows.gate.rules import changes_of, looks_of, rules_of
from flows.notices.api import ATTACHMENT_KIND, DOCUMENT_KIND, NoticeKind
from flows.orders.model import KIND, Mark, Order
from rpa.language import Language
from rpa.ledger.actions import Intent, Seen, State
from rpa.ledger.details import ACCEPTED_UNSEEN
from rpa.ledger.documents import DocumentState
from rpa.ledger.fingerprints import Change
from rpa.ledger.ledger import Ledger
from rpa.ledger.runs import RunRecord
from rpa.run import Run
from tests.support.ledger_clock import HandClock
from tests.support.made_orders import NOW, a_row, an_item, an_order
from tests.support.made_runs import a_run

RECEIVER = receiver_key(an_order())


@dataclass(slots=True)
class Back:
    """What stands behind a run: its folder and its ledger."""

    folder: Path
    ledger: Ledger
    record: RunRecord

    def run(self, settings: str = "", *, language: Language = Language.EN) -> Run:
        return a_run(self.folder, ledger=self.ledger, record=self.record, settings=settings, language=language)

    def changes(self, *orders: Order) -> dict[str, Change]:
        return changes_of(self.run(), orders)

    def rules(self, settings: str = "", *, language: Language = Language.EN) -> Rules:
        run, changed = self.run(settings, language=language), self.changes(an_order("changed", receiver="李*"))
        rows = [a_row(order_sn, tracking_number=number) for order_sn, number in (("E", "SF1"), ("F", "SF2"))]
        return rules_of(run, now=NOW, changed=changed, orders=[an_order("A")], rows=rows)

    def sent(self, order_sn: str, *, seen: Seen, number: str = "SF1", detail: str = "") -> None:
        payload = {"how": "dialog", "courier": "顺丰速运", "tracking_number": number}
        intent = Intent(subject=order_sn, payload=payload, facts={"receiver": RECEIVER}, bundle=number)
        [action] = self.ledger.actions.begin(self.record, kind=KIND, intents=[intent])
        self.ledger.actions.settle(self.record, action, seen=seen, settled=False, detail=detail)


@pytest.fixture
def back(tmp_path: Path) -> Iterator[Back]:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=HandClock()) as ledger:
        yield Back(tmp_path, ledger, ledger.runs.start("demo", flow="ship"))


def test_without_settings_the_profiles_stop_words_hold(back: Back) -> None:
    rules = back.rules()
    assert "先别发" in rules.stop_words
    assert (rules.now, rules.no_logistics, rules.most_orders_per_number) == (NOW, (), 5)


def test_settings_of_the_shop_take_the_place_of_the_profiles(back: Back) -> None:
    rules = back.rules('stop_words = ["等通知"]\nstop_flags = ["RED"]\nmax_orders_per_number = 2')
    assert (rules.stop_words, rules.stop_flags) == (("等通知",), frozenset({"RED"}))
    assert rules.most_orders_per_number == 2


def test_goods_delivered_by_the_seller_need_a_proof(back: Back) -> None:
    listed = """no_logistics_goods = [
        {goods_id = "900", spec = "月卡", delivered_by = "platform"},
        {goods_id = "901", spec = "", delivered_by = "sheet"},
    ]"""
    assert back.rules(listed).no_logistics == (
        NoLogistics(goods_id="900", spec="月卡", needs_proof=False),
        NoLogistics(goods_id="901", spec="", needs_proof=True),
    )


def test_every_hold_is_told_with_its_reasons_until_it_is_lifted(back: Back) -> None:
    back.ledger.holds.put("demo", subject="A", reason="owner calls back", by="owner")
    back.ledger.holds.put("demo", subject="A", reason="wrong size", by="clerk", cause="size")
    assert [hold.reason for hold in back.rules().holds["A"]] == ["owner calls back", "wrong size"]
    back.ledger.holds.lift("demo", subject="A", by="owner")
    assert back.rules().holds == {}


def test_unreadable_or_lost_notices_are_told_until_a_person_has_resolved_them(back: Back) -> None:
    ledger, facts = back.ledger, {"kind": NoticeKind.PROHIBITION.value}
    found = [
        ledger.documents.register("demo", kind=kind, name=name, facts=facts, issued_at=NOW)
        for kind, name in ((ATTACHMENT_KIND, "1/1"), (DOCUMENT_KIND, "1"), (DOCUMENT_KIND, "2"))
    ]
    states = (DocumentState.UNREADABLE, DocumentState.UNREADABLE, DocumentState.LOST)
    ended = [ledger.documents.conclude(each, state=state) for each, state in zip(found, states, strict=True)]
    rules = back.rules()
    assert rules.unreadable_notices == ("1",)
    assert [span.notices for span in rules.lost] == [("2",)]
    for each in ended:
        ledger.documents.conclude(each, state=DocumentState.RESOLVED, by="Li")
    assert (back.rules().unreadable_notices, back.rules().lost) == ((), ())


@pytest.mark.parametrize(
    ("kind", "told"), [*((kind, True) for kind in list(NoticeKind)[:3]), (NoticeKind.OTHER, False)]
)
def test_an_audit_notice_listed_but_never_opened_counts_as_one_that_cannot_be_read(
    back: Back, *, kind: NoticeKind, told: bool
) -> None:
    found = back.ledger.documents.register(
        "demo", kind=DOCUMENT_KIND, name="1", facts={"kind": kind.value}, issued_at=NOW
    )
    assert back.rules().unreadable_notices == (("1",) if told else ())
    back.ledger.documents.conclude(found, state=DocumentState.READ)
    assert back.rules().unreadable_notices == ()


def test_what_cannot_be_read_of_another_kind_is_no_notice(back: Back) -> None:
    export = back.ledger.documents.register("demo", kind="export", name="1", facts={}, issued_at=NOW)
    back.ledger.documents.conclude(export, state=DocumentState.UNREADABLE)
    assert back.rules().unreadable_notices == ()


@pytest.mark.parametrize("seen", [Seen.OURS, Seen.OTHER, Seen.UNREADABLE, Seen.NOTHING])
def test_what_may_have_been_sent_is_unresolved(back: Back, seen: Seen) -> None:
    back.sent("A", seen=seen)
    [(order_sn, words)] = back.rules().unresolved.items()
    assert order_sn == "A"
    assert "SF1" in words


def test_what_is_unresolved_is_told_in_the_users_language(back: Back) -> None:
    back.sent("A", seen=Seen.UNREADABLE, detail=ACCEPTED_UNSEEN.en)
    assert "后台已受理，但没有显示" in back.rules(language=Language.ZH).unresolved["A"]


def test_what_the_site_refused_is_free_again(back: Back) -> None:
    back.sent("A", seen=Seen.REFUSED)
    rules = back.rules()
    assert (rules.unresolved, rules.shipped_numbers) == ({}, {})


def test_numbers_are_known_with_each_receiver_that_they_went_to(back: Back) -> None:
    back.sent("A", seen=Seen.OURS)
    back.sent("B", seen=Seen.OURS)
    back.sent("C", seen=Seen.OURS, number="SF2")
    back.sent("D", seen=Seen.OURS, number="")
    back.sent("G", seen=Seen.OURS, number="SF3")
    back.sent("H", seen=Seen.UNREADABLE, number="SF2")
    assert back.rules().shipped_numbers == {"SF1": (RECEIVER, RECEIVER), "SF2": (RECEIVER,)}


def test_a_person_who_says_it_was_not_done_frees_the_order(back: Back) -> None:
    back.sent("A", seen=Seen.UNREADABLE)
    back.ledger.actions.resolve("demo", kind=KIND, subject="A", state=State.NOT_DONE, by="owner", reason="looked")
    assert back.rules().unresolved == {}


def test_a_change_says_what_was_and_what_is(back: Back) -> None:
    back.changes(an_order("changed"))
    assert back.rules().changed == {"changed": "receiver: 张* → 李*"}


@pytest.mark.parametrize(
    "now",
    [
        {"items": (an_item(quantity=2),)},
        {"items": (an_item(spec="500g"),)},
        {"items": (an_item(), an_item())},
        {"receiver": "李*"},
        {"region": "广东省 深圳市"},
        {"address": "另*路"},
    ],
)
def test_goods_and_receiver_are_what_must_not_change(back: Back, now: dict[str, Any]) -> None:
    assert back.changes(an_order("A")) == {}
    assert list(back.changes(an_order("A", **now))) == ["A"]


@pytest.mark.parametrize("now", [{"remark": "送小票"}, {"flag": "RED"}, {"ship_by": NOW}, {"amount_fen": 1}])
def test_what_may_change_is_not_remembered(back: Back, now: dict[str, Any]) -> None:
    back.changes(an_order("A"))
    assert back.changes(an_order("A", **now)) == {}


@pytest.mark.parametrize("told", [{"audit": Mark.SET}, {"audit": Mark.UNREADABLE}, {"doubt": "sources differ"}])
def test_an_order_that_hides_its_address_or_is_in_doubt_is_not_compared(back: Back, told: dict[str, Any]) -> None:
    back.changes(an_order("A"))
    assert back.changes(an_order("A", receiver="", **told)) == {}


def test_goods_are_the_same_in_any_sequence(back: Back) -> None:
    one, other = an_item(goods_id="1", spec="a; b", quantity=2), an_item(goods_id="2", spec="c")
    back.changes(an_order("A", items=(one, other)))
    assert back.changes(an_order("A", items=(other, one))) == {}
    assert list(back.changes(an_order("A", items=(one, one)))) == ["A"]


def test_the_looks_of_an_order_tell_items_apart() -> None:
    two = (an_item(goods_id="1", spec="a", quantity=2), an_item(goods_id="2", spec="b"))
    assert looks_of(an_order("A", items=two))["goods"] == "1 a ×2; 2 b ×1"
