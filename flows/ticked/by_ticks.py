"""The route of ticked rows: as many orders with one click as a task of the site takes, each settled by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from flows.orders.model import Decision, How
from flows.orders.settings import OrderSettings
from flows.procedure.in_bulk import Reread, TaskSaid
from flows.shipping.evidence import package_folder
from flows.shipping.in_bulk import ShipsInBulk, look_at_refused, window_of
from flows.shipping.intents import by_entry, intent_in
from flows.ticked.api import FOLDER, ShipsTicked, TickedForm, TickedLine
from flows.ticked.reconcile import ToldOrder, told_orders
from flows.ticked.words import TickedWords
from rpa.files import private_folder, write_atomically
from rpa.language import Text
from rpa.ledger.actions import Seen
from rpa.ledger.once import Look, Reply, Settled

if TYPE_CHECKING:
    from flows.orders.api import Said
    from flows.procedure.kind import Kind
    from flows.procedure.pace import Pace
    from flows.ticked.api import TaskResult
    from flows.ticked.tasks import Tasks
    from rpa.clock import Moment
    from rpa.ledger.actions import Intent
    from rpa.ledger.once import Once

_QUESTION = Text(en="Ship {count} ticked orders, {first} first?", zh="批量发货 {count} 个勾选的订单，首个 {first}？")
_TOLD = Text(
    en="Task {task}: {count} orders, {window}; what changed in between could not be seen. It says: shipped {shipped}, "
    "refused {refused}; all were read back from the list.",
    zh="任务 {task}：{count} 个订单，{window}；其间的变化无法得知。任务显示成功 {shipped}，失败 {refused}；"
    "均已从订单列表读回核对。",
)
_NO_TASK = Text(en="(not told)", zh="（未告知）")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """Orders whose rows are ticked together."""

    decisions: tuple[Decision, ...]
    """As they are to be shipped: by ticked rows."""
    file: Path
    """The rows that are sent, alone in its folder, which is the evidence of this task."""
    began: Moment
    """No mark is older."""
    read_at: datetime
    """By the site's clock: when the marks were read."""

    @property
    def lines(self) -> tuple[TickedLine, ...]:
        """What is filled in."""
        return tuple(_line_of(decision) for decision in self.decisions)

    @property
    def intents(self) -> list[Intent]:
        """What the ledger keeps of them."""
        return [intent_in(decision, package=self.file) for decision in self.decisions]


class TickedRoute(ShipsInBulk[Ticked]):
    """The batch's orders, many by ticked rows."""

    how: ClassVar[How] = How.TICKED

    def __init__(self, kind: Kind[Decision], once: Once, *, pace: Pace, tasks: Tasks) -> None:
        super().__init__(kind, once, pace=pace)
        self._tasks = tasks
        self._words = kind.run.profile.section(TickedWords)
        self._numbers = count(1)

    def first_together(self, decisions: Sequence[Decision]) -> Sequence[Decision]:
        """As many as site and shop allow."""
        return decisions[: min(self._words.most_rows, self.run.shop.settings(OrderSettings).import_chunk)]

    def packed(self, read: Reread[Decision]) -> Ticked:
        """All that were just read again, written down in the folder of their evidence."""
        folder = private_folder(package_folder(self.run, str(next(self._numbers)), entry=FOLDER))
        ticked = Ticked(
            decisions=tuple(by_entry(each, How.TICKED) for each in read.to_act),
            file=folder / f"{folder.name}.json",
            began=read.began,
            read_at=read.read_at,
        )
        rows = [(line.order_sn, line.courier, line.tracking_number) for line in ticked.lines]
        _write(ticked.file, {"orders": rows, "marks_read_at": read.read_at.isoformat()})
        return ticked

    def fill_in(self, package: Ticked) -> TickedForm:
        """The form with these rows."""
        return self.run.office(ShipsTicked).fill_in(package.lines, into=package.file.parent)

    def question(self, package: Ticked) -> str:
        """Count and the first order."""
        first, number = package.decisions[0].order_sn, len(package.decisions)
        return _QUESTION.of(self.run.language, count=number, first=first)

    def settled(self, package: Ticked, said: Said, *, sent_at: datetime) -> Sequence[Settled]:
        """The orders of which the task and the list, read again after its end, say the same."""
        result = self._result(package, said)
        told = told_orders([decision.order_sn for decision in package.decisions], result)
        self._note(package, said, result, told=told, sent_at=sent_at)
        for sn, order in told.items():
            if order.accepted is not None:
                repeatable = not order.accepted and self._words.is_repeatable(order.words)
                reply = Reply(accepted=order.accepted, words=order.words, repeatable=repeatable)
                self.once.note_reply((sn, ""), reply)
        named = [self.once.open[sn, ""] for sn, order in told.items() if order.accepted is not None]
        window = window_of(read_at=package.read_at, sent_at=sent_at, language=self.run.language)
        looks = self._tasks.read_back(named)
        return self.once.settle_with(
            {key: self._weighed(look, told[key[0]], window=window) for key, look in looks.items()}
        )

    def _result(self, package: Ticked, said: Said) -> TaskResult | None:
        task_id = said.task_id if isinstance(said, TaskSaid) and said.accepted else None
        return self._tasks.result(package.file.name, task_id=task_id)

    def _weighed(self, look: Look, order: ToldOrder, *, window: str) -> Look:
        """What the list shows; where it shows nothing, a refusal by the task is certain."""
        if look.seen is Seen.NOTHING and order.accepted is False:
            meant, lasting = self._words.meaning(order.words), self._words.is_lasting(order.words)
            return look_at_refused(self.run, order.words, meant=meant, lasting=lasting, window=window)
        if look.seen is Seen.OURS:
            return replace(look, detail="; ".join(filter(None, (look.detail, window))))
        return look

    def _note(
        self,
        package: Ticked,
        said: Said,
        result: TaskResult | None,
        *,
        told: Mapping[str, ToldOrder],
        sent_at: datetime,
    ) -> None:
        """The site's answers, beside the rows that were sent; and one sentence for a person."""
        task_id = result.task_id if result is not None else said.task_id if isinstance(said, TaskSaid) else None
        answers = {
            "sent_at": sent_at.isoformat(),
            "accepted": said.accepted,
            "words": said.words,
            "task_id": task_id,
            "going": bool(result and result.going),
            "task": dict(result.answer) if result else {},
        }
        _write(package.file.with_name("answer.json"), answers)
        language, outcomes = self.run.language, [order.accepted for order in told.values()]
        sentence = _TOLD.of(
            language,
            task=task_id or _NO_TASK.of(language),
            count=len(told),
            window=window_of(read_at=package.read_at, sent_at=sent_at, language=language),
            shipped=outcomes.count(True),
            refused=outcomes.count(False),
        )
        self.run.note("ticked", sentence)


def _line_of(decision: Decision) -> TickedLine:
    order, shipment = decision.to_ship
    return TickedLine(order=order, courier=shipment.courier, tracking_number=shipment.tracking_number)


def _write(path: Path, told: Mapping[str, Any]) -> None:
    write_atomically(
        path, json.dumps(told, ensure_ascii=False, indent=1, default=str).encode(errors="backslashreplace")
    )
    path.chmod(0o600)
