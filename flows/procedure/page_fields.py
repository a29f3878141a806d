"""Forms that are part of a page, as a profile describes them: steps, and what is filled in before each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import Formatter
from typing import Final

from pydantic import BaseModel, ConfigDict, model_validator

from flows.orders.reasons import Reason
from flows.procedure.api import Values
from rpa.errors import InDoubt

ORDER: Final = "order"
"""Where the values of a page have the order as it shows it."""
TO_SHIP: Final = "to_ship"
"""Where the values of a form have goods id and quantity of all that it would ship; missing where it does not tell."""
HELD: Final = "held"
"""Where the values of a form have what its fields hold, by what is put into them."""


class Table(BaseModel):
    """A table of a profile; unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Put(Table):
    """One thing that is filled in: one of the five, with the element's name."""

    fill: str | None = None
    """A field, with `value`."""
    select: str | None = None
    """A list of the browser's own, with the text of its option in `value`."""
    pick: str | None = None
    """Radio buttons, of which the one with this `value` is chosen; its locators have it as `{value}`."""
    tick: str | None = None
    """Boxes, all of them."""
    click: str | None = None
    """A radio button, unless it is chosen."""
    value: str = ""
    """May hold names in braces, as `{tracking_number}`: those of what is done."""

    @model_validator(mode="after")
    def _one(self) -> Put:
        given = [name for name in ("fill", "select", "pick", "tick", "click") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("needs exactly one of fill, select, pick, tick, click")
        if "value" in self.model_fields_set and not (self.fill or self.select or self.pick):
            raise ValueError('"value" goes with "fill", "select" and "pick"')
        if "value" not in self.model_fields_set and (self.fill or self.select or self.pick):
            raise ValueError('needs a "value"')
        return self

    @property
    def element(self) -> str:
        """The element's name."""
        return self.fill or self.select or self.pick or self.tick or self.click or ""

    def filled(self, values: Mapping[str, str]) -> Put:
        """The same with these in the place of their names."""
        return self.model_copy(update={"value": self.value.format_map(values)})

    def is_held(self, held: Sequence[str]) -> bool:
        """Whether each of its fields holds what was put into it, whatever blanks stand between words."""
        wanted = "true" if self.tick or self.click or self.pick else self.value
        return bool(held) and all(each.split() == wanted.split() for each in held)


class PageStep(Table):
    """One click on a page that cannot be undone."""

    part: str = ""
    """Its name, where there are several."""
    form: str
    """The dialog (`[dialogs]`) that is its form."""
    confirm: str
    """The element that sends it."""
    question: str | None = None
    """The dialog in which the page may ask once more, with `go_on`."""
    go_on: str | None = None
    done: tuple[str, ...]
    """What the next document says of it, a part of the sentence is enough; what it does not say proves nothing."""

    @model_validator(mode="after")
    def _whole(self) -> PageStep:
        if not any(self.done):
            raise ValueError('needs words in "done"')
        if (self.question is None) != (self.go_on is None):
            raise ValueError('"question" and "go_on" go together')
        return self

    def elements(self, puts: Iterable[Put]) -> Iterator[str]:
        """Every element that it names, filled in so."""
        yield self.confirm
        if self.go_on is not None:
            yield self.go_on
        yield from (put.element for put in puts)


def refuse_namesakes(steps: Sequence[PageStep]) -> None:
    """Raise ValueError unless several steps are told apart by their names."""
    parts = [step.part for step in steps]
    if len(set(parts)) < len(parts) or (len(parts) > 1 and "" in parts):
        raise ValueError('several steps need a "part" each, and each another one')


def refuse_unknown(puts: Iterable[Put], *, known: Iterable[str]) -> None:
    """Raise ValueError for a value with a name in braces that is not one of these."""
    names = {name for put in puts for _, name, _, _ in Formatter().parse(put.value) if name is not None}
    unknown = sorted(names.difference(known))
    if unknown:
        raise ValueError(f'"{{{unknown[0]}}}" is not known here; known: {", ".join(known)}')


def refuse_not_held(shown: Values, puts: Iterable[Put]) -> None:
    """Raise InDoubt unless the form's fields hold what was put into them."""
    for put in puts:
        held = shown[HELD][put]
        if not put.is_held(held):
            message = f"{put.element} reads {', '.join(held) or 'nothing'} after it was filled in"
            raise InDoubt(message, reason=Reason.ROW_MISMATCH)
