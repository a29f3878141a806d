"""The table `[shipping]` of a selector profile: the steps of shipping where its form is part of the order's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, model_validator

from flows.orders.model import How, Shipment
from flows.orders.reasons import Reason
from flows.procedure.page_fields import PageStep, Put, Table, refuse_namesakes, refuse_unknown
from rpa.errors import Refused

_KNOWN: Final = ("courier", "tracking_number")
"""What a value may name."""


class Trace(StrEnum):
    """What shows on the order's page that a step was done."""

    PARCEL = "parcel"
    """Our parcel is among those of the order."""
    STATUS = "status"
    """The order's status is `shipped`."""


class ShippingStep(PageStep):
    """One click on the order's page, and what is filled in before it."""

    put: Mapping[How, Annotated[tuple[Put, ...], Field(min_length=1)]]
    """By the way of shipping (`dialog`: with a parcel, `no_logistics`), in the order in which it is done."""
    trace: Trace = Trace.STATUS

    def puts(self, shipment: Shipment) -> Sequence[Put]:
        """What is filled in for this one. Raises Refused where the form has no such way."""
        puts = self.put.get(shipment.how)
        if puts is None:
            raise Refused(f"the site's form has no way “{shipment.how}”", reason=Reason.SITE_REFUSED)
        values = {name: getattr(shipment, name) for name in _KNOWN}
        return [put.filled(values) for put in puts]


class ShippingWords(Table):
    """The steps, in their order."""

    steps: Annotated[tuple[ShippingStep, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _sound(self) -> ShippingWords:
        refuse_namesakes(self.steps)
        refuse_unknown((put for step in self.steps for puts in step.put.values() for put in puts), known=_KNOWN)
        return self

    @property
    def elements(self) -> Iterator[str]:
        """Every element that the steps name."""
        for step in self.steps:
            yield from step.elements(put for puts in step.put.values() for put in puts)
