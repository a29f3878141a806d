"""`rpa pause` and `rpa resume`: a person forbids writing to shops, and allows it again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TYPE_CHECKING

from rpa.cli.console import console, person_named
from rpa.cli.ledger_report import opened_ledger
from rpa.errors import ConfigError, KickedOut
from rpa.kicks import Kicks
from rpa.language import Language, Text
from rpa.pauses import STOP_FILES, Pauses
from rpa.plugins import load_config

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.pauses import Pause

_ALL = Text(en="all shops", zh="全部店铺")
_PAUSED = Text(
    en="Nothing is written to the site any more: a run in progress stops before its next write and reads back what it "
    "sent; scheduled runs that write are skipped, those that read go on.",
    zh="从现在起不再操作后台：进行中的任务在下一次提交前停止，并核对已提交的内容；会操作后台的定时任务跳过，只读取的照常。",
)
_STOP_FILE = Text(
    en=f"Without this program, a file named {STOP_FILES.en} beside rpa.toml does the same for all shops.",
    zh=f"不用本程序也可以：在 rpa.toml 旁新建名为“{STOP_FILES.zh}”的文件，即可暂停全部店铺。",
)
_NOT_KEPT = Text(
    en=f"The pause cannot be kept ({{error}}), and does not hold. A file named {STOP_FILES.en} in {{folder}} pauses "
    "all shops at once, and needs no room on the disk.",
    zh=f"暂停无法保存（{{error}}），尚未生效。请在 {{folder}} 中新建名为“{STOP_FILES.zh}”的空文件，"
    "即可暂停全部店铺；空文件不占磁盘空间。",
)
_RESUMED = Text(en="{shop}: not paused any more.", zh="{shop}：已恢复。")
_WAS_NOT = Text(en="{shop}: there was no pause.", zh="{shop}：本来就没有暂停。")
_MAY_LOG_IN = Text(
    en="{shop}: the account was logged in elsewhere; from now on runs log in again by themselves.",
    zh="{shop}：账户曾在别处登录；从现在起程序可以自动登录。",
)
_STILL = Text(en="Still in force:", zh="仍在暂停：")
_EXIT_PERSON = 3


def pause_shops(config_path: Path | None, names: Sequence[str], *, by: str | None, reason: str) -> None:
    """Pause these shops and groups, or all shops with one pause; say what is paused now.

    Raises ConfigError, also when the pause cannot be kept.
    """
    config = load_config(config_path)
    person, pauses = person_named(by), Pauses(config.folder, config.var)
    try:
        for shop in _named(config, names):
            pauses.pause(shop, by=person, reason=reason.strip(), at=config.clock.now())
    except OSError as error:
        raise ConfigError(_NOT_KEPT.with_words(error=error, folder=config.folder)) from error
    said = console()
    for pause in pauses.all():
        said.print(_line(pause, language=config.language))
    said.print(_PAUSED.of(config.language))
    if not names:
        said.print(_STOP_FILE.of(config.language))


def resume_shops(config_path: Path | None, names: Sequence[str]) -> None:
    """End the pauses of these shops and groups, or the one of all shops; let runs log in again to those that are named.

    What still holds is listed; exits with 3 when that is a pause of a shop that was named, or one of all shops.
    Raises ConfigError.
    """
    config = load_config(config_path)
    language, pauses = config.language, Pauses(config.folder, config.var)
    said = console()
    asked_for = _named(config, names)
    resumed = {shop: pauses.resume(shop) for shop in asked_for}
    back = give_back(config, {name for name in asked_for if name})
    for name in sorted(back):
        said.print(_MAY_LOG_IN.of(language, shop=name), soft_wrap=True)
    for shop, was_paused in resumed.items():
        if was_paused or shop not in back:
            words = _RESUMED if was_paused else _WAS_NOT
            said.print(words.of(language, shop=_name(shop, language=language)))
    left, kicked = pauses.all(), Kicks(config.var).holding(config.shops.values())
    if left or kicked:
        said.print(_STILL.of(language))
    colon = Text(en=": ", zh="：").of(language)
    for name, kick in kicked.items():
        said.print(f"{name}{colon}{kick.in_words(config.shops[name]).of(language)}", soft_wrap=True)
    for pause in left:
        between = Text(en=" ", zh="").of(language)
        said.print(f"{_line(pause, language=language)}{between}{pause.way_out.of(language)}")
    if any(pause.shop is None or pause.shop in asked_for for pause in left):
        sys.exit(_EXIT_PERSON)


def give_back(config: Config, names: AbstractSet[str]) -> set[str]:
    """A person says that these shops' accounts are ours again; gives the shops that runs may log in to from now on.

    Those that share an account are among them. The incidents end for which the scheduler lets them rest.
    """
    kicks, shops = Kicks(config.var), config.shops
    before = kicks.holding(shops.values())
    for name in names & before.keys():
        kicks.end(shops[name])
    over = before.keys() - kicks.holding(shops.values()).keys()
    if (config.var / "ledger.sqlite3").exists():
        with opened_ledger(config) as ledger:
            for name in names | over:
                ledger.close_incident(name, cause=KickedOut.code)
    return over


def _named(config: Config, names: Sequence[str]) -> list[str | None]:
    return [shop.name for shop in config.meant(names)] if names else [None]


def _name(shop: str | None, *, language: Language) -> str:
    return shop or _ALL.of(language)


def _line(pause: Pause, *, language: Language) -> str:
    colon = Text(en=": ", zh="：").of(language)
    stop = Text(en=".", zh="。").of(language)
    return f"{_name(pause.shop, language=language)}{colon}{pause.in_words.of(language)}{stop}"
