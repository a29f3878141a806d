"""One row of an import's result from two sources: what the page shows and what its request was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flows.bulk_import.api import ImportLine, ToldRow
from rpa.elements.values import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.bulk_import.words import ImportWords
    from rpa.browser.responses import Answer
    from rpa.elements.profile import AnswerSpec

_LINE = ("order_sn", "courier", "tracking_number")
_OUTCOMES = {"accepted": True, "refused": False}


def told_rows(
    answer: Answer, shown: Sequence[Mapping[str, Any]], *, spec: AnswerSpec, words: ImportWords
) -> Iterator[ToldRow]:
    """The rows of one answer; one that the page shows differently is `None` as to whether it was accepted."""
    page = {row["order_sn"]: row for row in shown}
    for raw, told in zip(answer.raw_rows, answer.rows, strict=True):
        yield _row(raw, told, page.get(told["order_sn"], {}), spec=spec, words=words)


def _row(
    raw: Mapping[str, Any], told: Mapping[str, Any], shown: Mapping[str, Any], *, spec: AnswerSpec, words: ImportWords
) -> ToldRow:
    code = raw.get(spec.code or "")
    accepted = code in spec.ok
    agree = isinstance(code, int) and _OUTCOMES.get(shown.get("outcome", "")) is accepted
    agree = agree and all(shown.get(name) == told[name] for name in _LINE)
    return ToldRow(
        line=ImportLine(**{name: "" if told[name] is UNREADABLE else str(told[name]) for name in _LINE}),
        accepted=accepted if agree else None,
        code=code if isinstance(code, int) else None,
        words=str(raw.get(spec.message or "") or "") if agree else "page and data disagree",
        repeatable=agree and code in spec.repeatable,
        for_dialog=agree and code in words.for_dialog,
    )
