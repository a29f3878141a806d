"""The tables of rpa.toml, but for shops and schedule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from rpa.config.shop import Shop
from rpa.timetable.entry import Calendar, Entry, TimeOfDay

_SHORTEST_DAYS, _LONGEST_DAYS = 30, 3650


class BrowserConfig(BaseModel):
    """The `[browser]` table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timeout_s: float = Field(
        default=10.0,
        gt=0,
        le=300,
        description="Seconds that an element may take to appear; an answer three times as long.",
    )


def _days_or_off(value: object) -> object:
    days = isinstance(value, int) and not isinstance(value, bool) and _SHORTEST_DAYS <= value <= _LONGEST_DAYS
    if value != "off" and not days:
        raise ValueError(f'must be days from {_SHORTEST_DAYS} to {_LONGEST_DAYS}, or "off", not {value!r}')
    return value


DaysOrOff = Annotated[int | Literal["off"], BeforeValidator(_days_or_off)]


class SchedulerConfig(BaseModel):
    """The `[scheduler]` table: how `rpa schedule` works."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    workers: int = Field(default=2, ge=1, le=64, description="How many shops are worked in at once at most.")
    stop_within_s: int = Field(
        default=90, ge=5, le=3600, description="Seconds that runs may take to stop when they are asked to; then ended."
    )
    recycle_after_runs: int = Field(
        default=200, ge=1, description="A new browser after so many runs, when none is running."
    )
    recycle_above_mb: int = Field(
        default=4000, ge=200, description="A new browser, too, when its processes hold more memory than this."
    )
    keep_days: int = Field(
        default=90,
        ge=7,
        le=_LONGEST_DAYS,
        description="Days that records of planned runs are kept; closed incidents, pictures of pages on which a run "
        "stopped, ended inbox rows and runs that did nothing 30 at least.",
    )
    evidence_keep_days: DaysOrOff = Field(
        default="off",
        description='Days that pictures and uploaded files of what was done are kept after it; "off": for ever.',
    )
    reports_keep_days: DaysOrOff = Field(
        default="off",
        description="Days that reports, videos, traces and fetched tables are kept if nobody is needed for "
        'what is in them; "off": for ever.',
    )


class Channel(BaseModel):
    """One `[[notify]]` table: where messages for people go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="The channel's name, which no other channel has.")
    url_env: str = Field(
        default="",
        description="The environment variable with its address. Left out: `rpa notify set NAME` keeps it, encrypted.",
    )
    shops: tuple[str, ...] = Field(default=(), description='Only messages of these shops and "@group"s.')
    severity: Literal["info", "warning", "critical"] = Field(
        default="warning", description='Only messages as grave as this or more: "info", "warning", "critical".'
    )
    digest: bool = Field(default=True, description="Whether the digest goes there, too.")


class DigestConfig(BaseModel):
    """The `[digest]` table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: TimeOfDay | None = Field(
        default=None, description='When the day is summed up for the channels: "20:00". Left out: never.'
    )


def _near_first(hours: tuple[int, ...]) -> tuple[int, ...]:
    if not all(1 <= hour <= 240 for hour in hours):  # noqa: PLR2004 - ten days, as long as the longest promise
        raise ValueError("must be hours from 1 to 240")
    return tuple(sorted(set(hours), reverse=True))


class WatchConfig(BaseModel):
    """The `[watch]` table: what is told when something does not happen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ping_env: str = Field(
        default="RPA_PING_URL",
        description="The environment variable with an address that is called at each heartbeat, if it is set.",
    )
    ship_by_alarms_h: Annotated[tuple[int, ...], AfterValidator(_near_first)] = Field(
        default=(12, 6, 2), description="Hours before a deadline at which an alarm is raised."
    )


class ConfigFile(BaseModel):
    """rpa.toml as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: Literal["zh", "en"] | None = Field(default=None, description="Left out: the machine's language.")
    timezone: str = Field(default="Asia/Shanghai", description="The zone of schedules, reports and the day's limits.")
    shops: Mapping[str, Shop]
    browser: BrowserConfig = BrowserConfig()
    schedule: tuple[Entry, ...] = ()
    calendar: Calendar = Calendar()
    scheduler: SchedulerConfig = SchedulerConfig()
    notify: tuple[Channel, ...] = ()
    digest: DigestConfig = DigestConfig()
    watch: WatchConfig = WatchConfig()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f'must be a time zone like "Asia/Shanghai", not {name!r}') from None
        return name
