"""What of a shop's files is over since long: pictures, imports, reports. What is not settled stays, whatever its age.

Never removed: notices (the site withdraws them), files handed over for a person's upload, and what lies in an inbox,
which is the merchant's own.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from rpa.files import sweep_parts
from rpa.report.retention import discard, discard_file, discard_files, discard_pictures, discard_reports, old_folders
from rpa.run import EXPORTS, PAGES, imports_folder, run_of_import

if TYPE_CHECKING:
    from pathlib import Path

    from rpa.config import Config
    from rpa.ledger.ledger import Ledger

_WRITTEN = (".", "kicks", "locks", "pauses", "secrets")
"""The folders of var in which small files are written whole or not at all."""
_A_DAY = timedelta(days=1)


class OldFiles:
    """The files of all shops, and of those that left the configuration."""

    def __init__(self, config: Config, *, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger

    def discard(self, shops: Collection[str], *, pages_before: datetime, now: datetime) -> None:
        """Remove what is over of these shops, in which nothing is being run now.

        `pages_before`: pictures of pages on which the program stopped go when they are older.
        """
        settings = self._config.scheduler
        evidence_before = _before(settings.evidence_keep_days, now=now)
        for shop in shops:
            folder = self._config.var / "evidence" / shop
            discard_pictures(folder / PAGES, before=pages_before)
            if evidence_before is not None:
                self._discard_evidence(folder, shop=shop, before=evidence_before)
        reports_before = _before(settings.reports_keep_days, now=now)
        if reports_before is not None:
            outstanding = {shop: self._outstanding(shop) for shop in shops}
            discard_reports(self._config.var / "reports", before=reports_before, outstanding=outstanding)
            for shop in shops:
                self._discard_exports(shop, before=reports_before)

    def discard_leftovers(self, *, now: datetime) -> None:
        """Remove what belongs to no shop: what killed processes were writing, and what was pasted long ago."""
        var = self._config.var
        for name in _WRITTEN:
            sweep_parts(var / name, before=now - _A_DAY)
        before = _before(self._config.scheduler.reports_keep_days, now=now)
        if before is not None:
            discard_files(var / "pasted", before=before)

    def _discard_evidence(self, folder: Path, *, shop: str, before: datetime) -> None:
        subjects = {each.name: each for each in old_folders(folder, before=before)}
        for subject in self._ledger.long_done(shop, subjects=subjects, before=before):
            discard(subjects[subject])
        runs = {each: run_of_import(each, shop=shop) for each in old_folders(imports_folder(folder), before=before)}
        ended = set(self._ledger.long_ended(shop, run_ids=runs.values(), before=before))
        for each in (each for each, run_id in runs.items() if run_id in ended):
            discard(each)

    def _discard_exports(self, shop: str, *, before: datetime) -> None:
        """First the file, then what the ledger knows of it: killed in between, the next night goes on."""
        for document in self._ledger.replaced_documents(shop, kind=EXPORTS, before=before):
            file = self._config.var / "documents" / shop / document.path
            if not document.path or discard_file(file):
                self._ledger.forget_document(document)

    def _outstanding(self, shop: str) -> set[str]:
        """What a report may still be asked for. Of a shop that left, no line stands open; its actions tell."""
        open_lines = {line.subject for line in self._ledger.outstanding(shop)}
        return open_lines if shop in self._config.known else open_lines | self._ledger.doubted(shop)


def _before(days: int | Literal["off"], *, now: datetime) -> datetime | None:
    return None if days == "off" else now - timedelta(days=days)
