"""A kind of two writes on one order, for tests: first the seller's remark, then the flag, each saved by itself.

Each is an action of its own, which happens once. As a flow of a package of its own (`installed`), `rpa run two-writes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flows.orders.api import ReadsOrders
from flows.orders.reasons import Coded, Reason
from flows.procedure.api import SiteActs, SiteForm, Values
from flows.procedure.batch import Batch
from flows.procedure.kind import AlreadyThere, Kind, Step
from flows.procedure.one_by_one import OneByOne
from flows.procedure.pace import pace_of
from flows.procedure.reasons import reason_of
from flows.procedure.report import PART_COLUMN
from flows.remarks.api import WritesRemarks
from flows.remarks.model import Remark, RemarkDecision, WantedRemark
from flows.remarks.reasons import RemarkReason
from flows.remarks.report import REMARK_REPORT, RemarkRow
from rpa.errors import InDoubt, Refused
from rpa.flow import Flow, Preparation, ReportShape, Row, option
from rpa.language import Text
from rpa.ledger.actions import Action, Intent, Key, Seen, State
from rpa.ledger.once import NOT_FOUND, Look
from rpa.run import Run

NAME = "two-writes"
PARTS = ("text", "flag")


def only(part: str, *, of: Remark, over: Remark) -> Remark:
    """What the order shows once this part is written, and no other."""
    return replace(over, text=of.text) if part == "text" else replace(over, flag=of.flag)


class PartSite:
    """The site's dialog, used for one part alone."""

    def __init__(self, site: SiteActs[RemarkDecision], *, part: str) -> None:
        self._site = site
        self._part = part

    def check_allowed(self) -> None:
        self._site.check_allowed()

    def bring_row(self, decision: RemarkDecision) -> Values:
        return self._site.bring_row(decision)

    def open(self, decision: RemarkDecision) -> SiteForm[RemarkDecision]:
        return PartForm(self._site.open(decision), part=self._part)

    def pictured(self, subject: str) -> AbstractContextManager[None]:
        return self._site.pictured(subject)


class PartForm:
    """The dialog, of which one field is filled in."""

    def __init__(self, form: SiteForm[RemarkDecision], *, part: str) -> None:
        self._form = form
        self._part = part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._form, name)

    def put(self, decision: RemarkDecision, shown: Values) -> Values:
        now = Remark(text=str(shown["text"] or ""), flag=str(shown["flag"] or ""))
        wanted = only(self._part, of=decision.change[1], over=now)
        order = decision.order
        assert order is not None
        as_it_is = replace(order, remark=now.text, flag=now.flag)
        alone = WantedRemark(order_sn=decision.subject, text=wanted.text, flag=wanted.flag)
        return self._form.put(RemarkDecision(wanted=alone, order=as_it_is), shown)


class PartStep(Step[RemarkDecision]):
    """One of the two writes."""

    def check_row(self, decision: RemarkDecision, row: Values) -> None:
        self._refuse_other(decision, Remark(text=str(row["remark"] or ""), flag=str(row["flag"] or "")))

    def check_told(self, decision: RemarkDecision, told: Values) -> None:
        self._refuse_other(decision, _in_form(told))

    def check_form(self, decision: RemarkDecision, shown: Values, *, told: Values) -> None:
        if _in_form(shown) != _in_form(told):
            raise InDoubt("the dialog shows something else than its data", reason=Reason.SOURCES_DISAGREE)

    def check_filled(self, decision: RemarkDecision, shown: Values, *, told: Values) -> None:
        if _in_form(shown) != only(self.part, of=decision.change[1], over=_in_form(told)):
            raise InDoubt("the dialog's fields read otherwise than they were filled in", reason=Reason.ROW_MISMATCH)

    def _refuse_other(self, decision: RemarkDecision, now: Remark) -> None:
        """Before the first write the order is as it was read, before the second as the first has left it."""
        before, wanted = decision.change
        if self.part == "flag":
            before = replace(before, text=wanted.text)
        if now == only(self.part, of=wanted, over=before):
            raise AlreadyThere
        if now != before:
            raise Refused(f"{before} → {now}", reason=RemarkReason.CHANGED_MEANWHILE)


def _in_form(values: Values) -> Remark:
    return Remark(text=str(values["text"] or ""), flag=str(values["flag"] or ""))


class TwoWrites(Kind[RemarkDecision]):
    """Both writes, each once."""

    name = NAME

    def steps(self) -> Sequence[PartStep]:
        site = self.run.office(WritesRemarks)
        return [PartStep(PartSite(site, part=part), part=part) for part in PARTS]

    def question(self, decision: RemarkDecision) -> str:
        return f"{decision.subject}: {decision.change[1]}"

    def held_meanwhile(self, decision: RemarkDecision) -> RemarkDecision | None:
        held = self.run.ledger.holds.active(self.run.shop.name, subjects=[decision.subject])
        return replace(decision, reason=Reason.ON_HOLD) if held else None

    def intent(self, decision: RemarkDecision, *, part: str, evidence: Path | None) -> Intent:
        before, wanted = decision.change
        payload = {part: wanted.payload["remark" if part == "text" else "flag"]}
        facts = {"before": before.text if part == "text" else before.flag, "remark": wanted.text, "flag": wanted.flag}
        return Intent(subject=decision.subject, part=part, payload=payload, facts=facts)

    def looks(self, actions: Sequence[Action]) -> Mapping[Key, Look]:
        if not actions:
            return {}
        found = self.run.office(ReadsOrders).find(list({action.subject for action in actions}))
        now = {sn: Remark.of(order) for sn, order in found.items()}
        return {each.key: _look_at(each, now.get(each.subject)) for each in actions}

    def reason(self, code: str) -> Coded:
        return reason_of(code, own=RemarkReason)

    def row(
        self,
        decision: RemarkDecision,
        reason: Coded,
        *,
        message: str = "",
        part: str = "",
        evidence: Path | None = None,
    ) -> Row:
        return {**RemarkRow.of(decision, reason=reason, message=message, evidence=evidence).cells(), "part": part}

    def row_of(self, action: Action, *, reason: Coded | None = None, message: str = "") -> Row:
        return row_of(action, reason=reason, message=message)


