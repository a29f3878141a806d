"""Tests of a request: what it must say, in its path, its parameters and its body, to be the one that is meant. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, model_validator

from rpa.elements.fields import Spec, regex
from rpa.elements.values import follow, is_code

SUBJECT: Final = "subject"
"""What a request is about, among the things that it may have its values from."""
_PARAMETER = re.compile(r"\\\{(\w+)\\\}")


class RequestTest(Spec):
    """One thing that the request must say: exactly one of `equals`, `matches` and `from`."""

    path: str
    """Dotted, as in answers; of a list one entry is enough. A body that is a list stands at `body`."""
    equals: int | str | None = None
    matches: Annotated[str, AfterValidator(regex)] | None = None
    """A pattern that stands somewhere in it."""
    sent: str | None = Field(default=None, alias="from")
    """The name of something that is sent, `subject` for what it is about."""

    @model_validator(mode="after")
    def _one_way(self) -> RequestTest:
        if sum(each is not None for each in (self.equals, self.matches, self.sent)) != 1:
            raise ValueError('needs exactly one of "equals", "matches" and "from"')
        return self

    def passes(self, asked: Mapping[str, Any], *, sending: Mapping[str, str]) -> bool:
        """Whether what was asked says so. Nothing is about no subject in particular: any one will do then."""
        if self.sent == SUBJECT and SUBJECT not in sending:
            return True
        found = follow(asked, self.path)
        return any(self._is_said_by(each, sending=sending) for each in (found if isinstance(found, list) else [found]))

    def _is_said_by(self, value: Any, *, sending: Mapping[str, str]) -> bool:
        if value is None:
            return False
        if self.matches is not None:
            return re.search(self.matches, str(value)) is not None
        wanted = sending.get(self.sent) if self.sent is not None else self.equals
        return wanted is not None and is_code(value, [wanted])


def pass_all(tests: Iterable[RequestTest], asked: Mapping[str, Any], *, sending: Mapping[str, str]) -> bool:
    """Whether a request that asked this passes each of these tests."""
    return all(test.passes(asked, sending=sending) for test in tests)


def parameters_in(path: str, *, pattern: str) -> dict[str, str] | None:
    """The parameters of an address's path, by a pattern as `/things/{id}/parts`; None: it is another path."""
    expression = _PARAMETER.sub(r"(?P<\1>[^/]+)", re.escape(pattern))
    found = re.fullmatch(expression, path)
    return None if found is None else found.groupdict()
