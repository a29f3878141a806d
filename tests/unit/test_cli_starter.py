from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest

from flows.orders.settings import OrderSettings
from rpa.cli.starter import write_config
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.plugins import load_config
from rpa.starter import Question

ANSWERS = {
    "shop": "示例小店",
    "platform": "pinduoduo",
    "mall_id": "123",
    "login": "a\"b'\\",
    "sheets": r"C:\发货\*.xlsx,x",
}


def person(answers: dict[str, str]) -> Callable[[Question, Text | None], str]:
    return lambda question, _problem: answers.get(question.key, "")


@pytest.mark.parametrize("language", list(Language))
def test_what_was_answered_is_what_is_read_back(tmp_path: Path, language: Language) -> None:
    config = load_config(write_config(tmp_path / "new" / "rpa.toml", person(ANSWERS), language=language))
    shop = config.shop("示例小店")
    assert (shop.platform, shop.mall_id, shop.login, shop.live) == ("pinduoduo", "123", "a\"b'\\", False)
    assert shop.settings(OrderSettings).sheets == (r"C:\发货\*.xlsx", "x")
    assert config.language is language


@pytest.mark.parametrize("language", list(Language))
def test_the_commented_keys_are_real_ones(tmp_path: Path, language: Language) -> None:
    path = write_config(tmp_path / "rpa.toml", person(ANSWERS), language=language)
    text = path.read_text(encoding="utf-8")
    live = re.sub(r"^# (?=[a-z_]+ = |\[)", "", text, flags=re.MULTILINE).replace('goods_id = "…"', 'goods_id = "1"')
    assert live.count("\n#") < text.count("\n#") - 5
    path.write_text(live, encoding="utf-8")
    config = load_config(path)
    assert config.shop("示例小店").caps.max_per_run == 500
    notices, ship, reading = config.schedule
    assert (notices.flow, notices.hours, notices.minute, notices.on_quiet_days) == (
        "audit-notices",
        tuple(range(6, 23)),
        5,
        True,
    )
    assert (ship.flow, ship.every, ship.on_quiet_days) == ("ship", timedelta(minutes=30), False)
    assert (reading.flow, reading.at, reading.on_quiet_days) == ("pending-orders", (time(8), time(14), time(20)), True)
    assert config.digest.at == time(20)
    assert (config.scheduler.evidence_keep_days, config.scheduler.reports_keep_days) == (365, 365)
    assert [channel.name for channel in config.notify] == ["boss"]


@pytest.mark.parametrize("language", list(Language))
def test_nothing_runs_by_itself_until_a_person_switches_it_on(tmp_path: Path, language: Language) -> None:
    assert load_config(write_config(tmp_path / "rpa.toml", person(ANSWERS), language=language)).schedule == ()


def test_an_empty_answer_means_the_default(tmp_path: Path) -> None:
    config = load_config(write_config(tmp_path / "rpa.toml", person({"mall_id": "1"}), language=Language.EN))
    settings = config.shop("shop1").settings(OrderSettings)
    assert (settings.inbox, settings.sheets) == ("inbox", ())
    assert (tmp_path / "inbox").is_dir()


def test_a_folder_that_a_person_has_filled_is_never_made_an_inbox(tmp_path: Path) -> None:
    answers = {**ANSWERS, "sheets": "sheets/*.xlsx, more/*.csv"}
    settings = load_config(write_config(tmp_path / "rpa.toml", person(answers), language=Language.EN)).shop("示例小店")
    assert settings.settings(OrderSettings).inbox is None
    assert settings.settings(OrderSettings).sheets == ("sheets/*.xlsx", "more/*.csv")


def test_a_wrong_answer_is_asked_again_with_the_reason(tmp_path: Path) -> None:
    told: list[str] = []
    given = iter(["a/b", "shop"])

    def ask(question: Question, problem: Text | None) -> str:
        if problem is not None:
            told.append(problem.en)
        return next(given) if question.key == "shop" else question.default or "pinduoduo"

    assert "shop" in load_config(write_config(tmp_path / "rpa.toml", ask, language=Language.EN)).shops
    assert told == ["letters, digits, _ - or Chinese characters only"]


def test_a_folder_that_would_match_no_file_is_asked_again(tmp_path: Path) -> None:
    answers = {**ANSWERS, "sheets": "D:/sheets"}
    with pytest.raises(ConfigError, match=r"like C:/sheets/\*\.xlsx"):
        write_config(tmp_path / "rpa.toml", person(answers), language=Language.EN)


def test_three_wrong_answers_end_it_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Nothing was written"):
        write_config(tmp_path / "rpa.toml", person({}), language=Language.EN)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "rpa.toml"
    path.write_text("mine")
    with pytest.raises(ConfigError, match="exists already"):
        write_config(path, person(ANSWERS), language=Language.EN)
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ('timezone = "Europe/London"\nname = "???"', "Europe/London"),
        ('timezone = "???"', "Asia/Shanghai"),
        ("[", "Asia/Shanghai"),
    ],
)
def test_the_time_zone_is_that_of_the_platforms_profile(tmp_path: Path, text: str, zone: str) -> None:
    own = tmp_path / "selectors" / "mine.toml"
    own.parent.mkdir()
    own.write_text(text, encoding="utf-8")
    path = write_config(tmp_path / "rpa.toml", person({**ANSWERS, "platform": "mine"}), language=Language.EN)
    assert f'timezone = "{zone}"' in path.read_text(encoding="utf-8")
