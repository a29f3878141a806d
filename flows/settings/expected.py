"""Settings of a shop's table in rpa.toml about its settings on the site: what is expected there."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from flows.settings.model import DEFAULT_COURIER, SHIP_FROM

Name = Annotated[str, Field(pattern=r"\S")]
Count = Annotated[int, Field(ge=0)]


class ExpectedWaybills(BaseModel):
    """One account for waybills that must be bound: a courier's outlet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    courier: Name = Field(description="The courier, as its settings page names it.")
    outlet: str = Field(
        default="", description="The outlet's name or code; empty: the courier has just one account there."
    )
    at_least: Count | None = Field(
        default=None, description="So many waybills must be left; nothing: what `balance_below` says."
    )

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.courier} {self.outlet}".strip()


class Expected(BaseModel):
    """What a shop's settings are expected to be; what is left out is not looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ship_from: Name | None = Field(
        default=None, description="The address from which parcels leave by default: its text, or its id."
    )
    default_courier: Name | None = Field(default=None, description="The courier that is chosen by default.")
    waybills: tuple[ExpectedWaybills, ...] = Field(
        default=(), description="Accounts for waybills that must be bound, each with `courier`, `outlet`, `at_least`."
    )
    balance_below: Count | None = Field(
        default=None, description="Warn when fewer waybills are left in one of `waybills`; nothing: no warning."
    )

    @property
    def values(self) -> dict[str, str]:
        """By the name of a setting, what is expected of those that can be set."""
        told = {SHIP_FROM: self.ship_from, DEFAULT_COURIER: self.default_courier}
        return {name: value for name, value in told.items() if value is not None}

    def least(self, waybills: ExpectedWaybills) -> int | None:
        """How many must be left of these; None: any number will do."""
        return self.balance_below if waybills.at_least is None else waybills.at_least


class ShopExpectations(BaseModel):
    """Keys of `[shops.…]` about the shop's settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    expected: Expected | None = Field(
        default=None, description="What the shop's settings on the site must be, for `shop-settings`; a table."
    )

    @property
    def told(self) -> Expected:
        """What is expected, which may be nothing."""
        return self.expected or Expected()
