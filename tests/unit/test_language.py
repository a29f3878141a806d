"""The user's language."""

from __future__ import annotations

import locale

import pytest

from rpa.language import Language, Text, detect


@pytest.mark.parametrize(
    ("name", "language"),
    [("zh", Language.ZH), ("zh_CN", Language.ZH), ("Chinese (Simplified)_China", Language.ZH), ("en", Language.EN)],
)
def test_the_configured_language_wins(name: str, language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPA_LANG", "en" if language is Language.ZH else "zh")
    assert detect(name) is language


def test_the_environment_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPA_LANG", "zh")
    assert detect() is Language.ZH


@pytest.mark.parametrize(
    ("of_the_machine", "language"), [("zh_CN", Language.ZH), ("de_DE", Language.EN), (None, Language.EN)]
)
def test_else_the_machines_language_or_english(
    of_the_machine: str | None, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locale, "getlocale", lambda: (of_the_machine, None))
    assert detect() is language


def test_a_sentence_is_said_in_the_language_asked_for() -> None:
    text = Text(en="shipped", zh="已发货")
    assert (text.of(Language.EN), text.of(Language.ZH)) == ("shipped", "已发货")
