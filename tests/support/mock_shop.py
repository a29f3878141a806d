"""A project folder for a mock shop: its rpa.toml, key, password and sheets, and `rpa` as a real process in it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomlkit

from fixtures.mockshop.shop.goods import VIRTUAL
from fixtures.sheets.samples import Parcel, write_english_csv
from rpa.accounts import account_of
from rpa.address import Site, origin_of
from rpa.clock import Clock
from rpa.config import Shop
from rpa.credentials import Vault, key_from, make_key
from rpa.elements.registry import load_profile, profiles
from rpa.ledger.actions import Action
from rpa.ledger.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
LOGIN, PASSWORD, MALL_ID = "clerk-1", "demo-pass-1", "123456789"
ZONE = ZoneInfo("Asia/Shanghai")
Row = dict[str, str]

VIRTUAL_GOODS = [
    {"goods_id": goods.goods_id, "spec": spec, "delivered_by": "platform"} for goods in VIRTUAL for spec in goods.specs
]
"""All virtual goods of the mock, for `no_logistics_goods`."""

_RPA = (sys.executable, "-c", "from rpa.cli import main; main()")
PATIENCE_S = 300
"""Whatever a test waits for has happened by then, however busy the machine is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one `rpa` ended."""

    exit_code: int
    stdout: str
    stderr: str
    rows: list[Row]
    """Of the reports that this process began, in the order written; all shops."""

    @property
    def json(self) -> dict[str, Any]:
        """The document that `--json` printed."""
        document: dict[str, Any] = json.loads(self.stdout)
        return document

    def row(self, order_sn: str) -> Row:
        """The one row of this order."""
        [row] = [row for row in self.rows if row["order_sn"] == order_sn]
        return row

    def reasons(self) -> dict[str, str]:
        """Reason by order number. Fails when an order has two rows."""
        assert len({row["order_sn"] for row in self.rows}) == len(self.rows), "an order has two rows"
        return {row["order_sn"]: row["reason"] for row in self.rows}


class ShopFolder:
    """What a shop's owner has: a folder with rpa.toml, sheets and, once something ran, `var/`."""

    def __init__(self, path: Path, *, url: str = "", **settings: Any) -> None:
        """`settings`: keys of the shop `demo`'s table. Without `url` there is no shop until `add_shop`."""
        self.path = path
        self.var = path / "var"
        self.key = make_key()
        self.shops: dict[str, dict[str, Any]] = {}
        path.mkdir(parents=True, exist_ok=True)
        if url:
            self.add_shop("demo", url=url, **settings)

    def add_shop(self, name: str, *, url: str, password: str | None = PASSWORD, **settings: Any) -> None:
        """One more `[shops.NAME]`; its password is stored unless it is None."""
        known: dict[str, Any] = {
            "platform": "pinduoduo",
            "base_url": url,
            "mall_id": MALL_ID,
            "login": LOGIN,
            "live": True,
            "settle_s": 1.0,
            "sheets": ["inbox/*"],
            "mock": True,
        }
        self.shops[name] = known
        self.configure(name, **settings)
        if password is not None:
            login, site = self.shops[name]["login"], self.site(name)
            Vault(self.var / "secrets", key_from(self.key)).save_password(self.account(name), login, password, site)

    def account(self, shop: str = "demo") -> str:
        """The name under which its login is kept."""
        known = {key: self.shops[shop][key] for key in ("platform", "base_url", "mall_id", "login")}
        if known["platform"] not in profiles(folder=self.path / "none"):
            return shop
        return account_of(Shop(name=shop, **known), profile=load_profile(known["platform"]))

    def site(self, shop: str = "demo") -> Site:
        """What its login is bound to."""
        return Site(origin=origin_of(self.shops[shop]["base_url"]))

    def configure(self, shop: str = "demo", **settings: Any) -> None:
        """Change keys of a shop's table; None removes one."""
        self.shops[shop] = {k: v for k, v in {**self.shops[shop], **settings}.items() if v is not None}
        (self.path / "rpa.toml").write_text(tomlkit.dumps({"language": "en", "shops": self.shops}), encoding="utf-8")

    def write_sheet(self, parcels: Sequence[Parcel], *, name: str = "inbox/parcels.csv") -> Path:
        """A CSV with English headers; the default name is read by every shop."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_english_csv(path, parcels)
        return path

    def run(self, *arguments: str, given: str | None = None, env: Mapping[str, str] | None = None) -> Result:
        """Run `rpa ARGUMENTS` to its end; `given` stands on its standard input."""
        before = set(self.run_ids())
        with self.start(*arguments, env=env) as process:
            try:
                stdout, stderr = process.communicate(given, timeout=PATIENCE_S)
            finally:
                process.kill()
        rows = [row for run_id in self.run_ids() if run_id not in before for row in self.rows_of(run_id)]
        return Result(exit_code=process.returncode, stdout=stdout, stderr=stderr, rows=rows)

    def start(self, *arguments: str, env: Mapping[str, str] | None = None, **how: Any) -> subprocess.Popen[str]:
        """Start `rpa ARGUMENTS`; `how`: further arguments of Popen."""
        options: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        options |= {"cwd": self.path, "env": self.environment(env), "text": True, "encoding": "utf-8", **how}
        return subprocess.Popen([*_RPA, *arguments], **options)

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What the process knows: this folder's key, and the checkout under test."""
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        further = {**(more or {})}
        if "PYTHONPATH" in further:
            path = os.pathsep.join((path, further.pop("PYTHONPATH")))
        return {**os.environ, "PYTHONPATH": path, "RPA_KEY": self.key, **further}

    def run_ids(self) -> list[str]:
        """The runs that have a report, oldest first."""
        return [path.parent.name for path in sorted((self.var / "reports").glob("*/run.json"))]

    def rows_of(self, run_id: str) -> list[Row]:
        """The rows of one run's report.csv."""
        with (self.var / "reports" / run_id / "report.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def rows(self) -> list[Row]:
        """The rows of all runs, oldest first."""
        return [row for run_id in self.run_ids() for row in self.rows_of(run_id)]

    def ledger(self) -> list[Action]:
        """All actions, newest first."""
        with Ledger.open(self.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
            return ledger.actions.search()
