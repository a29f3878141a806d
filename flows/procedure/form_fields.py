"""Forms as a profile describes them, dialogs and parts of a page: steps, and what is filled in before each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import Formatter
from typing import Final

from pydantic import BaseModel, ConfigDict, model_validator

from flows.orders.reasons import Reason
from flows.procedure.api import Values
from rpa.elements.uses import Uses
from rpa.errors import InDoubt

ORDER: Final = "order"
"""Where the values of a page have the order as it shows it."""
TO_SHIP: Final = "to_ship"
"""Where the values of a form have goods id and quantity of all that it would ship; missing where it does not tell."""
SAYS: Final = "page.message"
"""The element of what the page says of what was done; a profile of which answers tell need not have it."""
HELD: Final = "held"
"""Where the values of a form have what its fields hold, by what is put into them."""
_VALUED: Final = ("fill", "type", "select", "choose", "pick", "click_one")
_UNVALUED: Final = ("tick", "click")


class Table(BaseModel):
    """A table of a profile; unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Put(Table):
    """One thing that is filled in: one of the eight, with the element's name."""

    fill: str | None = None
    """A field, with `value`."""
    type: str | None = None
    """The same, typed like a person and followed by Enter: a field that finds what it offers while it is typed into."""
    select: str | None = None
    """A list of the browser's own, with the text of its option in `value`."""
    choose: str | None = None
    """What opens a list that the page draws itself; of its options, `NAME_option`, the one with this `value`."""
    pick: str | None = None
    """Radio buttons, of which the one with this `value` is chosen; its locators have it as `{value}`."""
    tick: str | None = None
    """Boxes, all of them."""
    click_one: Mapping[str, str] = {}
    """By value, what is clicked for it, as a radio button is; with a `field` that reads which one is chosen."""
    click: str | None = None
    """A radio button, unless it is chosen."""
    value: str = ""
    """May hold names in braces, as `{tracking_number}`: those of what is done."""
    field: str | None = None
    """The form's field by which it is read back; None: by what the element holds."""
    reads: str | None = None
    """What that field reads then; None: the value."""

    @model_validator(mode="after")
    def _one(self) -> Put:
        given = [name for name in (*_VALUED, *_UNVALUED) if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join((*_VALUED, *_UNVALUED))}")
        if ("value" in self.model_fields_set) != (given[0] in _VALUED):
            raise ValueError(f'"value" goes with {", ".join(_VALUED)}, and each of them needs one')
        if self.field is None and (self.reads is not None or self.click_one):
            raise ValueError('"reads" and "click_one" go with "field"')
        if self.field is not None and self.reads is None and given[0] in _UNVALUED:
            raise ValueError('"field" needs what it "reads"')
        return self

    def __hash__(self) -> int:
        return hash((self.element, self.value, self.field))

    @property
    def element(self) -> str:
        """The element's name; of several, that for this value."""
        if self.click_one:
            return self.click_one.get(self.value, self.value)
        return next(str(getattr(self, each)) for each in (*_VALUED, *_UNVALUED) if getattr(self, each))

    @property
    def inside(self) -> Iterator[str]:
        """The elements of the form that it may use."""
        if self.click_one:
            yield from self.click_one.values()
        else:
            yield self.element

    @property
    def elements(self) -> Iterator[str]:
        """Every element that it may use; the options of a list may stand anywhere on the page."""
        yield from self.inside
        if self.choose:
            yield f"{self.choose}_option"

    @property
    def is_safe_again(self) -> bool:
        """Whether it may be done again where it is there already: a second click may take off what the first chose."""
        return not (self.click or self.click_one)

    @property
    def wanted(self) -> str:
        """What is read back once it is filled in."""
        if self.field is not None:
            return self.value if self.reads is None else self.reads
        return "true" if self.tick or self.click or self.pick else self.value

    def filled(self, values: Mapping[str, str]) -> Put:
        """The same with these in the place of their names."""
        reads = None if self.reads is None else self.reads.format_map(values)
        return self.model_copy(update={"value": self.value.format_map(values), "reads": reads})

    def is_held(self, held: Sequence[str]) -> bool:
        """Whether each of its fields holds what was put into it, whatever blanks stand between words."""
        return bool(held) and all(each.split() == self.wanted.split() for each in held)


class FormStep(Table):
    """One click that cannot be undone, of a dialog or of a form that is part of an order's page."""

    part: str = ""
    """Its name, where there are several."""
    open: str | None = None
    """The element that opens the form: of the order's row in the list, or of its page; None: it is part of the page."""
    told: str | None = None
    """The answer that opening it brings, the order's data; None: the site tells none."""
    form: str
    """The dialog (`[dialogs]`) that is its form."""
    confirm: str
    """The element that sends it."""
    question: str | None = None
    """The dialog in which the page may ask once more, with `go_on`."""
    go_on: str | None = None
    answer: str | None = None
    """The answer to what it sends; None: what the page says in words counts."""
    done: tuple[str, ...] = ()
    """What the page says of it then, a part of the sentence is enough; what it does not say proves nothing."""

    @model_validator(mode="after")
    def _whole(self) -> FormStep:
        if self.answer is None and not any(self.done):
            raise ValueError('needs an "answer", or words in "done"')
        if self.answer is not None and self.done:
            raise ValueError('has an "answer", beside which words in "done" count for nothing')
        if self.told is not None and self.open is None:
            raise ValueError('"told" goes with "open", which brings it')
        if (self.question is None) != (self.go_on is None):
            raise ValueError('"question" and "go_on" go together')
        return self

    def uses(self, puts: Sequence[Put], *, fields: Sequence[str] = ()) -> Uses:
        """What it cannot do without in a profile, filled in so; `fields` of its form are read besides."""
        read = dict.fromkeys((*fields, *(put.field for put in puts if put.field is not None)))
        question: dict[str, tuple[str, ...]] = {} if self.question is None else {self.question: ()}
        inside = dict.fromkeys(name for put in puts for name in put.inside)
        within: dict[str, tuple[str, ...]] = {f"dialog:{self.form}": (*inside, self.confirm)}
        if self.go_on is not None:
            within[f"dialog:{self.question}"] = (self.go_on,)
        return Uses(
            writes=tuple(dict.fromkeys((*_given(self.open), *(name for put in puts for name in put.elements)))),
            commits=(self.confirm, *_given(self.go_on)),
            looks=(SAYS,),
            within=within,
            dialogs={self.form: tuple(read), **question},
            named=(self.form,),
            closed=() if self.open is None else (self.form,),
            answers={name: () for name in (self.told, self.answer) if name is not None},
        )


def _given(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)


def refuse_namesakes(steps: Sequence[FormStep]) -> None:
    """Raise ValueError unless several steps are told apart by their names."""
    parts = [step.part for step in steps]
    if len(set(parts)) < len(parts) or (len(parts) > 1 and "" in parts):
        raise ValueError('several steps need a "part" each, and each another one')


def refuse_unknown(puts: Iterable[Put], *, known: Iterable[str]) -> None:
    """Raise ValueError for a value with a name in braces that is not one of these."""
    texts = [text for put in puts for text in (put.value, put.reads or "")]
    names = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None}
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
