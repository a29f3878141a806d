"""Checks of what other users of this machine can read or change, and of running as the one who may do everything."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rpa.doctor.findings import Finding, ok, warn
from rpa.environment import key_file
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.config import Config

_OTHERS = 0o077
_FEW = 3
_STATE = Text(en="Other users: what they can read", zh="其他用户可读取的内容")
_CHANGE = Text(en="Other users: what they can change", zh="其他用户可修改的内容")
_ROOT = Text(en="User", zh="运行用户")


def privacy(config: Config) -> Iterable[Finding]:
    """What others can read of this project's state, and what they can change of what decides; not asked on Windows."""
    if os.name == "posix":
        yield readable(config.var)
        yield changeable(config)


def root() -> Iterable[Finding]:
    """Said of root alone, for whom Chromium has no sandbox: a page that breaks out of it has the whole machine."""
    if os.name == "posix" and os.geteuid() == 0:
        yield warn(
            _ROOT,
            Text(
                en="root: Chromium runs without its sandbox, so that a page that breaks out of it has the whole "
                "machine; use a user of its own",
                zh="root：Chromium 沙盒无法启用，恶意页面一旦突破浏览器即可控制整台机器；请改用专门的普通用户运行",
            ),
        )


def readable(var: Path) -> Finding:
    """Whether others can look into var/: reports, pictures, logs and locks lie there. The key counts, too."""
    file = key_file()
    kept = [var, var / "secrets"] + ([file] if file is not None and _is_ours(file) else [])
    found = [path for path in kept if _mode(path) & _OTHERS]
    if not found:
        return ok(_STATE)
    names = _named(found)
    return warn(
        _STATE,
        Text(
            en=f"{names} can be read by others, who can hold the shops' locks, too; run `chmod -R go= {names}` (the "
            "next run closes var/ by itself, where it is its own)",
            zh=f"其他用户可读取 {names}，也能占住店铺的锁；请执行 chmod -R go= {names}"
            "（var/ 属于本用户时，下次运行会自动收紧）",
        ),
    )


def changeable(config: Config) -> Finding:
    """Whether others can change what decides what is typed and clicked, and where."""
    found = list(dict.fromkeys(path for path in _deciding(config) if _can_be_changed(path)))
    if not found:
        return ok(_CHANGE)
    names = _named(found)
    return warn(
        _CHANGE,
        Text(
            en=f"others can change {names}, and with it what is clicked and where passwords are typed; run "
            f"`chmod go-w {names}`, and see that it belongs to this user or root",
            zh=f"其他用户可修改 {names}，从而改变程序点击的内容和输入密码的网站；请执行 chmod go-w {names}，"
            "并确认其所有者是本用户或 root",
        ),
    )


def _deciding(config: Config) -> Iterator[Path]:
    """The files of the configuration, and the folders in which another could put others in their place."""
    folder = config.folder
    yield config.path
    yield config.path.resolve()
    for part in (folder / "shops", folder / "selectors"):
        yield part
        yield from sorted(part.glob("*.toml"))
    yield from (config.var, folder, *folder.resolve().parents)


def _can_be_changed(path: Path) -> bool:
    """Whether another user can write to it. In a folder like /tmp nobody can take away what belongs to another."""
    try:
        found = path.stat()
    except OSError:
        return False
    if found.st_uid not in {os.geteuid(), 0}:
        return True
    open_to_all = found.st_mode & stat.S_IWOTH or (found.st_mode & stat.S_IWGRP and not _is_alone_in(found))
    return bool(open_to_all) and not found.st_mode & stat.S_ISVTX


def _is_alone_in(found: os.stat_result) -> bool:
    """Whether its group is its owner's own, as many systems make one for each user."""
    import grp
    import pwd

    try:
        group, owner = grp.getgrgid(found.st_gid), pwd.getpwuid(found.st_uid)
    except KeyError:
        return False
    return group.gr_gid == owner.pw_gid and group.gr_name == owner.pw_name and set(group.gr_mem) <= {owner.pw_name}


def _is_ours(path: Path) -> bool:
    """Whether closing it is up to this user: what systemd or a container hands over is as they make it."""
    try:
        return path.stat().st_uid == os.geteuid()
    except OSError:
        return False


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0


def _named(paths: list[Path]) -> str:
    return " ".join(map(str, paths[:_FEW])) + (" …" if len(paths) > _FEW else "")
