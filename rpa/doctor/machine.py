"""Checks of what is installed, of the key, and of the disk."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rpa.doctor.findings import Finding, State, fail, ok, warn
from rpa.environment import for_children
from rpa.errors import ConfigError
from rpa.files import FULL_GB, LOW_GB, free_gb
from rpa.language import Text

_PYTHON = (3, 11)
_REMOTE = ("nfs", "cifs", "smb", "9p", "afs", "ncpfs", "sshfs", "davfs", "ceph", "gluster", "webdav")
_SYNCED = ("onedrive", "dropbox", "google drive", "icloud", "nutstore")


def python() -> Finding:
    """Python's version."""
    version = ".".join(map(str, sys.version_info[:3]))
    wanted = ".".join(map(str, _PYTHON))
    name = Text(en="Python", zh="Python")
    if sys.version_info >= _PYTHON:
        return ok(name, version)
    return fail(name, Text(en=f"{version}; install {wanted} or newer", zh=f"{version}；请安装 {wanted} 或更高版本"))


def playwright() -> Finding:
    """Whether Playwright is installed."""
    name = Text(en="Playwright", zh="Playwright")
    try:
        return ok(name, importlib.metadata.version("playwright"))
    except importlib.metadata.PackageNotFoundError:
        return fail(name, Text(en="missing; run `pip install playwright`", zh="未安装；运行 pip install playwright"))


def browser() -> Finding:
    """Whether there is a browser to start."""
    from rpa.browser.driver import find_browser

    name = Text(en="Browser", zh="浏览器")
    try:
        found = find_browser() or _playwrights_own()
    except ConfigError as error:
        return fail(name, Text(en=str(error), zh=str(error)))
    if found is not None:
        return ok(name, str(found))
    return fail(
        name,
        Text(
            en="none found; install Chrome or Edge, or run `python -m playwright install chromium`, or set RPA_BROWSER",
            zh="未找到；请安装 Chrome 或 Edge，或运行 python -m playwright install chromium，或设置 RPA_BROWSER",
        ),
    )


def fonts() -> Finding:
    """Whether Chinese text can be shown (Linux servers often lack a font for it)."""
    name = Text(en="Chinese fonts", zh="中文字体")
    lister = shutil.which("fc-list")
    if sys.platform != "linux":
        return ok(name)
    if lister is None:
        return warn(
            name,
            Text(
                en="cannot tell (fc-list is not installed); if pictures show boxes, install fonts-noto-cjk",
                zh="无法检查（未安装 fc-list）；如截图中汉字显示为方框，请安装 fonts-noto-cjk",
            ),
        )
    listed = subprocess.run(
        [lister, ":lang=zh", "family"], capture_output=True, check=False, timeout=30, env=for_children()
    ).stdout
    if listed.strip():
        return ok(name, listed.decode("utf-8", "replace").splitlines()[0])
    return warn(
        name,
        Text(
            en="none; pictures will show boxes. Install fonts-noto-cjk",
            zh="没有；截图中汉字会显示为方框。请安装 fonts-noto-cjk",
        ),
    )


def ffmpeg() -> Finding:
    """Whether `--video` can work."""
    name = Text(en="ffmpeg (for --video)", zh="ffmpeg（--video 需要）")
    found = shutil.which("ffmpeg") or importlib.util.find_spec("imageio_ffmpeg")
    if found is not None:
        return ok(name, found if isinstance(found, str) else "imageio-ffmpeg")
    return warn(
        name,
        Text(
            en='missing; everything but --video works. Run `pip install "merchant-rpa[video]"`, or install ffmpeg',
            zh='没有；只影响 --video。可运行 pip install "merchant-rpa[video]" 或安装 ffmpeg',
        ),
    )


def key() -> Finding:
    """Whether there is a key for the encrypted store (an OS keyring makes one now)."""
    from rpa.credentials import find_key

    name = Text(en="Key of the encrypted store", zh="加密密钥")
    try:
        find_key()
    except ConfigError as error:
        advice = Text(
            en=str(error),
            zh=f"没有可用的密钥；请设置环境变量 RPA_KEY（32 字节 urlsafe base64），或使用系统密钥环。\n{error}",
        )
        return fail(name, advice)
    return ok(name)


def writable(folder: Path) -> Finding:
    """Whether state can be written."""
    name = Text(en="State folder", zh="数据文件夹")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return ok(name, str(folder))
    except OSError as error:
        return fail(
            name,
            Text(
                en=f"{folder} cannot be written ({error.strerror}); give this user the right to, or move rpa.toml",
                zh=f"{folder} 无法写入（{error.strerror}）；请修改权限或移动 rpa.toml",
            ),
        )


def local_disk(folder: Path) -> Finding:
    """Whether state lies on a disk of this machine: a database on a network or synced folder gets damaged."""
    name = Text(en="Local disk", zh="本地磁盘")
    kind = _file_system(folder.absolute())
    remote = next((word for word in _REMOTE if word in kind), "")
    synced = next((word for word in _SYNCED if word in str(folder.absolute()).lower()), "")
    if not remote and not synced:
        return ok(name, kind)
    place = remote or synced
    said = Text(
        en=f"{folder} is on {place}; move rpa.toml to a disk of this machine, or the ledger can be damaged",
        zh=f"{folder} 位于 {place}；请把 rpa.toml 移到本机磁盘，否则记录可能损坏",
    )
    return fail(name, said) if remote else warn(name, said)


def free_space(folder: Path) -> Finding:
    """Whether there is room for reports and evidence."""
    name = Text(en="Free space", zh="剩余空间")
    free = free_gb(folder)
    if free >= LOW_GB:
        return ok(name, f"{free:.1f} GB")
    state = State.WARN if free >= FULL_GB else State.FAIL
    said = Text(en=f"only {free:.1f} GB; make room", zh=f"仅剩 {free:.1f} GB；请清理磁盘")
    return Finding(name=name, state=state, message=said)


def _file_system(folder: Path) -> str:
    """Kind of file system that this folder is on, lower case; `remote` options of Windows drives included."""
    import psutil

    if str(folder).startswith("\\\\"):
        return "smb"
    disks = [disk for disk in psutil.disk_partitions(all=True) if folder.is_relative_to(disk.mountpoint)]
    best = max(disks, key=lambda disk: len(Path(disk.mountpoint).parts), default=None)
    return "" if best is None else f"{best.fstype} {'smb' if 'remote' in best.opts.split(',') else ''}".strip().lower()


def _playwrights_own() -> Path | None:
    from rpa.browser.driver import driver

    with driver() as started:
        own = Path(started.chromium.executable_path)
    return own if own.is_file() else None
