"""The table `[settings]` of a selector profile: on which pages a shop's settings stand, and how each is set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator

from flows.procedure.form_fields import FormStep, Put, Table, refuse_namesakes, refuse_unknown
from flows.settings.model import SETTABLE


class SettingStep(FormStep):
    """One setting (`part`), and the click that saves it."""

    page: str
    """Its page, and the answer that this brings; where entries open the form (`open`), also the list of them."""
    put: tuple[Put, ...] = ()

    @property
    def in_list(self) -> bool:
        """Whether its page lists what may be set; else its form holds the setting."""
        return self.open is not None

    def puts(self, text: str) -> Sequence[Put]:
        """What is filled in for this value."""
        return [put.filled({self.part: text}) for put in self.put]


class SettingWords(Table):
    """Settings that can be set, and the accounts for waybills."""

    steps: Annotated[tuple[SettingStep, ...], Field(min_length=1)]
    waybills: str
    """The page, answer and list of the accounts."""
    not_told: tuple[str, ...] = ()
    """What page and answer say of a balance that they do not tell."""

    @model_validator(mode="after")
    def _sound(self) -> SettingWords:
        refuse_namesakes(self.steps)
        if {step.part for step in self.steps} != set(SETTABLE):
            raise ValueError(f'needs a step for each "part" of {", ".join(SETTABLE)}')
        for step in self.steps:
            refuse_unknown(step.put, known=(step.part,))
        return self

    def step(self, name: str) -> SettingStep:
        """The step that sets this one."""
        return next(step for step in self.steps if step.part == name)
