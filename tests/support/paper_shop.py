"""A site on paper: what each of its places says of an order, and what it answers, as a test wants it.

It offers what a platform offers to the procedure, for each kind of action, without a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flows.orders.api import ReadsOrders, Said, Sighting
from flows.orders.model import Decision, How, Order, Shipment
from flows.procedure.api import Result
from flows.procedure.kind import Kind
from flows.procedure.one_by_one import OneByOne
from flows.procedure.pace import Pace
from flows.remarks.api import WritesRemarks
from flows.remarks.kind import Remarking
from flows.remarks.model import RemarkDecision, WantedRemark
from flows.settings.api import KeepsSettings
from flows.settings.kind import READ, SetsSettings
from flows.settings.model import Setting, SettingDecision
from flows.shipping.api import ShipsOrders
from flows.shipping.intents import look_at
from flows.shipping.kind import Shipping
from flows.shipping.step import ShipStep
from rpa.ledger.actions import Action
from rpa.ledger.ledger import Ledger
from rpa.ledger.once import Look, Once
from rpa.run import Run
from tests.support.dialog_step import dialog_step
from tests.support.ledger_clock import StillClock
from tests.support.made_orders import NOW, an_order
from tests.support.made_runs import a_run
from tests.support.two_writes import TwoWrites

YES = Said(accepted=True)
KINDS = ("ship", "remark", "two-writes", "setting")


@dataclass(slots=True, kw_only=True)
class PaperShop:
    """One shop: its orders, what its places say instead of the truth, and all that was done there, in order."""

    orders: dict[str, Order]
    clock: StillClock
    of_settings: bool = False
    """Its places speak of settings: each order's remark is the value of one, the flag is all else on its page."""
    says: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By place (row, told, form, filled), values that stand there instead."""
    answers: list[Said] = field(default_factory=list)
    """To the next clicks; then yes."""
    effect: bool = True
    """Whether a click that is answered with yes changes the order."""
    lags: bool = False
    """Whether orders are found as they were at first."""
    blocked: str | None = None
    allowed: Callable[[], None] = lambda: None
    before_send: Callable[[], None] = lambda: None
    log: list[str] = field(default_factory=list)

    def values(self, order_sn: str, *, place: str, **more: Any) -> dict[str, Any]:
        order = self.orders[order_sn]
        values = {
            "order_sn": order_sn,
            "status": order.status,
            "audit": "clear",
            "after_sale": "clear",
            "goods_ids": tuple(item.goods_id for item in order.items),
            "goods": tuple(item.goods for item in order.items),
            "specs": tuple(item.spec for item in order.items),
            "quantities": tuple(str(item.quantity) for item in order.items),
            "receiver": order.receiver,
            "region": order.region,
            "address": order.address,
            "remark": order.remark,
            "text": order.remark,
            "flag": order.flag,
            **more,
            **self.says.get(place, {}),
        }
        return self.of_setting(order_sn, values) if self.of_settings else values

    def of_setting(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """What a page of settings has of these."""
        if "remark" not in values:
            return {name: values["text"], "flag": values["flag"]}
        read = Setting(name=name, value=values["remark"], others={"flag": values["flag"]})
        return {READ: read, name: values["text"], "flag": values["flag"]}

    # ReadsOrders

    def now(self) -> Any:
        return NOW

    def find(self, order_sns: Sequence[str]) -> Mapping[str, Order]:
        self.log.append("find")
        now = {sn: an_order(sn) for sn in self.orders} if self.lags else self.orders
        return {sn: now[sn] for sn in order_sns if sn in now}

    # KeepsSettings

    def setting(self, name: str) -> Setting:
        found = self.find([name])
        if not found:
            return Setting(name=name, doubt="not there")
        return Setting(name=name, value=found[name].remark, others={"flag": found[name].flag})

    def waybills(self) -> Sequence[Any]:
        return ()

    # ShipsOrders, WritesRemarks

    def read_back(self, order_sns: Sequence[str]) -> Mapping[str, Sighting]:
        return {sn: Sighting(order=order) for sn, order in self.find(order_sns).items()}

    def steps(self) -> Sequence[ShipStep]:
        return [dialog_step(self)]

    def look_at(self, action: Action, sighting: Sighting | None) -> Look:
        return look_at(action, sighting)

    def check_allowed(self) -> None:
        self.log.append("allowed?")
        self.allowed()

    def bring_row(self, decision: Any) -> Mapping[str, Any]:
        self.log.append("row")
        return self.values(decision.subject, place="row")

    def open(self, decision: Any) -> PaperForm:
        self.log.append("open")
        return PaperForm(self, decision.subject)

    @contextmanager
    def pictured(self, subject: str) -> Iterator[None]:
        yield


class PaperForm:
    """A form of it."""

    def __init__(self, shop: PaperShop, order_sn: str) -> None:
        self._shop = shop
        self._order_sn = order_sn
        self._put: dict[str, Any] = {}
        self.told = shop.values(order_sn, place="told")
        self.evidence: Path | None = None

    def read(self) -> Mapping[str, Any]:
        self._shop.log.append("read")
        shop, sn = self._shop, self._order_sn
        shown = shop.values(sn, place="form", how="dialog", courier="", tracking_number="", error="")
        return {name: value for name, value in shown.items() if name != READ}

    def put(self, decision: Any, shown: Mapping[str, Any]) -> Mapping[str, Any]:
        self._shop.log.append("put")
        if isinstance(decision, Decision):
            _, shipment = decision.to_ship
            parcel = {"courier": shipment.courier, "tracking_number": shipment.tracking_number}
            self._put = {"how": shipment.how.value, **parcel}
        elif isinstance(decision, SettingDecision):
            self._put = {"text": decision.value}
            filled = {"flag": shown["flag"], **self._put, **self._shop.says.get("filled", {})}
            return self._shop.of_setting(self._order_sn, filled)
        else:
            _, wanted = decision.change
            self._put = {"text": wanted.text, "flag": wanted.flag}
        return {**shown, **self._put, **self._shop.says.get("filled", {})}

    def blocked(self) -> str | None:
        return self._shop.blocked

    def take_picture(self) -> None:
        self._shop.log.append("picture")
        self.evidence = Path(f"evidence/{self._order_sn}/before.png")

    def send(self) -> Said:
        shop = self._shop
        shop.log.append(f"send {self._order_sn}")
        shop.before_send()
        said = shop.answers.pop(0) if shop.answers else YES
        if said.accepted is not False and shop.effect:
            order = shop.orders[self._order_sn]
            shown = {"remark": self._put.get("text", order.remark), "flag": self._put.get("flag", order.flag)}
            if "how" in self._put:
                parcel = {name: self._put[name] for name in ("courier", "tracking_number")}
                shown = {"status": "shipped", **parcel}
            shop.orders[self._order_sn] = replace(order, **shown)
        return said

    def leave(self) -> None:
        self._shop.log.append("leave")


class PaperDesk:
    """One run of one kind of action in such a shop."""

    def __init__(
        self, folder: Path, *, kind: str, ledger: Ledger, settings: str = "", per_minute: int | None = None, **told: Any
    ) -> None:
        clock = StillClock()
        orders = {sn: an_order(sn) for sn in "ABCDE"}
        self.shop = PaperShop(orders=orders, clock=clock, of_settings=kind == SetsSettings.name)
        offices = {each: lambda: self.shop for each in (ReadsOrders, ShipsOrders, WritesRemarks, KeepsSettings)}
        person = told.pop("person", Agreeing())
        self.run: Run = a_run(
            folder, ledger=ledger, flow=kind, settings=settings, clock=clock, offices=offices, person=person, **told
        )
        kinds: dict[str, Callable[[Run], Kind[Any]]] = {
            "ship": Shipping,
            "remark": Remarking,
            "two-writes": TwoWrites,
            "setting": SetsSettings,
        }
        self.kind = kinds[kind](self.run)
        self.once: Once = self.run.once(kind, look=self.kind.looks, supersedes=self.kind.supersedes)
        self.route = OneByOne(self.kind, self.once, pace=Pace(clock, per_minute=per_minute, stopping=self.run.stopping))
        self.clicks = len(self.kind.steps())

    @staticmethod
    def clock() -> StillClock:
        """A clock for a ledger."""
        return StillClock()

    def decision(self, order_sn: str) -> Any:
        """To act on this order, as it is now."""
        order = self.shop.orders[order_sn]
        if isinstance(self.kind, Shipping):
            shipment = Shipment(order_sn=order_sn, how=How.DIALOG, courier="中通快递", tracking_number=f"7{order_sn}")
            return Decision(order_sn=order_sn, order=order, row=None, shipment=shipment, reason=None)
        if isinstance(self.kind, SetsSettings):
            setting = Setting(name=order_sn, value=order.remark, others={"flag": order.flag})
            return SettingDecision(subject=order_sn, wanted="好", value="好", setting=setting)
        return RemarkDecision(wanted=WantedRemark(order_sn=order_sn, text="好", flag="RED"), order=order)

    def act(self, *order_sns: str) -> list[Result[Any]]:
        """Act on these, and give what has ended."""
        return list(self.route.act([self.decision(sn) for sn in order_sns]))

    @property
    def sent(self) -> list[str]:
        """The clicks that cannot be undone."""
        return [line.removeprefix("send ") for line in self.shop.log if line.startswith("send ")]


@dataclass(slots=True)
class Agreeing:
    """A person who says yes, and may do something meanwhile."""

    meanwhile: Callable[[], object] = lambda: None
    says: bool = True

    def agrees(self, question: str) -> bool:
        assert question
        self.meanwhile()
        return self.says


class Quiet:
    """A meter that nobody watches."""

    def add(self, count: int) -> None:
        assert count >= 0

    def advance(self) -> None:
        """Nothing."""
