"""Checks of the machine and the configuration, each with what to do about it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from rpa.errors import ConfigError
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.config import Config

_PYTHON = (3, 11)
_WARN_FREE_GB, _FAIL_FREE_GB = 2.0, 0.2
_REMOTE = ("nfs", "cifs", "smb", "9p", "afs", "ncpfs", "sshfs", "davfs", "ceph", "gluster", "webdav")
_SYNCED = ("onedrive", "dropbox", "google drive", "icloud", "nutstore")


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check's result; for `warn` and `fail` the message says what to do."""

    name: Text
    state: State
    message: Text


def examine(path: Path | None = None) -> list[Finding]:
    """All checks. `path`: as for `rpa.config.load`; without a readable configuration, what needs one is left out."""
    found = [python(), playwright(), browser(), fonts(), ffmpeg(), key()]
    config, finding = configuration(path)
    found.append(finding)
    if config is not None:
        found += [*selector_profiles(config), writable(config.var), local_disk(config.var), free_space(config.var)]
        found.append(time_zone(config))
    return found


def python() -> Finding:
    """Python's version."""
    version = ".".join(map(str, sys.version_info[:3]))
    wanted = ".".join(map(str, _PYTHON))
    name = Text(en="Python", zh="Python")
    if sys.version_info >= _PYTHON:
        return _ok(name, version)
    return _finding(name, State.FAIL, f"{version}; install {wanted} or newer", f"{version}；请安装 {wanted} 或更高版本")


def playwright() -> Finding:
    """Whether Playwright is installed."""
    name = Text(en="Playwright", zh="Playwright")
    try:
        return _ok(name, importlib.metadata.version("playwright"))
    except importlib.metadata.PackageNotFoundError:
        return _finding(
            name, State.FAIL, "missing; run `pip install playwright`", "未安装；运行 pip install playwright"
        )


def browser() -> Finding:
    """Whether there is a browser to start."""
    from rpa.browser.find import find_browser

    name = Text(en="Browser", zh="浏览器")
    try:
        found = find_browser() or _playwrights_own()
    except ConfigError as error:
        return _finding(name, State.FAIL, str(error), str(error))
    if found is not None:
        return _ok(name, str(found))
    return _finding(
        name,
        State.FAIL,
        "none found; install Chrome or Edge, or run `python -m playwright install chromium`, or set RPA_BROWSER",
        "未找到；请安装 Chrome 或 Edge，或运行 python -m playwright install chromium，或设置 RPA_BROWSER",
    )


def fonts() -> Finding:
    """Whether Chinese text can be shown (Linux servers often lack a font for it)."""
    name = Text(en="Chinese fonts", zh="中文字体")
    lister = shutil.which("fc-list")
    if sys.platform != "linux":
        return _ok(name, "")
    if lister is None:
        return _finding(
            name,
            State.WARN,
            "cannot tell (fc-list is not installed); if pictures show boxes, install fonts-noto-cjk",
            "无法检查（未安装 fc-list）；如截图中汉字显示为方框，请安装 fonts-noto-cjk",
        )
    listed = subprocess.run([lister, ":lang=zh", "family"], capture_output=True, check=False, timeout=30).stdout
    if listed.strip():
        return _ok(name, listed.decode("utf-8", "replace").splitlines()[0])
    return _finding(
        name,
        State.WARN,
        "none; pictures will show boxes. Install fonts-noto-cjk",
        "没有；截图中汉字会显示为方框。请安装 fonts-noto-cjk",
    )


def ffmpeg() -> Finding:
    """Whether `--video` can work."""
    name = Text(en="ffmpeg (for --video)", zh="ffmpeg（--video 需要）")
    found = shutil.which("ffmpeg") or importlib.util.find_spec("imageio_ffmpeg")
    if found is not None:
        return _ok(name, found if isinstance(found, str) else "imageio-ffmpeg")
    return _finding(
        name,
        State.WARN,
        'missing; everything but --video works. Run `pip install "merchant-rpa[video]"`, or install ffmpeg',
        '没有；只影响 --video。可运行 pip install "merchant-rpa[video]" 或安装 ffmpeg',
    )


def key() -> Finding:
    """Whether there is a key for the encrypted store (an OS keyring makes one now)."""
    from rpa.credentials import find_key

    name = Text(en="Key of the encrypted store", zh="加密密钥")
    try:
        find_key()
    except ConfigError as error:
        advice = "没有可用的密钥；请设置环境变量 RPA_KEY（32 字节 urlsafe base64），或使用系统密钥环。"
        return _finding(name, State.FAIL, str(error), f"{advice}\n{error}")
    return _ok(name, "")