def _look_at(action: Action, now: Remark | None) -> Look:
    if now is None:
        return NOT_FOUND
    shown = now.text if action.part == "text" else now.flag
    if shown == action.payload[action.part]:
        return Look(seen=Seen.OURS)
    return Look(
        seen=Seen.NOTHING if shown == action.facts["before"] else Seen.OTHER, detail=f"the site shows {shown!r}"
    )


_ENDS = {
    State.DONE: RemarkReason.REMARKED,
    State.REFUSED: RemarkReason.SITE_REFUSED,
    State.NOT_DONE: RemarkReason.NOT_DONE,
    State.CONFLICT: RemarkReason.CONFLICT,
}


def row_of(action: Action, *, reason: Coded | None = None, message: str = "") -> Row:
    """The row of one part."""
    ended = reason or _ENDS.get(action.state, RemarkReason.UNKNOWN)
    payload = {"remark": action.payload.get("text", ""), "flag": action.payload.get("flag", "")}
    told = RemarkRow.of_action(replace(action, payload=payload), reason=ended, message=message or action.detail)
    return {**told.cells(), "part": action.part}


class TwoWritesBatch(Batch[RemarkDecision]):
    """The orders given on the command line."""

    def __init__(self, run: Run) -> None:
        kind = TwoWrites(run)
        super().__init__(kind, route=lambda once: OneByOne(kind, once, pace=pace_of(run)))

    def decide(self, order_sns: Sequence[str]) -> None:
        """Each that is not whole yet; the first write of one that was cut off is not asked for once more."""
        options = self.run.options
        opened = self.once.open_subjects
        found = self.run.office(ReadsOrders).find([sn for sn in order_sns if sn not in opened])
        for sn, order in found.items():
            live = self.run.ledger.actions.live(self.run.shop.name, kind=NAME, subjects=[sn])
            wanted = WantedRemark(order_sn=sn, text=options.remark, flag=options.flag)
            first = live.get((sn, "text"))
            read = replace(order, remark=str(first.facts["before"])) if first is not None else order
            decision = RemarkDecision(wanted=wanted, order=read)
            states = {action.state for action in live.values()}
            if states - {State.DONE}:
                decision = replace(decision, reason=RemarkReason.UNKNOWN)
            elif set(PARTS) == {part for _, part in live}:
                decision = replace(decision, reason=RemarkReason.ALREADY_THERE)
            self.take([decision])

    def decide_again(self, again: Mapping[str, RemarkDecision | None]) -> Iterator[Row]:
        self.decide(list(again))
        yield from ()

    def report_again(self, again: Mapping[str, RemarkDecision | None], *, code: str) -> Iterator[Row]:
        for sn, decision in again.items():
            told = decision or RemarkDecision(wanted=WantedRemark(order_sn=sn))
            yield self.counted(self.kind.row(told, self.kind.reason(code)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Arguments of `rpa run two-writes`."""

    order: tuple[str, ...] = option("An order.", "订单。", many=True)
    remark: str = option("The remark.", "备注。", default="")
    flag: str = option("The flag.", "旗标。", default="")


def _prepare(_plan: Preparation) -> None:
    return None


def work(run: Run) -> Iterator[Row]:
    """The procedure, and nothing else."""
    batch = TwoWritesBatch(run)
    yield from batch.carefully(_step_by_step(batch, run))


def _step_by_step(batch: TwoWritesBatch, run: Run) -> Iterator[Row]:
    yield from batch.recover_unfinished()
    batch.decide(run.options.order)
    yield from batch.report_skipped()
    yield from batch.act_and_read_back()


_COLUMNS = (*REMARK_REPORT.layout.columns, PART_COLUMN)
TWO_WRITES = Flow(
    name=NAME,
    summary=Text(en="Two writes on one order.", zh="一个订单的两次写入。"),
    needs=(ReadsOrders, WritesRemarks),
    options=Options,
    writes=True,
    prepare=_prepare,
    work=work,
    settled={NAME: row_of},
    report=ReportShape(
        layout=replace(REMARK_REPORT.layout, columns=_COLUMNS, part=PART_COLUMN.key),
        name=Text(en="Two writes", zh="两次写入"),
        reasons=REMARK_REPORT.reasons,
    ),
)


def installed(folder: Path) -> dict[str, str]:
    """The environment in which `rpa` has this flow, too: a package's metadata in this folder names it."""
    metadata = folder / "two_writes-1.0.dist-info"
    metadata.mkdir(parents=True, exist_ok=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: two-writes\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(f"[rpa.flows]\ntwo_writes = {__name__}\n", encoding="utf-8")
    return {"PYTHONPATH": str(folder)}
