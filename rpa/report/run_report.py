"""The report of one run in one shop: each row on disk at once, XLSX and summary when the run ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rpa.errors import ConfigError, RpaError
from rpa.outcome import Outcome
from rpa.report.cells import raw_text
from rpa.report.finishing import (
    CRASH_CODE,
    REPORT_CSV,
    Ending,
    ReportStyle,
    RunIdentity,
    State,
    write_ending,
    write_json,
)
from rpa.report.open_reports import RUN_FILE, mark_open
from rpa.report.results import SCHEMA_VERSION, Incident, ShopResult, Tally
from rpa.report.tables import CsvTable

if TYPE_CHECKING:
    from rpa.clock import Clock


class RunReport:
    """The report in `var/reports/<run_id>/`: `report.csv` during the run, `report.xlsx` and `summary.json` at its end.

    A context manager. An `RpaError` that leaves the block is noted as what stopped the shop, any other exception as
    a crash; neither is swallowed. Raises ConfigError when the folder cannot be written.
    """

    def __init__(
        self,
        var: Path,
        *,
        run: RunIdentity,
        style: ReportStyle,
        clock: Clock,
        ledger: Mapping[str, object] | None = None,
    ) -> None:
        """Create the folder, the CSV and its header. `ledger`: how it stands, which the run's file bears witness to."""
        self.folder = var / "reports" / run.run_id
        self._run, self._style, self._clock = run, style, clock
        self._tally = Tally()
        self._incidents: list[Incident] = []
        self._stop_code = 0
        self._site_ahead = timedelta(0)
        self._popups: tuple[Mapping[str, str], ...] = ()
        self._own_profile: tuple[str, ...] = ()
        self._result: ShopResult | None = None
        self._begin({"ledger": dict(ledger)} if ledger else {})

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """What was noted about the shop so far."""
        return tuple(self._incidents)

    @property
    def result(self) -> ShopResult:
        """How the run ended. Raises RuntimeError while the report is open."""
        if self._result is None:
            message = f"The report of run {self._run.run_id} is still open; ask for its result after the `with` block."
            raise RuntimeError(message)
        return self._result

    def add(self, row: Mapping[str, object]) -> None:
        """Write one row to disk and count it. The run's own columns are filled in; missing keys are empty cells.

        Raises ValueError for a key that the layout does not have, and for a row without a known outcome.
        """
        layout, outcome = self._style.layout, Outcome(str(row.get("outcome", "")))
        unknown = sorted(set(row).difference(layout.keys))
        if unknown:
            message = f"The report of flow {self._run.flow} has no column {', '.join(unknown)}; add it to the layout."
            raise ValueError(message)
        cells = {**self._run.cells(), "finished_at": raw_text(self._clock.now())}
        cells |= {key: raw_text(value) for key, value in row.items()}
        self._table.append(cells)
        self._tally.add((outcome.value, cells.get("reason", "")), subject=cells.get(layout.subject, ""))

    def note(self, incident: Incident) -> None:
        """Keep something that a person should know about the whole shop."""
        self._incidents.append(incident)

    def stop(self, incident: Incident, *, exit_code: int) -> None:
        """Keep why the shop was stopped, and the exit code that follows from it."""
        self.note(incident)
        self._stop_code = max(self._stop_code, exit_code)

    def keep_site_clock(self, ahead: timedelta) -> None:
        """The site's clock is so far ahead of ours; which deadlines are near is judged by it."""
        self._site_ahead = ahead

    def keep_closed(self, popups: Iterable[Mapping[str, str]]) -> None:
        """Each popup that the program closed by itself: its name, what it said, what was on the button."""
        self._popups = (*self._popups, *popups)

    def keep_own_profile(self, changes: Iterable[str]) -> None:
        """The profile is one of the user's own: what it says otherwise than the one that came with the program."""
        self._own_profile = tuple(changes)

    def __enter__(self) -> Self:
        """The report itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the CSV and write XLSX and summary."""
        self._table.close()
        self._result = write_ending(
            self.folder, csv=self._table.path, style=self._style, ending=self._ending(error), tally=self._tally
        )

    def _begin(self, witness: Mapping[str, object]) -> None:
        try:
            mark_open(self.folder, shop=self._run.shop)
            self.folder.mkdir(parents=True, exist_ok=True)
            write_json(self.folder / RUN_FILE, {"schema_version": SCHEMA_VERSION, **self._run.cells(), **witness})
        except OSError as error:
            message = f"The report folder {self.folder} cannot be written ({error.strerror}); nothing was started."
            raise ConfigError(message) from error
        self._table = CsvTable(self.folder / REPORT_CSV, keys=self._style.layout.keys)

    def _ending(self, error: BaseException | None) -> Ending:
        state: State = "stopped" if self._stop_code else "finished"
        if isinstance(error, RpaError):
            state = "stopped"
            self.stop(
                Incident(cause=getattr(error, "reason", error.code), message=str(error)), exit_code=error.exit_code
            )
        elif error is not None:
            state = "crashed"
            self.stop(Incident(cause="crashed", message=f"{type(error).__name__}: {error}"), exit_code=CRASH_CODE)
        return Ending(
            run=self._run,
            state=state,
            finished_at=self._clock.now(),
            incidents=self.incidents,
            stop_code=self._stop_code,
            site_ahead=self._site_ahead,
            popups=self._popups,
            own_profile=self._own_profile,
        )