def configuration(path: Path | None) -> tuple[Config | None, Finding]:
    """The configuration, if it can be read, and the finding."""
    from rpa.config import load

    name = Text(en="Configuration", zh="配置文件")
    try:
        config = load(path)
    except ConfigError as error:
        return None, _finding(name, State.FAIL, str(error), f"请修改配置文件：\n{error}")
    return config, _ok(name, f"{config.path} ({', '.join(config.shops)})")


def selector_profiles(config: Config) -> Iterable[Finding]:
    """Whether the profile of each platform in use can be read."""
    from rpa.elements.registry import load_profile

    for platform in sorted({shop.platform for shop in config.shops.values()}):
        name = Text(en=f"Profile {platform}", zh=f"页面描述 {platform}")
        try:
            profile = load_profile(platform, folder=config.selectors)
        except ConfigError as error:
            yield _finding(name, State.FAIL, str(error), f"请修改页面描述文件：\n{error}")
        else:
            yield _ok(name, f"{len(profile.elements)} elements")


def writable(folder: Path) -> Finding:
    """Whether state can be written."""
    name = Text(en="State folder", zh="数据文件夹")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return _ok(name, str(folder))
    except OSError as error:
        return _finding(
            name,
            State.FAIL,
            f"{folder} cannot be written ({error.strerror}); give this user the right to, or move rpa.toml",
            f"{folder} 无法写入（{error.strerror}）；请修改权限或移动 rpa.toml",
        )


def local_disk(folder: Path) -> Finding:
    """Whether state lies on a disk of this machine: a database on a network or synced folder gets damaged."""
    name = Text(en="Local disk", zh="本地磁盘")
    kind = _file_system(folder.absolute())
    remote = next((word for word in _REMOTE if word in kind), "")
    synced = next((word for word in _SYNCED if word in str(folder.absolute()).lower()), "")
    if remote or synced:
        place = remote or synced
        return _finding(
            name,
            State.FAIL if remote else State.WARN,
            f"{folder} is on {place}; move rpa.toml to a disk of this machine, or the ledger can be damaged",
            f"{folder} 位于 {place}；请把 rpa.toml 移到本机磁盘，否则记录可能损坏",
        )
    return _ok(name, kind)


def free_space(folder: Path) -> Finding:
    """Whether there is room for reports and evidence."""
    name = Text(en="Free space", zh="剩余空间")
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    free_gb = shutil.disk_usage(there).free / 1e9
    if free_gb >= _WARN_FREE_GB:
        return _ok(name, f"{free_gb:.1f} GB")
    state = State.WARN if free_gb >= _FAIL_FREE_GB else State.FAIL
    return _finding(name, state, f"only {free_gb:.1f} GB; make room", f"仅剩 {free_gb:.1f} GB；请清理磁盘")


def time_zone(config: Config) -> Finding:
    """Whether the machine's clock runs in the configured zone."""
    name = Text(en="Time zone", zh="时区")
    now = datetime.now(UTC)
    here, there = now.astimezone().utcoffset(), now.astimezone(config.zone).utcoffset()
    if here == there:
        return _ok(name, config.zone.key)
    return _finding(
        name,
        State.WARN,
        f"the machine runs in another zone; reports and schedules use {config.zone.key} (timezone in rpa.toml)",
        f"本机时区不同；报表和计划任务使用 {config.zone.key}（rpa.toml 中的 timezone）",
    )


def _file_system(folder: Path) -> str:
    """Kind of file system that this folder is on, lower case; `remote` options of Windows drives included."""
    import psutil

    if str(folder).startswith("\\\\"):
        return "smb"
    disks = [disk for disk in psutil.disk_partitions(all=True) if folder.is_relative_to(disk.mountpoint)]
    best = max(disks, key=lambda disk: len(Path(disk.mountpoint).parts), default=None)
    return "" if best is None else f"{best.fstype} {'smb' if 'remote' in best.opts.split(',') else ''}".strip().lower()


def _playwrights_own() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        own = Path(started.chromium.executable_path)
    return own if own.is_file() else None


def _ok(name: Text, detail: str) -> Finding:
    return _finding(name, State.OK, detail, detail)


def _finding(name: Text, state: State, english: str, chinese: str) -> Finding:
    return Finding(name=name, state=state, message=Text(en=english, zh=chinese))
