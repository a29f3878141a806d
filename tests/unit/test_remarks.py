"""Remarks: what is wanted, by table or by hand, and what is decided on it. Pure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.remarks.batch import RemarkBatch, decide
from flows.remarks.kind import row_of
from flows.remarks.model import FLAGS, LONGEST, Remark, WantedRemark, flag_named
from flows.remarks.wanted import WantedRemarks, read_table, wanted_of
from rpa.errors import ConfigError
from rpa.language import Language
from rpa.ledger.actions import Intent, Seen, State
from rpa.ledger.ledger import Ledger
from tests.support.ledger_clock import HandClock
from tests.support.made_orders import an_order
from tests.support.paper_shop import PaperDesk, Quiet


@pytest.mark.parametrize(("said", "meant"), [("红", "RED"), ("红色", "RED"), ("蓝旗", "BLUE"), (" Green ", "GREEN")])
def test_a_flag_is_known_by_what_people_call_it(said: str, meant: str) -> None:
    assert flag_named(said) == meant


@pytest.mark.parametrize("said", ["", "黑", "红黄蓝", "dark red", "#f00"])
def test_what_is_no_flag_is_none(said: str) -> None:
    assert flag_named(said) is None


@given(st.text(max_size=LONGEST + 20))
def test_a_remark_is_one_line_as_the_list_shows_it(text: str) -> None:
    wanted = wanted_of("A", remark=text, flag=None)
    if wanted.reason is None:
        assert wanted.text == " ".join(text.split())
        assert 0 < len(wanted.text or "") <= LONGEST
    else:
        assert wanted.reason.value in {"nothing_wanted", "too_long"}


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from(["好", "坏", None]), st.sampled_from([None, "red", "nope"])),
        max_size=8,
    )
)
def test_each_order_is_wanted_once_and_each_row_is_accounted_for(rows: list[tuple[str, Any, Any]]) -> None:
    wanted = WantedRemarks.of([wanted_of(sn, remark=text, flag=flag) for sn, text, flag in rows], shops=("demo",))
    usable = [row.order_sn for row in wanted.left() if row.reason is None]
    assert len(usable) == len(set(usable))
    assert len(wanted.left()) == len(rows)
    for row in wanted.left()[::2]:
        wanted.take(row)
    assert len(list(wanted.leftovers([]))) == len(rows) // 2


def test_a_table_is_read_with_the_headers_that_people_write(tmp_path: Path) -> None:
    table = tmp_path / "r.csv"
    table.write_text("订单编号,商家备注,标记\nA1,好  的,红\n\nA2,,黄\n", encoding="utf-8")
    rows = read_table(table, language=Language.ZH)
    assert [(row.order_sn, row.text, row.flag, row.sheet_row) for row in rows] == [
        ("A1", "好 的", "RED", 2),
        ("A2", None, "YELLOW", 4),
    ]


@pytest.mark.parametrize("text", ["", "备注,旗标\n好,红\n", "a,b\n1,2\n"])
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(tmp_path: Path, text: str) -> None:
    table = tmp_path / "r.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"r\.csv"):
        read_table(table, language=Language.EN)


VALUES = st.builds(Remark, text=st.sampled_from(["", "甲", "乙"]), flag=st.sampled_from(["", *FLAGS][:3]))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.booleans(), VALUES), max_size=30))
def test_whoever_changes_it_ledger_and_site_agree_and_nobody_fights(
    changes: list[tuple[bool, Remark]],
) -> None:
    """Any sequence of what is wanted (True) and of what another hand writes: each wish is written at most once."""
    with TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger.sqlite3", clock=HandClock()) as ledger:
        run = ledger.runs.start("demo", flow="add-remark")
        site, written = Remark(text="", flag=""), 0
        for is_wanted, value in changes:
            if not is_wanted:
                site = value
                continue
            live = ledger.actions.live("demo", kind="remark").get(("A", ""))
            order = replace(an_order("A"), remark=site.text, flag=site.flag)
            decision = decide(WantedRemark(order_sn="A", text=value.text, flag=value.flag), order, live=live)
            if decision.reason is None:
                intents = [Intent(subject="A", payload=value.payload)]
                [action] = ledger.actions.begin(run, kind="remark", intents=intents, supersede=True)
                site, written = value, written + 1
                done = ledger.actions.settle(run, action, seen=Seen.OURS, settled=False)
                assert row_of(done).remark == site.text
            else:
                fought = live is not None and live.payload == value.payload and site != value
                assert decision.reason.value == ("changed_by_another" if fought else "already_there")
        actions = ledger.actions.search("demo")
        assert len(actions) == written
        assert [each.state for each in actions] == [State.DONE, *[State.SUPERSEDED] * (written - 1)][:written]


def test_beyond_the_shops_limit_only_what_would_be_written_waits(tmp_path: Path) -> None:
    sns = [f"260310-{n:015d}" for n in range(3)]
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=HandClock()) as ledger:
        rows = [WantedRemark(order_sn=sn, text="好") for sn in sns]
        shared = WantedRemarks.of(rows, shops=("demo",))
        desk = PaperDesk(tmp_path, kind="remark", ledger=ledger, settings="max_per_run = 1", shared=shared)
        desk.shop.orders = {sn: an_order(sn, remark="好" if sn == sns[2] else "") for sn in sns}
        batch = RemarkBatch(replace(desk.run, meter=Quiet()))
        batch.decide()
        told = {str(row["order_sn"]): str(row["reason"]) for row in batch.report_skipped()}
    assert told == {sns[1]: "cap_reached", sns[2]: "already_there"}
    assert list(batch.to_act) == [sns[0]]
