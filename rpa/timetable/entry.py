"""One `[[schedule]]` table, and the calendar: checked by themselves, without a look at shops and flows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rpa.timetable import written

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
"""In the order of `date.weekday`."""

_SHORTEST = timedelta(minutes=1)
_LONGEST = timedelta(days=1)


def _limited(shortest: timedelta, longest: timedelta, *, words: str) -> AfterValidator:
    def check(value: timedelta) -> timedelta:
        if not shortest <= value <= longest:
            raise ValueError(f"must be {words}")
        return value

    return AfterValidator(check)


Duration = Annotated[timedelta, BeforeValidator(written.duration)]
TimeOfDay = Annotated[time, BeforeValidator(written.time_of_day)]


class Entry(BaseModel):
    """One `[[schedule]]` table: a flow, its shops, and the moments of the configured zone at which it is to run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    flow: str = Field(min_length=1, description="The flow to run; `rpa flows` lists them.")
    name: str = Field(
        default_factory=lambda data: str(data.get("flow", "")),
        min_length=1,
        max_length=64,
        description="The entry's name, which no other entry has. Left out: the flow's name.",
    )
    shops: tuple[str, ...] = Field(default=(), description='Shops and "@group"s. Left out: all shops.')
    every: Annotated[Duration, _limited(_SHORTEST, _LONGEST, words='from "1m" to "1d"')] | None = Field(
        default=None, description='Every so often from midnight on: "10m", "2h". Of every, at and hours give one.'
    )
    between: Annotated[tuple[time, time], BeforeValidator(written.span)] | None = Field(
        default=None,
        description='With every: the first and the last moment of the day, "08:00-23:00"; "22:00-06:00" is the night.',
    )
    at: tuple[TimeOfDay, ...] = Field(default=(), description='At these times: ["09:00", "13:30"].')
    hours: Annotated[tuple[int, ...], BeforeValidator(written.hours)] = Field(
        default=(), description='In each of these hours: "6-22" or "6,9,12-14".'
    )
    minute: int = Field(default=0, ge=0, le=59, description="With hours: at this minute of each.")
    days: tuple[Day, ...] = Field(
        default=(), description='On these days of the week: ["mon", "tue"]. Left out: on all.'
    )
    on_quiet_days: bool = Field(default=False, description="Whether it runs on the calendar's quiet days as well.")
    promotion_days: Literal["as_usual", "only", "never"] = Field(
        default="as_usual", description='On the calendar\'s promotion days: "as_usual", "only" then, or "never" then.'
    )
    jitter: Annotated[Duration, _limited(timedelta(0), timedelta(hours=1), words='at most "1h"')] = Field(
        default=timedelta(0), description="Each start is later by up to this, so that not all begin at one moment."
    )
    time_limit: Annotated[Duration, _limited(_SHORTEST, _LONGEST, words='from "1m" to "1d"')] = Field(
        default=timedelta(hours=2), description="A run that takes longer is stopped, and ended if it does not stop."
    )
    if_busy: Literal["wait", "skip"] = Field(
        default="wait", description='While another run has the shop: "wait" until it ends, or "skip" this moment.'
    )
    catch_up: bool = Field(default=True, description="Whether one missed run is made up for after a downtime.")
    live: bool | None = Field(default=None, description="Left out: as each shop's `live` says.")
    options: Mapping[str, Any] = Field(
        default_factory=dict,
        description='The flow\'s own options: { by = "import" }; as `rpa flows` lists them, _ for -.',
    )

    @model_validator(mode="after")
    def _agrees(self) -> Entry:
        if sum(map(bool, (self.every, self.at, self.hours))) != 1:
            raise ValueError('needs exactly one of every = "10m", at = ["09:00"] and hours = "6-22"')
        if self.between and not self.every:
            raise ValueError("between belongs to every; at and hours say themselves when")
        if self.minute and not self.hours:
            raise ValueError("minute belongs to hours")
        if self.every and self.jitter >= self.every:
            raise ValueError("jitter must be shorter than every, or a start would come after the next one")
        return self


class Calendar(BaseModel):
    """The `[calendar]` table: days on which things are otherwise. A promotion day is never quiet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    quiet_days: frozenset[date] = Field(
        default=frozenset(), description='Days without runs, but those with on_quiet_days: ["2026-10-01"].'
    )
    promotion_days: frozenset[date] = Field(
        default=frozenset(), description='Days that are never quiet; see promotion_days of an entry: ["2026-11-11"].'
    )
