"""Which class does a capability for a platform: the first that the shop's profile describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rpa.elements.uses import Uses
from rpa.flow import Flow, ReportShape
from rpa.language import Text
from rpa.platforms import Platform, missing_capabilities


class Sells:
    """A capability."""


class Buys:
    """Another one, which nothing does."""


@dataclass
class Paper:
    """A profile, as far as it matters."""

    elements: tuple[str, ...] = ()
    table: bool = False
    lists: Mapping[str, Any] = field(default_factory=dict)
    dialogs: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)


class ByForm:
    uses = Uses(commits=("form.sell",))

    @staticmethod
    def described_in(profile: Any) -> bool:
        return bool(profile.table)


class ByDialog:
    uses = Uses(commits=("dialog.sell",))


WAYS: Any = (ByForm, ByDialog)
PLATFORM = Platform(name="paper", can={Sells: WAYS})
FLOW = Flow(
    name="sell",
    summary=Text(en="Sell.", zh="卖。"),
    needs=(Sells, Buys),
    prepare=lambda _: None,
    work=lambda _: iter(()),
    report=ReportShape(layout=None, name=Text(en="", zh=""), reasons={}),  # type: ignore[arg-type]
)


def way(profile: Any) -> Any:
    return PLATFORM.way(Sells, profile=profile)


def test_the_first_class_that_the_profile_describes_does_it() -> None:
    assert (way(Paper(table=True)), way(Paper())) == (ByForm, ByDialog)


def test_what_no_class_describes_nobody_does() -> None:
    only = Platform(name="paper", can={Sells: WAYS[:1]})
    assert (only.way(Sells, profile=Paper()), only.way(Buys, profile=Paper())) == (None, None)  # type: ignore[arg-type]


def test_each_class_s_uses_count_whichever_is_used() -> None:
    for profile in (Paper(), Paper(table=True)):
        assert PLATFORM.uses(profile).commits == ("form.sell", "dialog.sell")  # type: ignore[arg-type]


def test_only_the_elements_of_the_class_that_is_used_are_missed() -> None:
    def missing(profile: Any) -> list[str]:
        return missing_capabilities(FLOW, PLATFORM, profile=profile)

    assert missing(Paper(("dialog.sell",))) == ["Buys"]
    assert missing(Paper(("dialog.sell",), table=True)) == ["Sells (element form.sell)", "Buys"]


def test_of_several_that_would_do_one_is_enough_else_each_is_missed() -> None:
    either = replace(FLOW, needs=((Buys, Sells),))
    assert missing_capabilities(either, PLATFORM, profile=Paper(("dialog.sell",))) == []  # type: ignore[arg-type]
    told = missing_capabilities(either, PLATFORM, profile=Paper(table=True))  # type: ignore[arg-type]
    assert told == ["Buys or Sells (element form.sell)"]


def test_what_the_options_ask_for_is_needed_besides() -> None:
    buying = replace(FLOW, needs=(), needs_with=lambda options: (Buys,) if options == "buy" else ())
    profile: Any = Paper(("dialog.sell",))
    for options, missing in ((None, []), ("sell", []), ("buy", ["Buys"])):
        assert missing_capabilities(buying, PLATFORM, profile=profile, options=options) == missing


def test_where_nothing_is_described_the_first_class_says_what_it_would_need() -> None:
    only = Platform(name="paper", can={Sells: WAYS[:1]})
    profile: Any = Paper()
    assert [*only.lacking(Sells, profile=profile)] == ["Sells (element form.sell)"]
    assert [*only.lacking(Sells, profile=Paper(("form.sell",)))] == ["Sells"]  # type: ignore[arg-type]
