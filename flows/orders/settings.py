"""Settings of a shop's table in rpa.toml about its orders, for the flows that read and ship them."""

from __future__ import annotations

from datetime import datetime, time
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from flows.orders.words import Pattern


class NoLogisticsGoods(BaseModel):
    """One kind of goods that is shipped without a parcel: exactly this goods id with exactly this spec."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    goods_id: str = Field(pattern=r"^\d{1,19}$", description="The exact goods id; digits in quotes.")
    spec: str = Field(description="The exact spec as the site shows it; empty for goods without one.")
    delivered_by: Literal["platform", "sheet"] = Field(
        description="platform: the site delivers by itself; sheet: the seller does, and a sheet's proof column says so."
    )


class OrderSettings(BaseModel):
    """Keys of `[shops.…]` that the order flows read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sheets: tuple[str, ...] = Field(default=(), description="Sheets with tracking numbers: globs beside rpa.toml.")
    inbox: str | None = Field(
        default=None,
        min_length=1,
        description="A folder beside rpa.toml for sheets that arrive by themselves: each is taken in once, put "
        "away in var/inbox/, and worked on until its rows end; its done/ has a copy and the result. "
        "Shops may share one.",
    )
    inbox_by: time | None = Field(
        default=None, description='The hour, as "10:00", by which something new must have come into the inbox.'
    )
    inbox_keep_days: int = Field(
        default=7, ge=1, le=90, description="For how many days a row of the inbox is tried before it is given up."
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description='A sender\'s own headers, for example { tracking_number = "运单" }.',
    )
    courier_patterns: dict[str, Pattern] = Field(
        default_factory=dict,
        description="Further numbers that are usual for a courier, as regular expressions for the whole number: "
        "{ \"圆通快递\" = '\\d{8}' }. Other numbers than the usual ones ship only with --step or --accept-unusual.",
    )
    no_logistics_goods: tuple[NoLogisticsGoods, ...] = Field(
        default=(), description="Goods that are shipped without a parcel; nothing else ever is."
    )
    stop_words: tuple[str, ...] = Field(
        default=(), description="Words in the seller's remark that hold an order; empty: those of the profile."
    )
    stop_flags: tuple[str, ...] = Field(
        default=(), description="Colours of the remark's flag that hold an order, for example RED."
    )
    max_orders_per_number: int = Field(
        default=5, ge=1, le=50, description="How many orders of one receiver one tracking number may serve."
    )

    import_above: int = Field(
        default=50,
        ge=0,
        description="`ship` sends more orders of a kind than these as the site takes many (a file, ticked rows); else "
        "dialogs.",
    )
    import_chunk: int = Field(
        default=1000,
        ge=1,
        le=20000,
        description="How many orders go at once, in a file or as ticked rows, if the site takes so many.",
    )

    @field_validator("inbox_by", mode="before")
    @classmethod
    def _an_hour(cls, value: object) -> object:
        if value is None or isinstance(value, time):
            return value
        try:
            return datetime.strptime(str(value), "%H:%M").time()  # noqa: DTZ007 - an hour of the day, of no day
        except ValueError:
            raise ValueError(f'must be an hour of the day like "10:00", not {value!r}') from None

    @field_validator("columns")
    @classmethod
    def _known_columns(cls, columns: dict[str, str]) -> dict[str, str]:
        known = ("order_sn", "courier", "tracking_number", "proof")
        unknown = [name for name in columns if name not in known]
        if unknown:
            raise ValueError(f"unknown column {', '.join(unknown)}; known: {', '.join(known)}")
        return columns

    @field_validator("stop_words", "stop_flags", "sheets")
    @classmethod
    def _not_blank(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if any(not word.strip() for word in words):
            raise ValueError("contains an empty text; remove it")
        return words
