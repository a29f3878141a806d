"""Sheet rows over several shops: each ends once, with the shop whose order it is, or left over."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.inbox.inbox import Inbox, _by_file, sheets_of
from flows.orders.model import BadRow, Place, SheetRow
from flows.orders.reasons import Reason
from rpa.config import Config
from rpa.errors import ConfigError
from rpa.flow import Preparation
from rpa.plugins import load_config

A, B, C = (f"260310-{letter * 15}" for letter in "123")


@dataclass(slots=True)
class Office:
    """A folder with sheets, and an rpa.toml for shops that read them."""

    folder: Path

    def sheet(self, name: str, *order_sns: str, headers: str = "订单号,快递公司,快递单号") -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        lines = [f"{sn},中通快递,7{sn[:6]}{sn[-8:]}" for sn in order_sns]
        path.write_text("\n".join([headers, *lines]), encoding="utf-8-sig")
        os.utime(path, (1_773_000_000, 1_773_000_000))
        return path

    def read(
        self, shops: dict[str, list[str]], *, run: Sequence[str] = (), given: Sequence[Path] = (), more: str = ""
    ) -> Inbox:
        config = self.config(shops, more=more)
        chosen = tuple(config.shop(name) for name in run or shops)
        plan = Preparation(config=config, shops=chosen, options=None, language="en")
        return Inbox.read(plan, given=given, hidden_rows=False)

    def config(self, shops: dict[str, list[str]], *, more: str = "") -> Config:
        tables = [
            f'[shops.{name}]\nplatform = "pinduoduo"\nmall_id = "{name}"\nsheets = {globs}\n{more}'
            for name, globs in shops.items()
        ]
        path = self.folder / "rpa.toml"
        path.write_text("\n".join(['language = "en"', *tables]), encoding="utf-8")
        return load_config(path)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def numbers(rows: Sequence[SheetRow | BadRow]) -> list[str]:
    return [row.order_sn for row in rows]


def left(inbox: Inbox, *stopped: str) -> dict[str, tuple[str, Reason | None]]:
    return {decision.order_sn: (shop, decision.reason) for shop, decision in inbox.leftovers(stopped)}


def test_a_fresh_sheet_that_ends_within_a_line_is_read_only_when_a_person_gives_it(
    office: Office,
) -> None:
    path = office.sheet("in/a.csv", A)
    os.utime(path, (time.time() - 3, time.time() - 3))
    found = office.read({"one": ["in/*"]})
    assert (numbers(found.rows("one")), [each.path for each in found.left_alone("one")]) == ([], [path])
    assert numbers(office.read({"one": []}, given=[path]).rows("one")) == [A]
    path.write_bytes(path.read_bytes() + b"\n")
    os.utime(path, (time.time() - 3, time.time() - 3))
    assert numbers(office.read({"one": ["in/*"]}).rows("one")) == [A]


def test_each_shop_reads_the_sheets_of_its_globs(office: Office) -> None:
    office.sheet("in/a.csv", A)
    office.sheet("in/b.csv", B)
    inbox = office.read({"one": ["in/a*.csv"], "two": ["in/b.csv", "in/b*.csv"]})
    assert (numbers(inbox.rows("one")), numbers(inbox.rows("two"))) == ([A], [B])


def test_sheets_may_lie_anywhere_on_the_machine(office: Office, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = Office(tmp_path_factory.mktemp("elsewhere")).sheet("out/a.csv", A)
    assert numbers(office.read({"one": [f"{elsewhere.parent.as_posix()}/*.csv"]}).rows("one")) == [A]


@contextmanager
def not_root() -> Iterator[None]:
    """Look as a user whom the system refuses something."""
    user = os.geteuid()
    os.seteuid(user or 4321)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows needs rights for links")
def test_a_link_to_where_this_user_may_not_look_is_named_and_hinders_no_other_sheet(office: Office) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "closed").mkdir(mode=0)
        (folder / "a.csv").symlink_to(folder / "closed" / "a.csv")
        (folder / "b.csv").touch()
        (folder / "gone.csv").symlink_to(folder / "nowhere")
        (folder / "round.csv").symlink_to("round.csv")
        config = office.config({"one": [f"{folder}/*.csv"]})
        with not_root():
            found = sheets_of(config.shop("one"), config)
    assert sorted(path.name for path in found) == ["a.csv", "b.csv"]


def test_given_sheets_are_read_instead_of_the_shops_own(office: Office) -> None:
    office.sheet("in/a.csv", A)
    given = office.sheet("mine.csv", B)
    assert numbers(office.read({"one": ["in/*.csv"]}, given=[given]).rows("one")) == [B]


def test_a_given_sheet_that_is_not_there_stops_before_anything(office: Office) -> None:
    with pytest.raises(ConfigError, match=r"gone\.csv"):
        office.read({"one": []}, given=[office.folder / "gone.csv"])


def test_a_row_taken_by_one_shop_is_gone_for_all(office: Office) -> None:
    office.sheet("in/a.csv", A, B)
    inbox = office.read({"one": ["in/*.csv"], "two": ["in/a.csv"]})
    inbox.take(inbox.rows("one")[0])
    assert (numbers(inbox.rows("one")), numbers(inbox.rows("two"))) == ([B], [B])
    assert list(left(inbox)) == [B]


def test_what_no_shop_took_is_left_over_once(office: Office) -> None:
    office.sheet("in/a.csv", A, B)
    inbox = office.read({"one": ["in/*.csv"], "two": ["in/*.csv"]})
    assert left(inbox) == {A: ("two", Reason.NOT_IN_SHOP), B: ("two", Reason.NOT_IN_SHOP)}
    assert left(inbox) == {}


def test_what_a_shop_that_stopped_may_have_is_not_called_missing(office: Office) -> None:
    office.sheet("in/a.csv", A)
    office.sheet("in/b.csv", B)
    inbox = office.read({"one": ["in/a.csv"], "two": ["in/a.csv", "in/b.csv"], "three": ["in/b.csv"]})
    assert left(inbox, "one") == {A: ("two", Reason.SHOP_NOT_READ), B: ("three", Reason.NOT_IN_SHOP)}


def test_what_a_shop_outside_this_run_may_have_waits_for_it(office: Office) -> None:
    office.sheet("in/a.csv", A)
    shops = {"one": ["in/a.csv"], "two": ["in/a.csv"]}
    [(_, decision)] = office.read(shops, run=["one"]).leftovers([])
    assert (decision.reason, decision.message) == (Reason.OTHER_SHOP_NOT_RUN, "two")


def test_a_given_sheet_is_meant_for_the_shops_of_this_run_only(office: Office) -> None:
    given = office.sheet("in/a.csv", A)
    inbox = office.read({"one": ["in/a.csv"], "two": ["in/a.csv"]}, run=["one"], given=[given])
    assert left(inbox) == {A: ("one", Reason.NOT_IN_SHOP)}


def test_a_bad_row_keeps_its_reason_whatever_happened_to_the_shops(office: Office) -> None:
    office.sheet("in/a.csv", "260310-1")
    inbox = office.read({"one": ["in/a.csv"], "two": ["in/a.csv"]}, run=["one"])
    assert left(inbox, "one") == {"260310-1": ("one", Reason.NOT_AN_ORDER_SN)}


def test_a_shops_own_headers_are_its_own(office: Office) -> None:
    office.sheet("in/a.csv", A, headers="订单号,快递公司,回执码")
    named = office.read({"one": ["in/a.csv"]}, more='columns = {tracking_number = "回执码"}')
    unnamed = office.read({"one": ["in/a.csv"]})
    assert [type(row) for row in named.rows("one")] == [SheetRow]
    assert [type(row) for row in unnamed.rows("one")] == [BadRow]


def test_a_file_that_is_refused_as_a_whole_is_named_without_a_row() -> None:
    rows = [(Place(sheet=Path("a.csv"), row=0), "no"), (Place(sheet=Path("b.csv"), row=2), "no")]
    assert list(_by_file(rows)) == ["no a.csv", "no b.csv: 2"]
