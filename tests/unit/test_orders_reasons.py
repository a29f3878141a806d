"""The table of reason codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from flows.orders.reasons import Reason
from rpa import errors
from rpa.outcome import Outcome

CHINESE = re.compile("[\u4e00-\u9fff]")


def ending_errors(kind: type[errors.RpaError] = errors.RpaError) -> Iterator[type[errors.RpaError]]:
    """The errors that end rows with a code of their own."""
    yield from (kind for kind in [kind] if not issubclass(kind, errors.Refused | errors.InDoubt | errors.ConfigError))
    for further in kind.__subclasses__():
        if further.__module__ == errors.__name__:
            yield from ending_errors(further)


@pytest.mark.parametrize("kind", [*ending_errors()], ids=lambda kind: kind.__name__)
def test_every_error_that_ends_a_row_has_its_reason(kind: type[errors.RpaError]) -> None:
    if kind is not errors.AlreadyDone:
        assert Reason.of(kind.code).value == kind.code


def test_an_error_and_its_reason_call_for_the_same_exit_code() -> None:
    stops = [kind for kind in ending_errors() if issubclass(kind, errors.NeedsPerson | errors.TryAgain)]
    assert {kind.code: Reason.of(kind.code).outcome.exit_code for kind in stops} == {
        kind.code: kind.exit_code for kind in stops
    }


def test_a_code_without_a_reason_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        Reason.of("no_such_reason")


def test_no_two_reasons_share_a_code_or_a_sentence() -> None:
    members = Reason.__members__.values()
    assert len({reason.value for reason in members}) == len(Reason.__members__)
    assert len({reason.text.en for reason in members}) == len({reason.text.zh for reason in members}) == len(members)


def test_codes_are_words_for_machines() -> None:
    assert [reason.value for reason in Reason if not re.fullmatch("[a-z]+(_[a-z]+)*", reason.value)] == []


def test_each_reason_speaks_both_languages_in_whole_sentences() -> None:
    for reason in Reason:
        assert re.fullmatch(r"[A-Z].+\.", reason.sentence("en")), reason
        assert not CHINESE.search(reason.sentence("en")), reason
        assert CHINESE.search(reason.sentence("zh")), reason
        assert reason.sentence("zh").endswith("。"), reason


def test_a_reason_that_leaves_something_to_do_says_more_than_what_happened() -> None:
    left = [reason for reason in Reason if reason.outcome in {Outcome.REFUSED, Outcome.NEEDS_PERSON}]
    assert [reason for reason in left if not re.search("[;:,]|must", reason.text.en)] == []
    assert [reason for reason in left if not re.search("[；：，]|需要", reason.text.zh)] == []


def test_commands_are_named_in_both_languages_or_in_none() -> None:
    for reason in Reason:
        named = [
            set(re.findall(r"rpa [a-z]+(?: [a-z]+)?|--[a-z-]+", text)) for text in (reason.text.en, reason.text.zh)
        ]
        assert named[0] == named[1], reason
