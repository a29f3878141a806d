"""The table `[remarks]` of a selector profile: how a remark is saved, in a dialog or on the order's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator

from flows.procedure.form_fields import FormStep, Put, Table, refuse_unknown
from flows.remarks.model import Remark


class RemarkFormStep(FormStep):
    """The click that saves, and what is filled in before it."""

    put: Annotated[tuple[Put, ...], Field(min_length=1)]

    def puts(self, remark: Remark) -> Sequence[Put]:
        """What is filled in for this one."""
        return [put.filled({"text": remark.text, "flag": remark.flag}) for put in self.put]


class RemarkWords(Table):
    """Its one step."""

    steps: Annotated[tuple[RemarkFormStep, ...], Field(min_length=1, max_length=1)]

    @model_validator(mode="after")
    def _sound(self) -> RemarkWords:
        refuse_unknown((put for step in self.steps for put in step.put), known=("text", "flag"))
        return self
