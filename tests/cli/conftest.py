"""A project folder for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.doubts import keep_doubts
from tests.support.notice_desk import file_five
from tests.support.project import Project

TWO_SHOPS = """
language = "en"
[shops.demo]
platform = "pinduoduo"
base_url = "http://127.0.0.1:9"
mall_id = "123456789"
login = "clerk-1"
mock = true
[shops.real]
platform = "pinduoduo"
base_url = "https://shop.example.invalid"
mall_id = "5"
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """`demo` on this machine, where nobody listens; `real` on a host that does not exist."""
    made = Project(tmp_path)
    made.write(TWO_SHOPS)
    return made


@pytest.fixture
def filed(project: Project) -> Project:
    """`demo` with five notices: one is understood, one not, one cannot be read, two of neighbouring hours are lost."""
    file_five(project)
    return project


@pytest.fixture
def kept(project: Project) -> Project:
    """`demo` with one action in doubt and one that is done."""
    keep_doubts(project)
    return project
