"""Shop run: one run of a flow in one shop; what it opens, what it leaves, how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rpa.errors import NeedsPerson, RpaError
from rpa.flow import Row
from rpa.language import Text
from rpa.ledger import details
from rpa.ledger.actions import State
from rpa.log import speak
from rpa.outcome import Outcome
from rpa.plugins import flows
from rpa.report.finishing import ReportStyle, RunIdentity, finish_crashed, unfinished
from rpa.report.results import Incident
from rpa.report.run_report import RunReport
from rpa.run import Run
from rpa.runner.follow_up import keep_ending, keep_findings, keep_login
from rpa.runner.shop_session import ShopSetup, check_own_profile, offices_of, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from rpa.browser.view import View
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.runs import RunRecord
    from rpa.runner.job import Job


_STOPPED = Text(en="{shop}: {error}", zh="{shop}：{error}")
_CRASHED = Text(
    en="{shop}: the program failed. The next run looks at what happened.", zh="{shop}：程序出错；下次运行会先核实。"
)
_KILLED = Text(
    en="{shop}: run {run} was killed; what it left open is looked at first.",
    zh="{shop}：此前的运行 {run} 被强行结束；先核对它未完成的内容。",
)
_PICTURE = Text(en="{said} Screenshot: {picture}", zh="{said} 截图：{picture}")


class ShopRun:
    """The flow in one shop, from taking the shop's lock to closing its report."""

    def __init__(self, job: Job, premises: ShopSetup, *, shared: Any) -> None:
        self._job = job
        self._premises = premises
        self._shared = shared
        self._language = job.config.language
        self.name, self.accepted = premises.shop.name, premises.accepted
        self._right = job.write_right(premises.shop)
        self._stopped_by: Incident | None = None
        self.report: RunReport

    @property
    def stopped(self) -> bool:
        """Whether something kept the flow from its end."""
        return self._stopped_by is not None

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Hold the shop's lock; end what a killed run left; open ledger and report."""
        from rpa.ledger.ledger import Ledger

        config = self._job.config
        with (
            self._job.locked(self.name, account=self._premises.account),
            Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger,
        ):
            self._end_killed_runs(ledger)
            options = {name: str(value) for name, value in asdict(self._job.options).items()}
            self._record = ledger.runs.start(self.name, flow=self._job.flow.name, options=options)
            self._ledger = ledger
            with RunReport(
                config.var,
                run=self._report_run(self._record),
                style=self._style(),
                clock=config.clock,
                ledger=asdict(ledger.mark),
            ) as self.report:
                yield
            self._leave_word(ledger)
            outcomes = self.report.result.outcomes
            state = "stopped" if self.stopped else "finished"
            ledger.runs.finish(self._record, state=state, counts=dict(outcomes))

    def _leave_word(self, ledger: Ledger) -> None:
        """Keep what people who did not watch ask for: what is open, what went wrong, how long the login lasts."""
        flow, premises = self._job.flow, self._premises
        whole = not self.stopped and flow.looks_at_all(self._job.options)
        keep_findings(ledger, self.report.result, flow=flow, whole=whole, stop=self._stopped_by)
        keep_ending(ledger, self.name, flow=flow.name, stop=self._stopped_by)
        keep_login(
            ledger,
            self.name,
            state=premises.vault.load_state(premises.account, premises.site),
            cookies=premises.profile.session.login_cookies,
            now=self._job.config.clock.now(),
        )

    def work(self, browser: Browser) -> None:
        """Do the flow's work; what stops it is noted in the report, and goes no further."""
        try:
            self._work(browser)
        except RpaError as error:
            picture = error.evidence if isinstance(error, NeedsPerson) else None
            told = self._right.explained(error)
            said = told.in_words(self._language)
            message = _PICTURE.of(self._language, said=said, picture=picture) if picture else said
            self._stop(error.code, message, exit_code=error.exit_code)
            speak("ERROR", _STOPPED, shop=self.name, error=told)
        except Exception as error:  # noqa: BLE001 - one shop's crash must not take the others along
            what = f"{type(error).__name__}: {error}"
            self._stop("crashed", RpaError.meaning.followed_by(what).of(self._language), exit_code=4)
            speak("ERROR", _CRASHED, shop=self.name, traceback=error)

    def _work(self, browser: Browser) -> None:
        job = self._job
        check_own_profile(self._premises, keep=self.report.keep_own_profile)
        with (
            opened(self._premises, browser, watching=job.watching, stopping=self._stopping, guest=job.guest) as view,
            job.watching.pausing(view.page),
            view.evidence.on_refusal(view.page),
        ):
            try:
                if job.watching.shows_typing:
                    view.go(view.profile.session.after_login)
                self._watched(view)
            finally:
                self.report.keep_closed(map(asdict, view.guard.closed))
                if view.site_ahead is not None:
                    self._ledger.site_clocks.keep(self.name, ahead=view.site_ahead)
                    self.report.keep_site_clock(view.site_ahead)

    def _watched(self, view: View) -> None:
        job, shop = self._job, self._premises.shop
        with job.watching.over(view.page, folder=self.report.folder, secrets=self._premises.secrets):
            run = Run(
                record=self._record,
                shop=shop,
                profile=self._premises.profile,
                options=job.options,
                shared=self._shared,
                dry=job.dry(shop),
                ledger=self._ledger,
                clock=job.config.clock,
                language=job.config.language,
                meter=job.meter(shop.name),
                person=job.person,
                watched=job.watching.step,
                note=self._note,
                stopping=self._stopping,
                allowed=self._right.check,
                documents=job.config.var / "documents" / shop.name,
                evidence=job.config.var / "evidence" / shop.name,
                handover=job.config.var / "handover" / shop.name,
                offices=offices_of(self._premises, view),
            )
            for row in job.flow.work(run):
                self.report.add(self._ended(row, view))

    def _ended(self, row: Row, view: View) -> Row:
        """The row as it is reported. What was clicked for a success is confirmed, if a person let it be clicked."""
        if row["outcome"] != Outcome.DONE:
            return row
        subject = str(row[self._job.flow.report.layout.subject])
        view.guard.confirm(subject, profile=view.profile, by=self._job.watching.by, now=self._job.config.clock.now())
        return row if view.evidence.ended_well(subject) or "evidence" not in row else {**row, "evidence": ""}

    def _stopping(self) -> bool:
        return self._job.stopping() or self._right.taken is not None

    def _note(self, cause: str, message: str) -> None:
        self.report.note(Incident(cause=cause, message=message))

    def _stop(self, cause: str, message: str, *, exit_code: int) -> None:
        self._stopped_by = Incident(cause=cause, message=message)
        self.report.stop(self._stopped_by, exit_code=exit_code)

    def _end_killed_runs(self, ledger: Ledger) -> None:
        for record in ledger.runs.unfinished(self.name):
            speak("WARNING", _KILLED, shop=self.name, run=record.id)
            ledger.runs.finish(record, state="crashed")
        ahead = ledger.site_clocks.now(self.name) - self._job.config.clock.now()
        for folder, run in unfinished(self._job.config.var, shop=self.name):
            settled = self._settled_by(run, ledger)
            result = finish_crashed(folder, style=self._style(), settled=settled, site_ahead=ahead)
            if run.flow in flows():
                keep_findings(ledger, result, flow=flows()[run.flow], whole=False, stop=None)

    def _settled_by(self, run: RunIdentity, ledger: Ledger) -> Iterator[Row]:
        """Rows of what the shop's last run, which was killed, had settled: it may not have come to write them."""
        rows = flows()[run.flow].settled if run.flow in flows() else {}
        changed = reversed(ledger.actions.search(run.shop, since=run.started_at))
        newest = {(action.kind, *action.key): action for action in changed}
        for action in newest.values():
            if action.kind in rows and action.state is not State.SUBMITTING and not action.answered_by:
                row = rows[action.kind](details.told(action, language=self._language))
                yield {**row, "finished_at": action.updated_at}

    def _report_run(self, record: RunRecord) -> RunIdentity:
        shop = self._premises.shop
        return RunIdentity(
            run_id=record.id, shop=shop.name, platform=shop.platform, flow=record.flow, started_at=record.started_at
        )

    def _style(self) -> ReportStyle:
        shape, config = self._job.flow.report, self._job.config
        return ReportStyle(
            layout=shape.layout.in_currencies(self._premises.profile.currency),
            name=shape.name,
            language=config.language,
            zone=config.zone,
            sheets=shape.sheets,
            folder=config.folder,
        )
