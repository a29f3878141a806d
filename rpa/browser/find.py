"""Which browser to drive: RPA_BROWSER, an installed Chrome, Edge or Chromium, or Playwright's own."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from rpa.errors import ConfigError

_ON_PATH = (
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
    "chromium",
    "chromium-browser",
)
_WINDOWS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
    r"Chromium\Application\chrome.exe",
)
_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_browser() -> Path | None:
    """The executable to launch; None: leave it to Playwright's own browser, if that is installed.

    Raises ConfigError when RPA_BROWSER names something that is not there.
    """
    named = os.environ.get("RPA_BROWSER")
    if named:
        found = shutil.which(named)
        if found is None:
            message = (
                f"RPA_BROWSER names {named}, which is not an executable. Unset it, or name a Chrome, Edge or Chromium."
            )
            raise ConfigError(message)
        return Path(found)
    return next((path for path in _candidates() if path.is_file()), None)


def _candidates() -> list[Path]:
    if sys.platform == "win32":
        roots = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
        return [Path(root) / place for root in roots if root for place in _WINDOWS]
    if sys.platform == "darwin":
        return [Path(place) for place in _MACOS]
    return [Path(found) for found in map(shutil.which, _ON_PATH) if found]
