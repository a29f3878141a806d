"""What the schedule asks of a platform that cannot do it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpa.cli.schedule_plan import show_plan
from rpa.config import Config
from rpa.doctor.configuration import schedule
from rpa.doctor.findings import State
from rpa.monitoring.unsupported import unable
from rpa.plugins import load_config

SHIPPED = Path(__file__).resolve().parents[2] / "selectors" / "pinduoduo.toml"
SHOPS = """
language = "en"
[shops.demo]
platform = "pinduoduo"
mall_id = "1"
[shops.south]
platform = "pinduoduo"
mall_id = "2"
[[schedule]]
flow = "pending-orders"
every = "1h"
[[schedule]]
flow = "audit-notices"
hours = "6-22"
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "rpa.toml").write_text(SHOPS, encoding="utf-8")
    return load_config(tmp_path / "rpa.toml")


@pytest.fixture
def poorer(config: Config) -> Config:
    """The platform's profile is the user's own, and does not know the notices' pages."""
    own = SHIPPED.read_text(encoding="utf-8").replace('[elements."notices.next"]', '[elements."notices.further"]')
    config.selectors.mkdir()
    (config.selectors / "pinduoduo.toml").write_text(own, encoding="utf-8")
    return config


def test_a_schedule_that_every_platform_can_do_is_well(config: Config) -> None:
    assert list(unable(config)) == []
    assert [finding.state for finding in schedule(config)] == [State.OK]


def test_the_doctor_names_entry_shops_and_what_is_missing(poorer: Config) -> None:
    [finding] = schedule(poorer)
    assert finding.state is State.WARN
    assert finding.message.en.startswith(
        "the schedule's audit-notices cannot run in demo, south: for audit-notices the platform pinduoduo lacks "
        "ReadsNotices (element notices.next)."
    )
    assert "计划 audit-notices 无法在 demo、south 运行" in finding.message.zh


def test_the_plan_says_so_and_shows_all_entries(poorer: Config, capsys: pytest.CaptureFixture[str]) -> None:
    show_plan(poorer.path, days=1)
    said = capsys.readouterr().out
    assert "pending-orders" in said
    assert "In vain: the schedule's audit-notices cannot run in demo, south" in said
