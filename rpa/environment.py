"""The environment: what of it programs get that we start, and the key, which none of them gets.

A browser shows pages of others, and its processes tell their environment to whoever gets hold of one of them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

VARIABLE: Final = "RPA_KEY"
FILE_VARIABLE: Final = "RPA_KEY_FILE"
CREDENTIAL: Final = "rpa-key"
"""The name of the credential with the key, where systemd has been told to load it."""
_held: list[str] = []
"""What RPA_KEY said: environments are told to every program that is started, and can be read while one runs."""
_NEEDED: Final = frozenset(
    {
        # who and where
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "PWD",
        "TZ",
        "TMPDIR",
        "TMP",
        "TEMP",
        "LANG",
        "LANGUAGE",
        "TERM",
        # screens, input methods, buses and fonts
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "XMODIFIERS",
        "DBUS_SESSION_BUS_ADDRESS",
        "DBUS_SYSTEM_BUS_ADDRESS",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "FONTCONFIG_FILE",
        "FONTCONFIG_PATH",
        # the way to the network
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "NODE_EXTRA_CA_CERTS",
        # where the driver keeps what it has compiled
        "NODE_COMPILE_CACHE",
        # Windows
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "COMSPEC",
        "PATHEXT",
        "OS",
        "APPDATA",
        "LOCALAPPDATA",
        "PROGRAMDATA",
        "ALLUSERSPROFILE",
        "PROGRAMFILES",
        "PROGRAMFILES(X86)",
        "PROGRAMW6432",
        "COMMONPROGRAMFILES",
        "COMMONPROGRAMFILES(X86)",
        "COMMONPROGRAMW6432",
        "USERPROFILE",
        "USERNAME",
        "USERDOMAIN",
        "HOMEDRIVE",
        "HOMEPATH",
        "PUBLIC",
        "COMPUTERNAME",
        "NUMBER_OF_PROCESSORS",
        "SESSIONNAME",
        "PSMODULEPATH",
        # ours that are no secrets, and Python's
        "RPA_BROWSER",
        "RPA_LANG",
        "RPA_CONFIG",
        "VIRTUAL_ENV",
    }
)
_KINDS: Final = (
    "LC_",
    "XDG_",
    "PROCESSOR_",
    "PYTHON",
    "PLAYWRIGHT_",
    "PWTEST_",
    "PW_",
    "CHROME_",
    "CHROMIUM_",
    "LIBGL_",
    "MESA_",
    "GTK_",
    "GDK_",
    "QT_",
    "IBUS_",
    "FCITX",
    "WSL",
)
"""How names begin that are needed all the same."""


def is_needed(name: str) -> bool:
    """Whether programs that we start get this variable; names of proxies are written small, too."""
    return name.upper() in _NEEDED or name.upper().startswith(_KINDS)


def for_children(**also: str) -> dict[str, str]:
    """What a program is started with; `also`: variables beside the needed ones, or in their place."""
    return {**{name: value for name, value in os.environ.items() if is_needed(name)}, **also}


def take_key_out() -> None:
    """Read RPA_KEY once, and take it out of the environment: no program that is started from now on is told of it."""
    hold_key(os.environ.pop(VARIABLE, ""))


def hold_key(text: str) -> None:
    """Use this as if RPA_KEY said so; nothing, if it is empty."""
    if text:
        _held[:] = [text]


def given_key() -> str:
    """What RPA_KEY says, or said when it was taken out; empty: it was not set."""
    return os.environ.get(VARIABLE) or (_held[0] if _held else "")


def without_key() -> dict[str, str]:
    """The environment for a process of ours, which is told the key in another way."""
    return {name: value for name, value in os.environ.items() if name != VARIABLE}


def key_file() -> Path | None:
    """The file in which the key stands: RPA_KEY_FILE's, else systemd's credential; None: there is neither."""
    named, folder = os.environ.get(FILE_VARIABLE), os.environ.get("CREDENTIALS_DIRECTORY")
    if named:
        return Path(named).absolute()
    credential = Path(folder) / CREDENTIAL if folder else None
    return credential if credential is not None and credential.is_file() else None
