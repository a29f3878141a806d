"""Packing: decided orders into files of the site's form, as many as it takes at once, each read again before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from flows.bulk_import.api import FOLDER, ImportLimits, ImportLine, ImportsShipments
from flows.bulk_import.file import write_file
from flows.bulk_import.words import ImportWords, write_known_template
from flows.orders.model import How
from flows.orders.settings import OrderSettings
from flows.shipping.evidence import package_folder
from flows.shipping.intents import by_entry, intent_in
from rpa.errors import InDoubt, NeedsPerson, PageChanged, Refused, TryAgain
from rpa.files import private_folder
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from flows.orders.model import Decision
    from flows.procedure.in_bulk import Reread
    from rpa.clock import Moment
    from rpa.ledger.actions import Intent
    from rpa.run import Run


def next_chunk(decisions: Iterable[Decision], *, limits: ImportLimits, most: int) -> list[Decision]:
    """The first orders that go by the same file as the very first one, in the order given; no more than both allow."""
    chosen: list[Decision] = []
    for decision in decisions:
        if len(chosen) >= min(limits.rows, most):
            break
        if not chosen or without_parcel(decision) is without_parcel(chosen[0]):
            chosen.append(decision)
    return chosen


def without_parcel(decision: Decision) -> bool:
    """Whether the order goes by the file of orders without a parcel."""
    return decision.to_ship[1].how is How.NO_LOGISTICS


def line_of(decision: Decision) -> ImportLine:
    """The row of a file that ships this order."""
    _, shipment = decision.to_ship
    return ImportLine(order_sn=shipment.order_sn, courier=shipment.courier, tracking_number=shipment.tracking_number)


def fits(file: Path, *, limits: ImportLimits) -> bool:
    """Whether the site takes a file of this size; if not, write one of half as many rows."""
    return file.stat().st_size <= limits.size


_AS_BEFORE = Text(
    en="The import page is not as described, so the file has the form known before: {error}",
    zh="导入页面与描述不符，文件沿用以前的格式：{error}",
)

_KNOWN_LIMITS = ImportLimits(rows=1000, size=5_000_000)
"""Where the page does not say; as the platform's help gives them."""


class NeedsTemplate(NeedsPerson):
    """The site's template cannot be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the site wants of a file of one kind."""

    how: How
    """`NO_LOGISTICS`: orders without a parcel; `DIALOG`: parcels."""
    limits: ImportLimits
    template: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Orders in a file, ready to go up."""

    how: How
    decisions: tuple[Decision, ...]
    """As they are to be shipped: by import."""
    lines: tuple[ImportLine, ...]
    file: Path
    """Alone in its folder, which is the evidence of this import."""
    began: Moment
    """No mark is older."""
    read_at: datetime
    """By the site's clock: when the marks were read."""

    @property
    def order_sns(self) -> list[str]:
        """In the order of the file."""
        return [decision.order_sn for decision in self.decisions]

    @property
    def intents(self) -> list[Intent]:
        """What the ledger keeps of them."""
        return [intent_in(decision, package=self.file) for decision in self.decisions]


class Packing:
    """Makes the files of one run."""

    def __init__(self, run: Run, *, known_form: bool = False) -> None:
        """`known_form`: where the import page is not as described, the form known from the profile will do."""
        self._run = run
        self._known_form = known_form
        self._importing = run.office(ImportsShipments)
        self._words = run.profile.section(ImportWords)
        self._numbers = count(1)
        self._terms: dict[How, Terms] = {}

    def chosen(self, decisions: Sequence[Decision]) -> list[Decision]:
        """The first of these that go up together: one kind, as many as the site and the shop's settings allow."""
        terms = self._terms_of(decisions[0])
        return next_chunk(decisions, limits=terms.limits, most=self._run.shop.settings(OrderSettings).import_chunk)

    def packed(self, read: Reread[Decision]) -> Packed:
        """The first of the orders just read in a file that the site takes; fewer when all would be too large.

        Raises PageChanged when the page would not take a file of one.
        """
        terms = self._terms_of(read.to_act[0])
        decisions = read.to_act
        file = self._written(decisions, terms=terms)
        while not fits(file, limits=terms.limits) and len(decisions) > 1:
            decisions = decisions[: len(decisions) // 2]
            file = self._written(decisions, terms=terms)
        if not fits(file, limits=terms.limits):
            raise PageChanged(
                f"The import page takes no file of more than {terms.limits.size} bytes; look at it by hand."
            )
        return Packed(
            how=terms.how,
            decisions=tuple(by_entry(each, How.IMPORT) for each in decisions),
            lines=tuple(line_of(each) for each in decisions),
            file=file,
            began=read.began,
            read_at=read.read_at,
        )

    def _written(self, decisions: Sequence[Decision], *, terms: Terms) -> Path:
        folder = private_folder(package_folder(self._run, str(next(self._numbers)), entry=FOLDER))
        file = folder / f"{folder.name}.xlsx"
        write_file([line_of(each) for each in decisions], template=terms.template, to=file, words=self._words)
        file.chmod(0o600)
        return file

    def _terms_of(self, decision: Decision) -> Terms:
        """The site's limits and its own template, asked for once a run."""
        how = How.NO_LOGISTICS if without_parcel(decision) else How.DIALOG
        if how not in self._terms:
            into = private_folder(package_folder(self._run, f"template-{how.value}", entry=FOLDER))
            try:
                self._terms[how] = self._of_the_site(how, into)
            except (PageChanged, InDoubt, TryAgain, NeedsTemplate) as error:
                if not self._known_form:
                    raise
                speak("WARNING", _AS_BEFORE, error=error)
                self._terms[how] = self._as_known(how, into)
        return self._terms[how]

    def _of_the_site(self, how: How, into: Path) -> Terms:
        limits = self._importing.limits(how)
        if limits.rows < 1:
            raise PageChanged("The import page says that it takes no rows; look at it by hand.")
        try:
            return Terms(how=how, limits=limits, template=self._importing.template(how, into=into))
        except Refused as refused:
            raise NeedsTemplate(f"The template of the import page cannot be had: {refused}") from refused

    def _as_known(self, how: How, into: Path) -> Terms:
        template = into / "known.xlsx"
        write_known_template(template, words=self._words, parcels=how is not How.NO_LOGISTICS)
        return Terms(how=how, limits=_KNOWN_LIMITS, template=template)
