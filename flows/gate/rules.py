"""Rules of a shop: its configuration, its profile's words, its ledger and holds, gathered; and the run's caps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.gate.decide import NoLogistics, Rules
from flows.gate.may_ship import Known, Wait, held_by_ledger, notices_against_all
from flows.notices.api import ATTACHMENT_KIND, DOCUMENT_KIND, NoticeKind
from flows.notices.coverage import answer
from flows.notices.words import slot_hours_of
from flows.orders.hold_causes import CLEAR, UNDER_AUDIT, subjects_of
from flows.orders.model import KIND, Mark, Order, Place, SheetRow
from flows.orders.settings import OrderSettings
from flows.orders.words import Couriers
from rpa.language import Language, Text
from rpa.ledger.actions import State
from rpa.ledger.details import in_words
from rpa.ledger.documents import DocumentState

if TYPE_CHECKING:
    from flows.notices.coverage import Covered
    from flows.orders.model import GoodOrBad
    from rpa.ledger.actions import Action
    from rpa.ledger.documents import Document
    from rpa.ledger.fingerprints import Change
    from rpa.run import Run


_BETWEEN_GOODS = "; "
_IN_QUESTION = (DocumentState.FOUND, DocumentState.LOST, DocumentState.UNREADABLE)

_OPEN = Text(
    en="{state} since {when}, run {run} {number} {detail}", zh="{when} 起为 {state}，运行 {run} {number} {detail}"
)
_ABOUT_AUDITS = frozenset({NoticeKind.PROHIBITION, NoticeKind.RESULT, NoticeKind.WATCHED})


def rules_of(
    run: Run,
    *,
    now: datetime,
    changed: Mapping[str, Change],
    orders: Iterable[Order],
    rows: Iterable[GoodOrBad] = (),
    accept_unusual: bool = False,
    under_way: Collection[str] = (),
) -> Rules:
    """The rules of this shop for these orders and sheet rows, at this moment of the site's clock.

    `accept_unusual`: a number may ship though it does not look like one of its courier. `under_way`: orders of which
    some steps are done and the others are still to be.
    """
    settings = run.shop.settings(OrderSettings)
    words = run.profile.words
    order_sns = [order.order_sn for order in orders]
    live = run.ledger.actions.live(run.shop.name, kind=KIND, subjects=order_sns)
    live = {key: action for key, action in live.items() if key[0] not in under_way}
    open_since = {sn: _words(action, language=run.language) for (sn, _), action in live.items()}
    good = [row for row in rows if isinstance(row, SheetRow) and row.tracking_number]
    going_on = {(row.order_sn, row.tracking_number) for row in good if row.order_sn in under_way}
    return Rules(
        now=now,
        stop_words=settings.stop_words or tuple(words.get("stop", ())),
        stop_flags=frozenset(settings.stop_flags or words.get("stop_flags", ())),
        no_logistics=tuple(
            NoLogistics(goods_id=goods.goods_id, spec=goods.spec, needs_proof=goods.delivered_by == "sheet")
            for goods in settings.no_logistics_goods
        ),
        most_orders_per_number=settings.max_orders_per_number,
        clear_looks=run.ledger.observations.of_mark(run.shop.name, mark=CLEAR, subjects=order_sns),
        audited=run.ledger.observations.of_mark(run.shop.name, mark=UNDER_AUDIT, subjects=order_sns),
        changed={sn: _difference(change) for sn, change in changed.items()},
        unresolved=open_since,
        handed_over={sn: open_since[sn] for (sn, _), action in live.items() if action.state is State.HANDED_OVER},
        shipped_numbers=_shipped_numbers(
            action
            for action in run.ledger.actions.bundled(
                run.shop.name, kind=KIND, bundles={row.tracking_number for row in good}
            )
            if (action.subject, action.bundle) not in going_on
        ),
        unusual=frozenset() if accept_unusual or run.watched else _unusual(run, good),
        **_held_now(run, now=now),
    )


def _unusual(run: Run, rows: Iterable[SheetRow]) -> frozenset[Place]:
    """The rows whose number does not look like one of its courier, by what the profile and the shop know now."""
    patterns = run.shop.settings(OrderSettings).courier_patterns
    table = run.profile.section(Couriers).with_patterns(patterns).table
    return frozenset(row.place for row in rows if not table.is_usual(row.tracking_number, courier=row.courier))


def held_meanwhile(run: Run, order: Order, *, now: datetime) -> Wait | None:
    """What somebody, or a notice, has put against the order since it was decided on; asked right before the click."""
    known = Known(now=now, **_held_now(run, now=now, subjects=subjects_of(order)))
    return held_by_ledger(order, known=known) or notices_against_all(known)


def held_meanwhile_of(run: Run, orders: Iterable[Order], *, now: datetime) -> dict[str, Wait]:
    """The same for many orders at once; those that nothing is against are missing."""
    known = Known(now=now, **_held_now(run, now=now))
    against_all = notices_against_all(known)
    found = {order.order_sn: held_by_ledger(order, known=known) or against_all for order in orders}
    return {sn: wait for sn, wait in found.items() if wait is not None}


def coverage_of(run: Run, *, now: datetime) -> Covered:
    """How far the shop's notices are known, at this moment of the site's clock."""
    return _covered(run, _in_question(run), now=now)


def _in_question(run: Run) -> list[Document]:
    """The notices and their files that are not saved, lost, or cannot be read."""
    found = run.ledger.documents.search(run.shop.name, states=_IN_QUESTION)
    return [document for document in found if document.kind in {DOCUMENT_KIND, ATTACHMENT_KIND}]


def _covered(run: Run, documents: list[Document], *, now: datetime) -> Covered:
    coverages = run.ledger.coverage.search(run.shop.name, kind=DOCUMENT_KIND)
    return answer(coverages, documents, now, hours=slot_hours_of(run.profile))


def _held_now(run: Run, *, now: datetime, subjects: Sequence[str] | None = None) -> dict[str, Any]:
    """The fields of `Known` that another program may change at any moment: holds and notices, read afresh.

    `subjects`: whose holds; None: all.
    """
    documents = _in_question(run)
    unreadable = [document for document in documents if _unread(document)]
    return {
        "holds": run.ledger.holds.active(run.shop.name, subjects=subjects),
        "unreadable_notices": tuple(dict.fromkeys(document.name.partition("/")[0] for document in unreadable)),
        "lost": _covered(run, documents, now=now).lost,
    }


def _unread(document: Document) -> bool:
    """Whether it cannot be read, or is an audit notice that was listed and never opened: any order may be in it."""
    if document.state is DocumentState.FOUND:
        return document.kind == DOCUMENT_KIND and document.facts.get("kind") in _ABOUT_AUDITS
    return document.state is DocumentState.UNREADABLE


def changes_of(run: Run, orders: Iterable[Order]) -> dict[str, Change]:
    """The orders that no longer look as at first sight, by number; the others are remembered.

    One under audit hides its address, so it is left out.
    """
    seen = [(each.order_sn, looks_of(each)) for each in orders if each.audit is Mark.CLEAR and each.doubt is None]
    return run.ledger.fingerprints.compare(run.shop.name, seen=seen, same=_look_alike)


def _look_alike(before: Mapping[str, object], now: Mapping[str, object]) -> bool:
    """Whether these facts of an order say the same: a site may list its goods in another sequence each time."""
    return in_no_sequence(before) == in_no_sequence(now)


def in_no_sequence(facts: Mapping[str, object]) -> dict[str, object]:
    """What an order looks like, for a comparison: its goods in the same sequence whenever they are the same."""
    return {**facts, "goods": sorted(str(facts.get("goods", "")).split(_BETWEEN_GOODS))}


def looks_of(order: Order) -> dict[str, object]:
    """What must not change between first sight and shipping."""
    items = [f"{item.goods_id} {item.spec} ×{item.quantity}" for item in order.items]
    return {
        "goods": _BETWEEN_GOODS.join(items),
        "receiver": order.receiver,
        "region": order.region,
        "address": order.address,
    }


def _difference(change: Change) -> str:
    names = [name for name, value in change.last_facts.items() if change.facts.get(name) != value]
    return "; ".join(f"{name}: {change.facts.get(name)} → {change.last_facts[name]}" for name in names)


def _words(action: Action, *, language: Language) -> str:
    return _OPEN.of(
        language,
        state=action.state.value,
        when=action.created_at.strftime("%m-%d %H:%M"),
        run=action.run_id,
        number=action.payload.get("tracking_number", ""),
        detail=in_words(action.detail),
    ).strip()


def _shipped_numbers(live: Iterable[Action]) -> dict[str, tuple[str, ...]]:
    """Receivers by tracking number, of what the ledger has as shipped."""
    receivers = {
        (action.bundle, action.subject): str(action.facts.get("receiver", ""))
        for action in live
        if action.state is State.DONE
    }
    numbers: dict[str, tuple[str, ...]] = {}
    for (number, _), receiver in receivers.items():
        numbers[number] = (*numbers.get(number, ()), receiver)
    return numbers


def room_left(run: Run, *, decided: int, kind: str = KIND, part: str = "") -> int | None:
    """How many more actions of a kind the shop's limits allow beside those decided already; None: any number.

    `part`: the first one of a kind that has several.
    """
    caps, now = run.shop.caps, run.clock.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    limits = [
        cap - run.ledger.actions.count_since(run.shop.name, kind=kind, since=since, part=part)
        for cap, since in (
            (caps.max_per_run, run.record.started_at),
            (caps.max_per_day, today),
            (caps.trial, _ever(run)),
        )
        if cap is not None
    ]
    return max(0, min(limits) - decided) if limits else None


def trial_left(run: Run, *, decided: int, kind: str, part: str) -> int | None:
    """The same of the trial of a new shop alone, which only a person raises; None: it has none."""
    trial = run.shop.caps.trial
    if trial is None:
        return None
    return max(
        0, trial - run.ledger.actions.count_since(run.shop.name, kind=kind, since=_ever(run), part=part) - decided
    )


def _ever(run: Run) -> datetime:
    return datetime.fromtimestamp(0, tz=run.clock.now().tzinfo)
