"""`rpa selectors upgrade`: profiles of one's own, written as profiles are today; shown first, then asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text as Styled

from rpa.cli.console import agreed, console, language_of
from rpa.config.reading import config_file
from rpa.elements.registry import is_bundled, upgrade_of
from rpa.errors import ConfigError
from rpa.files import write_atomically
from rpa.language import Language, Text
from rpa.plugins import load_config

if TYPE_CHECKING:
    from rpa.elements.upgrade import Upgrade

_NONE = Text(
    en="There is no profile of your own here: those that come with the program are upgraded with it.",
    zh="没有您自己的页面描述；程序自带的会随程序一起升级。",
)
_NO_FILE = Text(en="There is no file {path}. Nothing was written.", zh="没有文件 {path}。未写入任何文件。")
_UP_TO_DATE = Text(en="{path} is written as profiles are today.", zh="{path} 已是最新格式。")
_CHANGES = Text(en="{path} would be changed so:", zh="{path} 将改动如下：")
_QUESTION = Text(en="Write this to {path}?", zh="写入 {path} 吗？")
_WRITTEN = Text(en="Written: {path}", zh="已写入：{path}")
_NOT_WRITTEN = Text(en="Not written: {path}", zh="未写入：{path}")
_STYLES = {"+": "green", "-": "red"}


def upgrade(config_path: Path | None, names: Sequence[str], *, yes: bool, check: bool) -> None:
    """Show what would change in the profiles of these shops, or in these files, and write it; none: in all there are.

    `check`: write nothing, and exit with 2 when something would change. Raises ConfigError for a file that is not there
    or has mistakes; nothing is written then.
    """
    language = language_of(config_path)
    paths = list(dict.fromkeys(_paths(config_path, names)))
    missing = next((path for path in paths if not path.is_file()), None)
    if missing is not None:
        raise ConfigError(_NO_FILE.with_words(path=missing))
    if not paths:
        console().print(_NONE.of(language))
    upgrades = [upgrade_of(path) for path in paths]
    for each in upgrades:
        _offer(each, yes=yes, check=check, language=language)
    if check and any(each.lines for each in upgrades):
        sys.exit(ConfigError.exit_code)


def _paths(config_path: Path | None, names: Sequence[str]) -> Iterator[Path]:
    """The files that are meant: a name that ends like one is a file, any other a shop."""
    if not names:
        yield from sorted((config_file(config_path).parent / "selectors").glob("[!_]*.toml"))
    for name in names:
        if name.endswith(".toml"):
            yield Path(name)
        else:
            config = load_config(config_path)
            platform = config.shop(name).platform
            if not is_bundled(platform, folder=config.selectors):
                yield config.selectors / f"{platform}.toml"


def _offer(upgrade: Upgrade, *, yes: bool, check: bool, language: Language) -> None:
    for left in upgrade.left:
        console().print(Styled(left.of(language), style="yellow"), soft_wrap=True)
    if not upgrade.lines:
        console().print(_UP_TO_DATE.of(language, path=upgrade.path), soft_wrap=True)
        return
    console().print(_CHANGES.of(language, path=upgrade.path), style="bold", soft_wrap=True)
    for line in upgrade.lines:
        console().print(Styled(f"  {line}", style=_STYLES.get(line[:1], "")), soft_wrap=True)
    if check:
        return
    written = yes or agreed(_QUESTION.with_words(path=upgrade.path), language=language)
    if written:
        write_atomically(upgrade.path, upgrade.after.encode())
    console().print((_WRITTEN if written else _NOT_WRITTEN).of(language, path=upgrade.path), soft_wrap=True)
