"""Compare a shop's settings on the site with what is expected of them; set address and courier when asked to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.settings.api import KeepsSettings
from flows.settings.expected import Expected, ShopExpectations
from flows.settings.model import KIND
from flows.settings.report import SETTING_REPORT
from rpa.errors import ConfigError
from rpa.flow import Flow, Preparation, Row, everything, option
from rpa.language import Text

if TYPE_CHECKING:
    from flows.settings.batch import SettingsBatch
    from rpa.ledger.actions import Action
    from rpa.run import Run

_NOTHING = Text(
    en="Nothing is expected of {shops}: write a table [shops.NAME.expected] in rpa.toml.",
    zh="{shops} 没有预期设置：请在 rpa.toml 中填写 [shops.名称.expected]。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Arguments of `rpa run shop-settings`."""

    apply: bool = option(
        "Set the ship-from address and the default courier where they differ; waybills are never changed.",
        "不一致时修改默认发货地址、快递公司；电子面单从不修改。",
        default=False,
    )


def refuse_nothing(plan: Preparation) -> None:
    """Raise ConfigError, before a browser starts, when nothing is expected of any of these shops."""
    if all(shop.settings(ShopExpectations).told == Expected() for shop in plan.shops):
        raise ConfigError(_NOTHING.with_words(shops=", ".join(shop.name for shop in plan.shops)))


def shop_settings(run: Run) -> Iterator[Row]:
    """The procedure of a careful clerk."""
    from flows.settings.batch import SettingsBatch

    batch = SettingsBatch(run)
    yield from batch.carefully(_step_by_step(batch))


def _step_by_step(batch: SettingsBatch) -> Iterator[Row]:
    yield from batch.recover_unfinished()
    yield from batch.compare_waybills()
    batch.decide()
    yield from batch.report_skipped()
    yield from batch.act_and_read_back()
    batch.decide()
    yield from batch.report_skipped()
    yield from batch.act_and_read_back()


def settled_row(action: Action) -> Row:
    """The row of a setting that has ended."""
    from flows.settings.kind import row_of

    return row_of(action).cells()


SHOP_SETTINGS = Flow(
    name="shop-settings",
    summary=Text(
        en="Compare a shop's ship-from address, default courier and waybills with what is expected; --apply sets "
        "the first two.",
        zh="核对店铺设置：默认发货地址、默认快递公司、电子面单绑定与余额；加 --apply 可修改前两项。",
    ),
    needs=(KeepsSettings,),
    options=Options,
    writes=True,
    prepare=refuse_nothing,
    work=shop_settings,
    settled={KIND: settled_row},
    report=SETTING_REPORT,
    looks_at_all=everything,
)
