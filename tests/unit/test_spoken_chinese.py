"""In Chinese, whatever reaches a phone says in Chinese what happened and what to do."""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import flows
import rpa
from rpa.clock import Clock
from rpa.errors import ConfigError, RpaError
from rpa.language import Language
from rpa.ledger.incidents import Incident, Severity
from rpa.ledger.ledger import Ledger
from rpa.ledger.plans import PlannedRun, PlanState
from rpa.monitoring.reasons import ReasonCatalog, why
from rpa.monitoring.tasks import tasks
from rpa.notify.policy import Kind, Telling
from rpa.notify.wording import Words, advice, message
from rpa.scheduler.failures import in_words
from rpa.scheduler.planner import Why
from rpa.scheduler.worker_tasks import Ended, trouble_of
from tests.support.made_plans import a_planned_run

ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile("[\u4e00-\u9fff]")
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
DETAIL = "rpa.toml:3  shops: must be a table"
IN_WORDS = re.compile(r"\.of\(|in_words\(|\bstop\.message\b")
"""What makes words of the user's language: a Text's `of`, an error's `in_words`, and what a run has said with them."""


@functools.cache
def functions() -> list[tuple[str, ast.FunctionDef]]:
    """Every function of the product, with its file."""
    paths = [path for folder in ("rpa", "flows") for path in sorted((ROOT / folder).rglob("*.py"))]
    return [
        (path.relative_to(ROOT).as_posix(), node)
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]


