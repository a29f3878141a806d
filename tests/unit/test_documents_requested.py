"""Having a table made: a fresh one is used again, a pause is kept, and nothing is waited for without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.exports.fetching import EXPORT, EXPORT_KIND
from rpa.documents.requested import RequestedDocument, RequestedRecord
from rpa.errors import NeedsPerson, RateLimited, Refused, Stopped, TryAgain
from rpa.ledger.documents import DocumentState
from rpa.ledger.ledger import Ledger
from tests.support.ledger_clock import HandClock

CONTENT = b"a table"


@dataclass(frozen=True, slots=True)
class DeskClock(HandClock):
    """A clock moved by hand whose seconds grow with it."""

    def monotonic(self) -> float:
        return self.now().timestamp()


@dataclass
class Site:
    """A site that makes tables, as far as the desk sees it."""

    clock: DeskClock
    made_in_s: float = 0.0
    pause_s: float = 300.0
    ends_as: str = "ready"
    spoilt: list[bytes | None] = field(default_factory=list)
    """What the next downloads give instead; None: nothing."""
    known: list[RequestedRecord] = field(default_factory=list)
    shows_new: bool = True
    asked: int = 0
    downloads: int = 0

    def now(self) -> datetime:
        return self.clock.now()

    def put(self, *, age_s: float = 0.0, days: int = 90, state: str = "ready") -> RequestedRecord:
        """A record that is there already."""
        at = self.now() - timedelta(seconds=age_s)
        record = RequestedRecord(
            record_id=str(880000001 + len(self.known)),
            asked_at=at,
            since=at - timedelta(days=days),
            until=at,
            state=state,
        )
        self.known.insert(0, record)
        return record

    def ask(self) -> None:
        self.asked += 1
        if self.known and (self.now() - self.known[0].asked_at).total_seconds() < self.pause_s:
            raise TryAgain("too often")
        if self.shows_new:
            self.put(state="making")

    def records(self) -> list[RequestedRecord]:
        made = timedelta(seconds=self.made_in_s)
        self.known = [
            replace(record, state=self.ends_as)
            if record.state == "making" and self.now() - record.asked_at >= made
            else record
            for record in self.known
        ]
        return list(self.known)

    def download(self, record: RequestedRecord, *, into: Path) -> Path:
        self.downloads += 1
        content = self.spoilt.pop(0) if self.spoilt else CONTENT
        if content is None:
            raise Refused("cut off", reason="download_failed")
        path = into / "orders.csv"
        path.write_bytes(content)
        return path


@pytest.fixture
def clock() -> DeskClock:
    return DeskClock()


@pytest.fixture
def site(clock: DeskClock) -> Site:
    return Site(clock=clock)


@pytest.fixture
def ledger(tmp_path: Path, clock: DeskClock) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=clock) as ledger:
        yield ledger


def _desk(
    site: Site, ledger: Ledger, folder: Path, *, stopping: Callable[[], bool] = lambda: False
) -> RequestedDocument:
    return RequestedDocument(
        site,
        kind=EXPORT,
        clock=site.clock,
        ledger=ledger,
        shop="demo",
        documents=folder / "documents",
        stopping=stopping,
    )


@pytest.fixture
def desk(site: Site, ledger: Ledger, tmp_path: Path) -> RequestedDocument:
    return _desk(site, ledger, tmp_path)


def _whole(path: Path) -> None:
    if path.read_bytes() != CONTENT:
        raise Refused("not whole", reason="bad_row")


def _saved_files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "documents").rglob("*") if path.is_file())


def test_without_a_record_one_is_asked_for(site: Site, desk: RequestedDocument) -> None:
    assert desk.obtain() == site.known[0]
    assert site.asked == 1


@pytest.mark.parametrize("state", ["making", "ready"])
def test_a_table_asked_for_less_than_five_minutes_ago_is_used_again(
    site: Site, desk: RequestedDocument, state: str
) -> None:
    record = site.put(age_s=299, state=state)
    assert desk.obtain().record_id == record.record_id
    assert site.asked == 0


@pytest.mark.parametrize(
    "there",
    [{"age_s": 301}, {"age_s": 299, "days": 30}, {"age_s": 299, "state": "failed"}, {"age_s": 299, "state": "other"}],
)
def test_one_that_is_older_or_shorter_or_failed_is_not(
    site: Site, desk: RequestedDocument, there: dict[str, float | str]
) -> None:
    record = site.put(**there)  # type: ignore[arg-type]
    assert desk.obtain().record_id != record.record_id


def test_when_the_site_wants_a_pause_it_is_asked_again_until_it_makes_one(site: Site, desk: RequestedDocument) -> None:
    site.put(age_s=200, state="failed")
    began_at = site.now()
    desk.obtain()
    assert (site.asked, site.now() - began_at) == (5, timedelta(seconds=120))


def test_a_site_that_goes_on_wanting_a_pause_ends_the_run(site: Site, desk: RequestedDocument) -> None:
    site.put(age_s=0, state="failed")
    site.pause_s = 10_000
    began_at = site.now()
    with pytest.raises(RateLimited, match=r"310 s. too often"):
        desk.obtain()
    assert site.now() - began_at == timedelta(seconds=330)


def test_a_table_that_was_asked_for_but_is_not_among_the_records_needs_a_person(
    site: Site, desk: RequestedDocument
) -> None:
    site.shows_new = False
    with pytest.raises(NeedsPerson, match="do not show it"):
        desk.obtain()
    assert site.asked == 1


def test_a_table_is_waited_for_and_kept_whole(
    site: Site, desk: RequestedDocument, ledger: Ledger, tmp_path: Path
) -> None:
    site.made_in_s = 45
    saved = desk.fetch(desk.obtain(), check=_whole)
    assert saved.path.read_bytes() == CONTENT
    assert saved.path == tmp_path / "documents" / saved.document.path
    [document] = ledger.documents("demo", kind=EXPORT_KIND)
    assert (document.state, document.size_bytes, document.issued_at) == (
        DocumentState.SAVED,
        len(CONTENT),
        saved.record.asked_at,
    )


@pytest.mark.parametrize(("ends_as", "made_in_s", "words"), [("failed", 5, "is failed"), ("ready", 3600, "600 s")])
def test_a_table_that_fails_or_is_never_ready_ends_the_run(
    site: Site, desk: RequestedDocument, ends_as: str, made_in_s: float, words: str
) -> None:
    site.made_in_s, site.ends_as = made_in_s, ends_as
    with pytest.raises(NeedsPerson, match=words):
        desk.fetch(desk.obtain(), check=_whole)
    assert site.downloads == 0


def test_who_is_asked_to_stop_stops_waiting(site: Site, ledger: Ledger, tmp_path: Path) -> None:
    site.made_in_s = 3600
    until = site.now() + timedelta(seconds=10)
    desk = _desk(site, ledger, tmp_path, stopping=lambda: site.now() >= until)
    with pytest.raises(Stopped):
        desk.fetch(desk.obtain(), check=_whole)
    assert site.now() - until < timedelta(seconds=2)


@pytest.mark.parametrize("spoilt", [None, b"half a"], ids=["cut off", "not whole"])
def test_what_does_not_come_whole_is_downloaded_once_more(
    site: Site, desk: RequestedDocument, tmp_path: Path, spoilt: bytes | None
) -> None:
    site.spoilt = [spoilt]
    saved = desk.fetch(desk.obtain(), check=_whole)
    assert (saved.path.read_bytes(), site.downloads) == (CONTENT, 2)
    assert _saved_files(tmp_path) == [saved.path.name]


def test_what_does_not_come_twice_ends_the_run_and_the_next_one_downloads_it(
    site: Site, desk: RequestedDocument, ledger: Ledger, tmp_path: Path
) -> None:
    site.spoilt = [None, None]
    record = desk.obtain()
    with pytest.raises(NeedsPerson, match="cut off"):
        desk.fetch(record, check=_whole)
    assert [document.state for document in ledger.documents("demo")] == [DocumentState.FOUND]
    assert _saved_files(tmp_path) == []
    assert desk.fetch(desk.obtain(), check=_whole).path.read_bytes() == CONTENT
    assert site.asked == 1


def test_what_stays_unreadable_is_kept_for_a_person_to_look_at(site: Site, desk: RequestedDocument) -> None:
    site.spoilt = [b"??", b"??"]
    assert desk.fetch(desk.obtain(), check=_whole).path.read_bytes() == b"??"


def test_a_table_that_is_saved_already_is_not_downloaded_again(site: Site, desk: RequestedDocument) -> None:
    first = desk.fetch(desk.obtain(), check=_whole)
    assert desk.fetch(desk.obtain(), check=_whole).path == first.path
    assert site.downloads == 1


@pytest.mark.parametrize("spoil", ["change", "conclude"])
def test_a_saved_table_that_was_changed_on_disk_or_could_not_be_read_is_made_anew(
    site: Site, desk: RequestedDocument, ledger: Ledger, spoil: str
) -> None:
    first = desk.fetch(desk.obtain(), check=_whole)
    if spoil == "change":
        first.path.write_bytes(b"changed")
    else:
        ledger.conclude_document(first.document, state=DocumentState.UNREADABLE)
    assert desk.fetch(desk.obtain(), check=_whole).record.record_id != first.record.record_id
