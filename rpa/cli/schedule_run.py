"""`rpa schedule`: opens everything that the scheduler needs, and tells the person what comes of it."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from loguru import logger
from rich.text import Text as Styled

from rpa.cli.console import console
from rpa.cli.schedule_plan import check_plans, shops_of
from rpa.credentials import find_key
from rpa.errors import ConfigError
from rpa.language import Text
from rpa.ledger.ledger import Ledger
from rpa.ledger.plans import PlannedRun, PlanState
from rpa.log import SCHEDULERS, to_terminal
from rpa.monitoring.reasons import STATES, why
from rpa.monitoring.shop_words import what_is_wrong
from rpa.pauses import Pauses
from rpa.printable import indented
from rpa.report.columns import OUTCOME_WORDS, WORST_FIRST
from rpa.scheduler.background import BackgroundJobs, do_all
from rpa.scheduler.crash_recovery import close_departed
from rpa.scheduler.dispatcher import Dispatcher
from rpa.scheduler.failures import Failures, tell_of_broken
from rpa.scheduler.instance_lock import AnotherIsThere, InstanceLock
from rpa.scheduler.loop import Loop, Pulse
from rpa.scheduler.planner import Times, Why
from rpa.scheduler.pool import Pool
from rpa.scheduler.settings import LiveConfig
from rpa.stopping import asked_to_stop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from rich.console import Console

    from rpa.config import Config

_CRASHED, _PERSON = 4, 3
_STYLES = {0: "", 1: "yellow", _PERSON: "red"}
_MOST_NEXT, _NEWEST = 8, 5

_BEGUN = Text(
    en="Scheduler started (pid {pid}). Shops: {shops}; runs at a time: {workers} at most. Ctrl-C ends it after the "
    "actions in hand.",
    zh="调度程序已启动（pid {pid}）。店铺 {shops} 家，最多同时运行 {workers} 个。按 Ctrl-C，处理完手头的操作后结束。",
)
_RENEWED = Text(en="rpa.toml was changed; it counts as it is now.", zh="rpa.toml 已修改，新的配置已生效。")
_BROKEN = Text(en="{shop}: {what}", zh="{shop}：{what}")
_NEVER = Text(
    en="Planned runs that never started while no scheduler was here: {count}; `rpa digest` tells which.",
    zh="调度程序未运行期间，有 {count} 次计划未启动，详见 rpa digest。",
)
_NEXT = Text(en="Next:", zh="接下来：")
_NEXT_LINE = Text(en="  {at}  {entry} ({flow}), {shops}", zh="  {at}  {entry}（{flow}），{shops}")
_ENDED = Text(en="Scheduler ended.", zh="调度程序已结束。")
_NOTHING_DUE = Text(en="Nothing was due.", zh="没有到期的计划。")
_NOTHING_AHEAD = Text(en="Nothing is planned.", zh="没有计划。")
_NOTHING_TO_DO = Text(en="nothing to do", zh="没有需要处理的")
_EXIT_CODE = Text(en="exit code {code}", zh="退出码 {code}")
_MAKES_UP = Text(en=" (makes up for {count})", zh="（补跑，代替 {count} 次）")
_LINE = Text(en="{at}  {shop}  {flow}{makes_up}: {came_of}", zh="{at}  {shop}  {flow}{makes_up}：{came_of}")
_BETWEEN = Text(en=" · ", zh="，")


def attend(config_path: Path | None, *, once: bool) -> None:
    """Be the project's scheduler. `once`: exit with the highest code of what was due; with another there, nothing is.

    Raises ConfigError when rpa.toml plans nothing, there is no key, or, without `once`, another is the scheduler.
    """
    settings, people = LiveConfig(config_path), console()
    config = settings.current
    check_plans(config)
    find_key()
    with ExitStack() as stack:
        stack.enter_context(to_terminal(people, folder=config.var / "log", language=config.language, name=SCHEDULERS))
        try:
            presence = stack.enter_context(InstanceLock(config))
        except AnotherIsThere as already:
            if not once:
                raise
            people.print(already.in_words(config.language), soft_wrap=True, highlight=False)  # cron called again
            return
        stopping = stack.enter_context(asked_to_stop())
        ledger = stack.enter_context(Ledger.open(config.var / "ledger.sqlite3", clock=config.clock))
        pool = stack.enter_context(Pool(config, stopping=stopping))
        teller = Teller(config, ledger=ledger, console=people)
        dispatcher = Dispatcher(
            config,
            ledger=ledger,
            workers=pool,
            clock=config.clock,
            pauses=Pauses(config.folder, config.var),
            told=teller.ended,
            held=lambda: settings.in_doubt,
        )
        trouble = Failures(ledger, clock=config.clock, language=config.language)
        with trouble.kept("departed"):
            close_departed(config, ledger)
        with trouble.kept("shops"):
            tell_of_broken(config, ledger)
        pulse = Pulse(config.clock.monotonic)
        loop = Loop(
            settings=settings,
            ledger=ledger,
            dispatcher=dispatcher,
            workers=pool,
            presence=presence,
            stopping=stopping,
            pulse=pulse,
        )
        if once:
            teller.missed(dispatcher.wake())
            loop.once()
            do_all(config, ledger=ledger, trouble=trouble)
            teller.over()
        else:
            teller.begun()
            teller.missed(dispatcher.wake())
            teller.upcoming()
            with BackgroundJobs(config, alive=pulse.alive) as chores:
                settings.heeded_by(
                    dispatcher.take_over,
                    pool.take_over,
                    chores.take_over,
                    partial(close_departed, ledger=ledger),
                    partial(tell_of_broken, ledger=ledger),
                    teller.take_over,
                )
                loop.go_on()
            teller.say(_ENDED)
    if once:
        sys.exit(teller.exit_code)


class Teller:
    """Tells the person at the terminal what comes of the plan, a line a run."""

    def __init__(self, config: Config, *, ledger: Ledger, console: Console) -> None:
        self._config = config
        self._ledger = ledger
        self._console = console
        self._told = 0
        self._skipped: dict[tuple[str, str], str] = {}
        """Why the last run of a flow and shop was skipped: the same once more is nothing new."""
        self.exit_code = 0
        """The highest of the runs that were told."""

    def say(self, words: Text, style: str = "", **values: object) -> None:
        """Print one sentence, and keep it in the log: a service's terminal is read by nobody."""
        line = words.of(self._config.language, **values)
        logger.debug("{}", line)
        self._console.print(Styled(indented(line), style=style), soft_wrap=True)

    def take_over(self, config: Config) -> None:
        """Say that this configuration counts from now on, and what comes next."""
        self._config = config
        self.say(_RENEWED)
        self.broken()
        self.upcoming()

    def begun(self) -> None:
        """Say that the scheduler is there."""
        self.say(_BEGUN, pid=os.getpid(), shops=len(self._config.shops), workers=self._config.scheduler.workers)
        self.broken()

    def broken(self) -> None:
        """Say which shops cannot be run, and why."""
        for shop in self._config.broken.values():
            self.say(_BROKEN, "bold red", shop=shop.name, what=what_is_wrong(shop).of(self._config.language))

    def missed(self, count: int) -> None:
        """Say how many planned runs nobody started."""
        if count:
            self.say(_NEVER, "yellow", count=count)

    def upcoming(self) -> None:
        """Print the next moment of each entry, the nearest first."""
        config, now = self._config, self._config.clock.now()
        found = [
            (moment, entry)
            for entry in config.schedule
            if (moment := Times(calendar=config.calendar, zone=config.zone).next(entry, after=now)) is not None
        ]
        self.say(_NEXT if found else _NOTHING_AHEAD)
        for moment, entry in sorted(found, key=lambda each: each[0].timestamp())[:_MOST_NEXT]:
            shops = shops_of(entry, config=config)
            at = f"{moment:%m-%d %H:%M}"
            self.say(_NEXT_LINE, "dim", at=at, entry=entry.name, flow=entry.flow, shops=shops)

    def over(self) -> None:
        """Say that nothing was due, if that is so, and what comes next."""
        if not self._told:
            self.say(_NOTHING_DUE)
        self.upcoming()

    def ended(self, run: PlannedRun) -> None:
        """Print how this planned run ended."""
        code = _code(run)
        self._told += 1
        self.exit_code = max(self.exit_code, code)
        if self._is_old_news(run):
            return
        language = self._config.language
        at = run.ended_at or run.planned_at
        self.say(
            _LINE,
            _STYLES.get(code, "bold red"),
            at=f"{at:%m-%d %H:%M:%S}",
            shop=run.shop,
            flow=run.flow,
            makes_up=_MAKES_UP.of(language, count=run.stands_for) if run.stands_for > 1 else "",
            came_of=_BETWEEN.of(language).join(self._words(run, code=code)),
        )

    def _is_old_news(self, run: PlannedRun) -> bool:
        """Whether this flow was skipped in this shop for the same reason the last time, too."""
        skipped = run.reason if run.state is PlanState.SKIPPED else ""
        before, self._skipped[run.shop, run.flow] = self._skipped.get((run.shop, run.flow), ""), skipped
        return bool(skipped) and skipped == before

    def _words(self, run: PlannedRun, *, code: int) -> Iterator[str]:
        language, counts = self._config.language, self._counts(run)
        if run.state in STATES:
            yield STATES[run.state].of(language)
        if (reason := why(run)) and run.reason != Why.PAUSED:
            yield reason.of(language)
        yield from (f"{OUTCOME_WORDS[each].of(language)} {counts[each]}" for each in WORST_FIRST if each in counts)
        if run.state is PlanState.FINISHED and code:
            yield _EXIT_CODE.of(language, code=code)
        elif run.state is PlanState.FINISHED and not counts:
            yield _NOTHING_TO_DO.of(language)
        if run.detail and run.reason != Why.STOPPED:
            yield run.detail.splitlines()[0]

    def _counts(self, run: PlannedRun) -> Mapping[str, object]:
        newest = self._ledger.runs.search(run.shop, limit=_NEWEST) if run.run_id else []
        return next((each.counts for each in newest if each.id == run.run_id), {})


def _code(run: PlannedRun) -> int:
    """The exit code that this end means."""
    if run.state is PlanState.FINISHED:
        return run.exit_code or 0
    if run.state is PlanState.SKIPPED and run.reason == Why.BAD_CONFIG:
        return ConfigError.exit_code
    if run.state is PlanState.SKIPPED:
        return _PERSON if run.reason in {Why.NEEDS_PERSON, Why.DISK_FULL} else 0
    return _CRASHED
