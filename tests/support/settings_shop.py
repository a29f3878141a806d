"""A shop of the second look whose owner expects something of its settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixtures.mockshop.harness import MockShop
from rpa.accounts import account_of
from rpa.credentials import Vault, key_from
from rpa.elements.registry import load_profile, selectors_folder
from rpa.plugins import load_config
from tests.support.mock_shop import LOGIN, PASSWORD, Result, Row, ShopFolder

SET_ADDRESS, SAVE_RULES = "address/setsenddefault", "deliverysetting/save"
READ_ADDRESSES, READ_RULES = "address/list", "shop/deliverysetting"
FIRST, SECOND = "浙江省杭州市余杭区良渚街道示例路1号 一号仓", "浙江省义乌市北苑街道示例工业园2号楼"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsShop:
    """A mock, and its owner's folder."""

    mock: MockShop
    folder: ShopFolder

    def expect(self, **expected: Any) -> None:
        """Expect this and nothing else."""
        self.folder.configure(expected=expected)

    def compare(self, *more: str) -> Result:
        """Run `rpa run shop-settings` to its end."""
        return self.folder.run("run", "shop-settings", "--json", *more)

    def apply(self, *more: str) -> Result:
        """The same with `--apply`."""
        return self.compare("--apply", *more)

    @property
    def settings(self) -> dict[str, Any]:
        """What is true of the shop's settings."""
        [settings] = self.mock.truth()["ship_settings"].values()
        return dict(settings)

    @property
    def ship_from(self) -> str:
        """Where parcels leave from by default."""
        [chosen] = [each for each in self.settings["addresses"] if each["send_default"]]
        return f"{chosen['province']}{chosen['city']}{chosen['district']}{chosen['detail']}"

    def saves(self) -> list[dict[str, Any]]:
        """Every save that reached the shop."""
        saves: list[dict[str, Any]] = self.mock.truth()["settings_saves"]
        return saves


def rows_by_subject(rows: list[Row]) -> dict[str, tuple[str, str]]:
    """Outcome and reason by subject, which no two rows share."""
    told = {row["subject"]: (row["outcome"], row["reason"]) for row in rows}
    assert len(told) == len(rows), rows
    return told


@contextmanager
def settings_shop(path: Path, *, settle_s: float = 1.0, **options: Any) -> Iterator[SettingsShop]:
    """Such a shop; `options` are the mock's."""
    with MockShop(platform="douyin", **{"orders": 20, **options}) as mock:
        folder = ShopFolder(path, url=mock.url, platform="douyin", settle_s=settle_s, password=None)
        own = folder.path / "selectors" / "douyin.toml"
        own.parent.mkdir()
        shipped = (selectors_folder() / own.name).read_text(encoding="utf-8")
        own.write_text(shipped.replace('animations = "keep"', 'animations = "off"'), encoding="utf-8")
        shop = load_config(folder.path / "rpa.toml").shop("demo")
        account = account_of(shop, profile=load_profile("douyin"))
        Vault(folder.var / "secrets", key_from(folder.key)).save_password(account, LOGIN, PASSWORD, folder.site())
        yield SettingsShop(mock=mock, folder=folder)
