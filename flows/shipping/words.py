"""The table `[shipping]` of a selector profile: the steps of shipping where its form is part of the order's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.orders.model import How, Shipment


class Trace(StrEnum):
    """What shows on the order's page that a step was done."""

    PARCEL = "parcel"
    """Our parcel is among those of the order."""
    STATUS = "status"
    """The order's status is `shipped`."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Put(_Table):
    """One thing that is filled in: one of the four, with the element's name."""

    fill: str | None = None
    """A field, with `value`."""
    select: str | None = None
    """A list of the browser's own, with the text of its option in `value`."""
    tick: str | None = None
    """Boxes, all of them."""
    click: str | None = None
    """A radio button, unless it is chosen."""
    value: str = ""
    """May hold `{courier}` and `{tracking_number}`."""

    @model_validator(mode="after")
    def _one(self) -> Put:
        given = [name for name in ("fill", "select", "tick", "click") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("needs exactly one of fill, select, tick, click")
        if bool(self.value) != bool(self.fill or self.select):
            raise ValueError('"value" goes with "fill" and "select"')
        return self

    @property
    def element(self) -> str:
        """The element's name."""
        return self.fill or self.select or self.tick or self.click or ""

    def holds(self, shipment: Shipment) -> str:
        """What each of its fields must hold once it is filled in."""
        if self.tick or self.click:
            return "true"
        return self.value.format(courier=shipment.courier, tracking_number=shipment.tracking_number)


class ShippingStep(_Table):
    """One click on the order's page that cannot be undone, and what is filled in before it."""

    part: str = ""
    """Its name, where there are several."""
    form: str
    """The dialog (`[dialogs]`) that is its form."""
    put: Mapping[How, Annotated[tuple[Put, ...], Field(min_length=1)]]
    """By the way of shipping (`dialog`: with a parcel, `no_logistics`), in the order in which it is done."""
    confirm: str
    """The element that sends it."""
    question: str | None = None
    """The dialog in which the page may ask once more, with `go_on`."""
    go_on: str | None = None
    done: Annotated[tuple[str, ...], Field(min_length=1)]
    """What the next document says of it, a part of the sentence is enough; what it does not say proves nothing."""
    trace: Trace = Trace.STATUS


class ShippingWords(_Table):
    """The steps, in their order."""

    steps: Annotated[tuple[ShippingStep, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _named_apart(self) -> ShippingWords:
        parts = [step.part for step in self.steps]
        if len(set(parts)) < len(parts) or (len(parts) > 1 and "" in parts):
            raise ValueError('several steps need a "part" each, and each another one')
        return self

    @property
    def elements(self) -> Iterator[str]:
        """Every element that the steps name."""
        for step in self.steps:
            yield step.confirm
            if step.go_on is not None:
                yield step.go_on
            for puts in step.put.values():
                yield from (put.element for put in puts)
