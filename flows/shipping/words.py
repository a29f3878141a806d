"""The table `[shipping]` of a selector profile: the steps of shipping, in dialogs or on the order's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, model_validator

from flows.orders.model import How, Shipment
from flows.orders.reasons import Reason
from flows.procedure.form_fields import FormStep, Put, Table, refuse_namesakes, refuse_unknown
from rpa.errors import Refused

_PARCEL: Final = ("courier", "tracking_number")
TYPE_IN: Final = "{type_in}"
"""Stands in a value for what is typed to find the courier alone (`[[couriers.known]]`)."""
_KNOWN: Final = (*_PARCEL, TYPE_IN.strip("{}"))
"""What a value may name."""
TOLD_OF_PARCEL: Final = ("how", *_PARCEL)
"""Fields of a form that tell what it would send: each is held to the shipment where the form has it."""


class Trace(StrEnum):
    """What shows on the site that a step was done."""

    PARCEL = "parcel"
    """Our parcel is among those of the order."""
    STATUS = "status"
    """The order's status is `shipped`."""


class ShippingStep(FormStep):
    """One click that ships, and what is filled in before it."""

    put: Mapping[How, Annotated[tuple[Put, ...], Field(min_length=1)]]
    """By the way of shipping (`dialog`: with a parcel, `no_logistics`), in the order in which it is done."""
    trace: Trace = Trace.STATUS

    def puts(self, shipment: Shipment, *, type_in: str = "") -> Sequence[Put]:
        """What is filled in for it; `type_in` finds its courier. Raises Refused where the form has no such way."""
        puts = self.put.get(shipment.how)
        if puts is None:
            raise Refused(f"the site's form has no way “{shipment.how}”", reason=Reason.SITE_REFUSED)
        values = {name: getattr(shipment, name) for name in _PARCEL}
        return [put.filled({**values, "type_in": type_in or shipment.courier}) for put in puts]


class ShippingWords(Table):
    """The steps, in their order."""

    steps: Annotated[tuple[ShippingStep, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _sound(self) -> ShippingWords:
        refuse_namesakes(self.steps)
        refuse_unknown((put for step in self.steps for puts in step.put.values() for put in puts), known=_KNOWN)
        return self
