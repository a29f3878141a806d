"""The environment that programs are given which we start: what they need by name, none of what else this one knows.

A browser shows pages of others, and its processes tell their environment to whoever gets hold of one of them.
"""

from __future__ import annotations

import os
from typing import Final

_NEEDED: Final = frozenset({
    # who and where
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "TZ", "TMPDIR", "TMP", "TEMP", "LANG", "LANGUAGE", "TERM",
    # screens, input methods, buses and fonts
    "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XMODIFIERS",
    "DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    # the way to the network
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS",
    # Windows
    "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "OS", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA",
    "ALLUSERSPROFILE", "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "COMMONPROGRAMFILES",
    "COMMONPROGRAMFILES(X86)", "COMMONPROGRAMW6432", "USERPROFILE", "USERNAME", "USERDOMAIN", "HOMEDRIVE", "HOMEPATH",
    "PUBLIC", "COMPUTERNAME", "NUMBER_OF_PROCESSORS", "SESSIONNAME", "PSMODULEPATH",
    # ours that are no secrets, and Python's
    "RPA_BROWSER", "RPA_LANG", "RPA_CONFIG", "VIRTUAL_ENV",
})  # fmt: skip
_KINDS: Final = (
    "LC_", "XDG_", "PROCESSOR_", "PYTHON", "PLAYWRIGHT_", "PWTEST_", "PW_", "CHROME_", "CHROMIUM_", "LIBGL_", "MESA_",
    "GTK_", "GDK_", "QT_", "IBUS_", "FCITX", "WSL",
)  # fmt: skip
"""How names begin that are needed all the same."""


def is_needed(name: str) -> bool:
    """Whether programs that we start get this variable; names of proxies are written small, too."""
    return name.upper() in _NEEDED or name.upper().startswith(_KINDS)


def for_children(**also: str) -> dict[str, str]:
    """What a program is started with; `also`: variables beside the needed ones, or in their place."""
    return {**{name: value for name, value in os.environ.items() if is_needed(name)}, **also}