def calls(function: ast.FunctionDef, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


@functools.cache
def error_classes() -> list[type[RpaError]]:
    for package in (rpa, flows):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "__main__" not in found.name and ".migrations" not in found.name:
                importlib.import_module(found.name)
    known, left = list[type[RpaError]](), [RpaError]
    while left:
        known.append(left.pop())
        left += known[-1].__subclasses__()
    return known


@functools.cache
def parts_of_the_scheduler() -> set[str]:
    """The names under which its parts are kept from ending the rest, where they are written out."""
    found = set[str]()
    for _, function in functions():
        first = [call.args[0] for call in calls(function, "kept", "add") if call.args]
        first += [
            each.value
            for call in ast.walk(function)
            if isinstance(call, ast.Call)
            for each in call.keywords
            if isinstance(call.func, ast.Name) and call.func.id == "BackgroundJob" and each.arg == "name"
        ]
        found |= {each.value for each in first if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return found


def planned(reason: str = "", *, state: PlanState = PlanState.SKIPPED) -> PlannedRun:
    return a_planned_run(NOON, state=state, reason=reason)


@functools.cache
def messages() -> dict[str, str]:
    """The causes of the program's own incidents, each with the message that it has in Chinese."""
    found = {each.code: each.meaning.followed_by(DETAIL).zh for each in error_classes()}
    found |= {f"scheduler:{part}": in_words(part, KeyError("drawn")).zh for part in parts_of_the_scheduler()}
    found["scheduler:config"] = in_words("config", ConfigError(DETAIL)).zh
    ends = (
        Ended(planned=planned(), how="died", detail=DETAIL),
        Ended(planned=planned(), how="killed", detail=DETAIL),
        Ended(planned=planned(), how="finished", exit_code=2, detail=DETAIL),
        Ended(planned=planned(), how="finished", exit_code=4, detail=DETAIL),
    )
    troubles = [trouble for end in ends if (trouble := trouble_of(end))]
    assert len(troubles) == len(ends)
    return found | {f"{each.code}:ship": each.words.zh for each in troubles}


def told(cause: str, said: str, *, kind: Kind, shops: tuple[str, ...]) -> list[str]:
    """The lines of the notification, its title first, each without its label."""
    closed_at = NOON if kind is Kind.SOLVED else None
    incidents = tuple(
        Incident(
            id=number,
            shop=shop,
            cause=cause,
            message=said,
            opened_at=NOON,
            last_seen_at=NOON,
            times_seen=2,
            closed_at=closed_at,
            severity=Severity.CRITICAL,
        )
        for number, shop in enumerate(shops)
    )
    words = Words(language=Language.ZH, shops={}, vocabulary=ReasonCatalog.of_flows())
    made = message(Telling(kind=kind, cause=cause, incidents=incidents), words=words)
    return [line.partition("：")[2] or line for line in (made.title, *made.body.splitlines())]


def begins_chinese(sentence: str) -> bool:
    """Whether Chinese comes before whatever is known in English alone."""
    return CHINESE.search(sentence.partition("：")[0]) is not None


def test_every_error_says_first_in_chinese_what_it_means() -> None:
    meanings = {each.__name__: each.meaning for each in error_classes()}
    assert [name for name, text in meanings.items() if not CHINESE.search(text.zh)] == []
    assert ConfigError(DETAIL).in_words(Language.ZH) == f"配置或命令有误，什么都没有启动：{DETAIL}"
    assert ConfigError(DETAIL).in_words(Language.EN) == DETAIL


def is_in_words(said: ast.expr, *, function: ast.FunctionDef, file: str) -> bool:
    """Whether it comes from a Text: in itself, in what its names were given, or in the functions that they name."""
    if isinstance(said, ast.JoinedStr | ast.Constant):
        return False
    named = {node.name: node for path, node in functions() if path == file}
    known, left = set[str](), list[ast.AST]([said])
    while left:
        node = left.pop()
        if IN_WORDS.search(ast.unparse(node)):
            return True
        new = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - known
        known |= new
        left += [named[name] for name in new & named.keys()]
        left += [each.value for each in ast.walk(function) if isinstance(each, ast.Assign) and new & names_in(each)]
    return False


def names_in(assignment: ast.Assign) -> set[str]:
    return {name.id for target in assignment.targets for name in ast.walk(target) if isinstance(name, ast.Name)}


@pytest.mark.slow
def test_no_incident_is_opened_with_words_of_one_language() -> None:
    opened = [
        (f"{file}:{call.lineno}", is_in_words(each.value, function=function, file=file))
        for file, function in functions()
        for call in calls(function, "report")
        for each in call.keywords
        if each.arg == "message"
    ]
    assert [place for place, spoken in opened if not spoken] == []
    assert len(opened) > 5


def test_words_of_one_language_are_found() -> None:
    source = (
        "def tell(incidents, shop):\n    words = f'{shop} fails'\n    incidents.report(shop, cause='x', message=words)"
    )
    [function] = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    [call] = calls(function, "report")
    assert not is_in_words(call.keywords[1].value, function=function, file="")


@pytest.mark.slow
@pytest.mark.parametrize("shops", [("",), ("demo",), ("demo", "east")], ids=["program", "shop", "shops"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_notification_says_in_chinese_what_happened_and_what_to_do(kind: Kind, shops: tuple[str, ...]) -> None:
    reasons = {
        code: text.zh for report in ReasonCatalog.of_flows().reports.values() for code, text in report.reasons.items()
    }
    wrong = [
        f"{cause}: {line}"
        for cause, said in (reasons | messages()).items()
        for line in told(cause, said, kind=kind, shops=shops)
        if not CHINESE.search(line) and not re.fullmatch(r"[\d :到从·,a-z-]*", line)
    ]
    assert wrong == []
    assert [cause for cause, said in messages().items() if not begins_chinese(said)] == []


def test_a_part_of_the_scheduler_that_fails_is_called_by_what_it_does() -> None:
    parts = parts_of_the_scheduler()
    assert parts >= {"config", "turn", "tell", "alarms", "digest", "room", "tidy", "ping", "departed"}
    nameless = [part for part in parts if "内部任务" in in_words(part, KeyError("drawn")).zh]
    assert nameless == []


@pytest.mark.parametrize(("cause", "words"), [("inbox_empty", "手动放入表格"), ("inbox_grown", ".part")])
def test_what_to_do_about_an_inbox_is_told_by_who_opens_the_incident(cause: str, words: str) -> None:
    assert any(words in line for line in told(cause, "说明", kind=Kind.FIRST, shops=("demo",)))


def test_a_mistake_in_the_configuration_is_to_be_corrected_and_examined() -> None:
    for cause in ("scheduler:config", "bad_config:ship", "shop_file"):
        words = advice(cause)
        assert words is not None
        assert ("改正文件" in words.zh, "rpa doctor" in words.zh, "rpa todo" in words.zh) == (True, True, False)


def test_every_incident_is_a_task_in_chinese(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=Clock()) as ledger:
        for cause, said in messages().items():
            ledger.incidents.report("", cause=cause, message=said)
        found = tasks(ledger, shops={""}, backlogs={}, broken={}, words=ReasonCatalog.of_flows(), now=Clock().now())
    assert [task.words.zh for task in found if not begins_chinese(task.words.zh)] == []
    assert len(found) == len(messages())


@pytest.mark.parametrize("reason", list(Why))
def test_why_a_run_did_not_run_is_said_in_chinese(reason: Why) -> None:
    words = why(planned(reason))
    assert words is not None
    assert CHINESE.search(words.zh)
