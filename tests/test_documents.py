"""What the documents say is what the program does, and what they point at is there."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer._click.core import Context
from typer.core import TyperGroup

from fixtures.mockshop.harness import MockShop
from flows.notices.reasons import NoticeReason
from flows.orders.reasons import Coded, Reason
from flows.orders.report import ORDER_COLUMNS
from flows.orders.settings import NoLogisticsGoods
from flows.remarks.reasons import RemarkReason
from flows.settings.expected import Expected, ExpectedWaybills
from flows.settings.reasons import SettingReason
from rpa.capability import Capability
from rpa.cli import app
from rpa.config import BrowserConfig, Channel, ConfigFile, DigestConfig, SchedulerConfig, Shop, WatchConfig
from rpa.outcome import Outcome
from rpa.plugins import config_model, flows
from rpa.report.columns import OUTCOME_WORDS, WORST_FIRST
from rpa.timetable import Calendar, Entry
from tests.support.mock_shop import ShopFolder

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parent.parent
READMES = {"en": "README.md", "zh": "README.zh-CN.md"}
MANUAL = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
PLAIN = "fixtures/mockshop/pinduoduo/plain/README.md"
DOUYIN = "fixtures/mockshop/douyin/README.md"
MOCK = ("fixtures/mockshop/README.md", PLAIN, DOUYIN)
BESIDE = ("selectors/README.md", *MOCK, "tests/bench/README.md", ".github/SECURITY.md")
DOCUMENTS = (*READMES.values(), "CONTRIBUTING.md", *BESIDE, *MANUAL)
LANGUAGES = ("en", "zh")
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)|src=\"([^\"]+)\"")
PATH = re.compile(r"`((?:rpa|flows|fixtures|tests|selectors|docs|\.github)/[\w./-]+)`")
EXAMPLES = {"flows/due_soon.py", "selectors/mysite.toml", "flows/platforms/mysite.py"}
"""Files that a reader is told to write."""
REFERENCE = re.compile(r"<!-- rpa\.toml -->\n(.*?)<!-- /rpa\.toml -->", re.DOTALL)
COLUMNS = re.compile(r"<!-- columns -->\n(.*?)<!-- /columns -->", re.DOTALL)
REASONS = re.compile(r"<!-- reasons of (\w+) -->\n(.*?)<!-- /reasons -->", re.DOTALL)
REASON_TABLES: dict[str, type[Coded]] = {
    "orders": Reason,
    "notices": NoticeReason,
    "remarks": RemarkReason,
    "settings": SettingReason,
}
REASON_HEADS = {"en": "| reason, and what to do | code | outcome |", "zh": "| 报告里的原因，以及怎么办 | 代码 | 结果 |"}
SO_MANY_FLOWS = {"en": re.compile(r"(\w+) flows so far: ([^.]*)\."), "zh": re.compile(r"目前有(\w+)个流程：([^。]*)。")}
NUMBERS = {
    "en": ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"],
    "zh": [*"一二三四五六七八九十", "十一", "十二"],
}
BLOCK = re.compile(r"^( *)```text\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^ *|`|\$ )rpa ([a-z][^`\n]*)", re.MULTILINE)
MOST_KB = 150
A_PAGE = 150


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def manual(language: str) -> list[str]:
    """The pages for users of one language."""
    return [name for name in MANUAL if name.startswith(f"docs/{language}/")]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_points_at_is_there(name: str) -> None:
    places = [link or image for link, image in LINK.findall(text(name))]
    near = [place for place in places if "://" not in place]
    assert [place for place in near if not ((ROOT / name).parent / place).exists()] == []
    assert [path for path in set(PATH.findall(text(name))) - EXAMPLES if not (ROOT / path).exists()] == []


@pytest.mark.slow
def test_the_manual_builds_without_the_internet_and_no_link_in_it_leads_nowhere(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "docs", str(tmp_path)]
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    built = subprocess.run(words, cwd=ROOT, env={**os.environ, **nowhere}, check=False, capture_output=True, text=True)
    assert (built.returncode, built.stderr) == (0, "")
    pages = [path for path in tmp_path.rglob("*.html") if "_static" not in path.parts]
    assert {path.relative_to(tmp_path).with_suffix(".md").as_posix() for path in pages} >= {
        name.removeprefix("docs/") for name in MANUAL
    }
    loaded = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?:https?:)?//[^\"]*")
    assert [found for page in pages for found in loaded.findall(page.read_text(encoding="utf-8"))] == []


def test_both_languages_have_the_same_pages() -> None:
    english, chinese = ([Path(name).name for name in manual(language)] for language in LANGUAGES)
    assert english == chinese
    assert len(english) > 10


def test_the_picture_of_the_rooms_is_the_one_of_the_import_contracts() -> None:
    drawn = runpy.run_path(str(ROOT / "docs" / "rooms.py"))["picture"]()
    assert text("docs/engineers/rooms.svg") == drawn, "draw it anew: python docs/rooms.py"


@pytest.mark.parametrize("readme", READMES.values())
def test_a_readme_is_a_page_and_shows_the_program_at_work_in_small_pictures(readme: str) -> None:
    assert len(text(readme).splitlines()) <= A_PAGE
    places = [ROOT / (link or image) for link, image in LINK.findall(text(readme))]
    pictures = {place for place in places if place.suffix in {".png", ".jpg"}}
    assert len(pictures) >= 4
    assert [place.name for place in pictures if place.stat().st_size > MOST_KB * 1024] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_can_be_reached_from_the_readme_of_its_language(language: str) -> None:
    linked = {link for link, _ in LINK.findall(text(READMES[language]) + text(f"docs/{language}/index.md"))}
    names = {Path(link).name for link in linked}
    assert {Path(name).name for name in manual(language)} <= names


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manual_knows_every_outcome_and_gives_examples_of_real_reasons(language: str) -> None:
    [table] = re.findall(r"^\| `done`.*?(?=\n\n)", text(f"docs/{language}/results.md"), re.MULTILINE | re.DOTALL)
    rows = [line.split("|") for line in table.splitlines()]
    assert [row[1].strip(" `") for row in rows] == [outcome.value for outcome in Outcome]
    assert [row[-2].strip() for row in rows] == [str(outcome.exit_code) for outcome in Outcome]
    for outcome, row in zip(Outcome, rows, strict=True):
        named = re.findall(r"`(\w+)`", row[2])
        assert {Reason.of(code).outcome for code in named} <= {outcome}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manual_lists_every_reason_with_the_sentence_of_the_reports(language: str) -> None:
    page = f"docs/{language}/reasons.md"
    shown = dict(REASONS.findall(text(page)))
    for name, reasons in REASON_TABLES.items():
        listed = reason_table(reasons, language=language)
        assert shown.get(name) == listed, f"put this between the marks of {name} in {page}:\n{listed}"


def reason_table(reasons: type[Coded], *, language: str) -> str:
    """A line for each reason that needs explaining in this kind of row, worst outcomes first."""
    rows = [
        f"| {reason.sentence(language)} | `{reason.value}` | {_outcome_word(reason.outcome, language)} |\n"
        for outcome in WORST_FIRST
        for reason in reasons
        if reason.outcome == outcome and (reasons is Reason or not _is_of_orders(reason))
    ]
    return "".join([f"{REASON_HEADS[language]}\n", "|---|---|---|\n", *rows])


def _outcome_word(outcome: Outcome, language: str) -> str:
    words = OUTCOME_WORDS[outcome]
    return words.zh if language == "zh" else words.en


def _is_of_orders(reason: Coded) -> bool:
    return any((reason.value, reason.text) == (other.value, other.text) for other in Reason)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_columns_that_the_manual_explains_are_columns_of_the_report(language: str) -> None:
    [table] = re.findall(
        r"^\| (?:column|列) \|.*?(?=\n\n)", text(f"docs/{language}/results.md"), re.MULTILINE | re.DOTALL
    )
    explained = re.findall(r"\*\*(.+?)\*\*", table)
    titles = {column.title.zh if language == "zh" else column.title.en for column in ORDER_COLUMNS}
    assert len(explained) > 10
    assert set(explained) - titles == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["readme", "limits"])
def test_the_documents_count_and_name_every_flow(page: str, language: str) -> None:
    words = text(READMES[language] if page == "readme" else f"docs/{language}/limits.md")
    [(number, named)] = SO_MANY_FLOWS[language].findall(re.sub(r"\n(?:> )?", " ", words))
    assert set(re.findall(r"`([\w-]+)`", named)) == own_flows()
    assert number == NUMBERS[language][len(own_flows()) - 1]


def test_scripts_are_told_of_every_flow_and_the_chinese_commands_list_each() -> None:
    [named] = re.findall(r"^- The flows: (.*)$", text("docs/engineers/scripts.md"), re.MULTILINE)
    assert set(re.findall(r"`([\w-]+)`", named)) == own_flows()
    assert set(re.findall(r"^\| `rpa run ([\w-]+)` \|", text("docs/zh/commands.md"), re.MULTILINE)) == own_flows()


def own_flows() -> set[str]:
    """The names of the flows at the top of flows/."""
    return {name for name, flow in flows().items() if flow.work.__module__.startswith("flows.")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_that_is_shown_to_users_is_one_that_there_is(language: str) -> None:
    shown = {line for name in (READMES[language], *manual(language)) for line in COMMAND.findall(text(name))}
    assert {line.split()[0] for line in shown} >= {"run", "holds", "notices", "ledger", "selectors", "service"}
    assert {line: problem for line in shown if (problem := problem_of(line))} == {}


@pytest.mark.slow
def test_the_first_day_goes_as_its_page_says(tmp_path: Path) -> None:
    pages = [text(f"docs/{language}/first-day.md") for language in LANGUAGES]
    [(indent, sheet)], [same] = (BLOCK.findall(page) for page in pages)
    assert same == (indent, sheet)
    orders = {int(count) for page in pages for count in re.findall(r"rpa mock --orders (\d+)", page)}
    (tmp_path / "today.csv").write_text(sheet.replace(indent, ""), encoding="utf-8")
    first, second, audited, damaged = [row[0] for row in csv.reader(io.StringIO(sheet.replace(indent, "")))][1:]
    with MockShop(orders=orders.pop()) as mock:
        own = ShopFolder(tmp_path, url=mock.url, live=False, sheets=[])
        ends = [
            own.run("run", "ship", "--sheet", "today.csv", *more).reasons() for more in ([], ["--live"], ["--live"])
        ]
        truth = mock.truth()["orders"]
    assert not orders
    assert [(end[first], end[second]) for end in ends] == [
        (word, word) for word in ("dry_run", "shipped", "same_shipment")
    ]
    assert {(end[audited], end[damaged]) for end in ends} == {("under_audit", "number_damaged")}
    assert {sn for sn, order in truth.items() if order["shipments"]} == {first, second}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_commands_names_each_command_and_each_option_of_shipping(language: str) -> None:
    page = text(f"docs/{language}/commands.md")
    program = typer.main.get_command(app)
    shown = set(re.findall(r"^. (\w+)  ", page, re.MULTILINE))
    named = set(re.findall(r"`rpa ([\w-]+(?: [\w-]+)?)", page)) | shown
    assert set(_commands(program)) - named - {name.partition(" ")[0] for name in named} == set()
    run = _sub(program, "run")
    options = {option for parameter in _sub(run, "ship").params for option in parameter.opts if option != "--help"}
    assert {option for option in options if option.startswith("--")} - set(re.findall(r"--[\w-]+", page)) == set()


def _sub(group: object, name: str) -> Any:
    assert isinstance(group, TyperGroup)
    return group.get_command(Context(group), name)


def _commands(group: object) -> Iterator[str]:
    """`todo`, `holds add` …: what can be called, but the flows, which have a command of their own that lists them."""
    assert isinstance(group, TyperGroup)
    for name in group.list_commands(Context(group)):
        command = _sub(group, name)
        if isinstance(command, TyperGroup) and name != "run":
            yield from (f"{name} {below}" for below in command.list_commands(Context(command)))
        elif not command.hidden:
            yield name


def problem_of(line: str) -> str:
    """What is not there of this command line, as it follows `rpa`; empty: nothing."""
    command, words = typer.main.get_command(app), line.partition("#")[0].split()
    while words and isinstance(command, TyperGroup):
        name = words.pop(0)
        if name.startswith("-") or name.isupper() or not name.isascii():
            break
        found = command.get_command(Context(command), name)
        if found is None:
            return name
        command = found
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    return ", ".join(word for word in words if word.startswith("--") and word not in known)


def walked_through() -> str:
    """The flow of the manual, as it is to be saved."""
    code, *_ = re.findall(r"^```python\n(.*?)^```", text("docs/engineers/write-a-flow.md"), re.MULTILINE | re.DOTALL)
    return str(code)


@pytest.mark.parametrize("check", [("check",), ("format", "--check")])
def test_the_flow_that_the_manual_walks_through_is_clean(check: tuple[str, ...]) -> None:
    words = [sys.executable, "-m", "ruff", *check, "--no-cache", "--stdin-filename", "flows/due_soon.py", "-"]
    done = subprocess.run(words, cwd=ROOT, input=walked_through(), check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout


def test_the_flow_that_the_manual_walks_through_is_found_and_works(tmp_path: Path) -> None:
    code = walked_through().replace('name="due-soon"', 'name="due-soon-too"')  # a reader may have saved the other
    package = tmp_path / "own"
    (package / "my_flows").mkdir(parents=True)
    (package / "my_flows" / "__init__.py").touch()
    (package / "my_flows" / "due_soon.py").write_text(code, encoding="utf-8")
    (package / "mine-1.0.dist-info").mkdir()
    (package / "mine-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (package / "mine-1.0.dist-info" / "entry_points.txt").write_text("[rpa.flows]\nmine = my_flows\n")
    with MockShop(orders=40) as mock:
        own = ShopFolder(tmp_path / "shop", url=mock.url)
        done = own.run("run", "due-soon-too", "--hours", "4", env={"PYTHONPATH": f"{ROOT}{os.pathsep}{package}"})
        truth = mock.truth()
    until = datetime.fromisoformat(truth["now"]) + timedelta(hours=4)
    near = {
        sn
        for sn, order in truth["orders"].items()
        if order["status"] == "pending" and datetime.fromisoformat(order["ship_by"]) <= until
    }
    assert done.exit_code == 0, done.stderr
    assert done.reasons() == dict.fromkeys(near, "listed")
    assert 0 < len(near) < len(truth["orders"])


def test_the_manual_explains_each_part_of_a_capability() -> None:
    explained = set(re.findall(r"`(\w+)`", text("docs/engineers/write-a-flow.md")))
    assert {field.name for field in fields(Capability)} - explained == {"name"}


def test_the_columns_that_scripts_are_told_of_are_those_of_the_report() -> None:
    [shown] = COLUMNS.findall(text("docs/engineers/scripts.md"))
    assert re.findall(r"`(\w+)`", shown) == [column.key for column in ORDER_COLUMNS]


def test_the_manual_lists_the_settings_as_the_program_checks_them() -> None:
    [shown] = REFERENCE.findall(text("docs/en/settings.md"))
    assert shown == reference(), f"put this between the marks in docs/en/settings.md:\n{reference()}"


def test_the_chinese_manual_explains_the_same_settings_with_the_same_defaults() -> None:
    [shown] = REFERENCE.findall(text("docs/zh/settings.md"))
    assert [_key_and_default(line) for line in shown.splitlines()[2:]] == [
        _key_and_default(line) for line in reference().splitlines()[2:]
    ]
    assert not any(re.search(r"\|\s*\|", line) for line in shown.splitlines())


def _key_and_default(line: str) -> tuple[str, str]:
    _, key, default, *_ = line.split("|")
    return key.strip(), default.strip().replace("必填", "needed")


def reference() -> str:
    """The table of all settings, from the models that check them."""
    rows = [f"| {name} | {default} | {what} |\n" for name, default, what in _settings()]
    return "".join(["| key | default | meaning |\n", "|---|---|---|\n", *rows])


def _settings() -> Iterator[tuple[str, str, str]]:
    shops: Any = config_model().model_fields["shops"].annotation
    shop: type[BaseModel] = shops.__args__[1]
    tables = [name for name, field in ConfigFile.model_fields.items() if field.description is None]
    yield from _rows("", ConfigFile, without=tuple(tables))
    yield from _rows("shops.NAME.", Shop, without=("name",))
    yield from _rows("shops.NAME.", shop, without=tuple(Shop.model_fields))
    yield from _rows("shops.NAME.no_logistics_goods[].", NoLogisticsGoods)
    yield from _rows("shops.NAME.expected.", Expected)
    yield from _rows("shops.NAME.expected.waybills[].", ExpectedWaybills)
    yield from _rows("browser.", BrowserConfig)
    yield from _rows("schedule[].", Entry)
    yield from _rows("calendar.", Calendar)
    yield from _rows("scheduler.", SchedulerConfig)
    yield from _rows("notify[].", Channel)
    yield from _rows("digest.", DigestConfig)
    yield from _rows("watch.", WatchConfig)


def _rows(table: str, model: type[BaseModel], *, without: tuple[str, ...] = ()) -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        if name not in without:
            yield f"`{table}{name}`", _default(field), str(field.description)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    if field.default_factory_takes_validated_data:
        return "–"
    value = field.get_default(call_default_factory=True)
    return f"`{json.dumps(value, default=_written)}`" if value is not None and value != "" else "–"


def _written(value: object) -> object:
    """A default as one would write it in the file."""
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}h" if seconds and seconds % 3600 == 0 else f"{seconds}s"
    assert isinstance(value, frozenset)
    return sorted(value)
