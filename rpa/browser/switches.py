"""What a browser is told on its command line, beside what Playwright tells it."""

from __future__ import annotations

from typing import Final

QUIET: Final = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
    "--no-first-run", "--no-default-browser-check", "--metrics-recording-only",
)  # fmt: skip
"""Background services of the browser itself call its maker's hosts; a shop's run needs none of them."""

_OF_PLAYWRIGHT: Final = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch", "msForceBrowserSignIn",
    "msEdgeUpdateLaunchServicesPreferredVersion",
)  # fmt: skip
_ADDRESS_BAR: Final = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
"""Suggestions below the address bar are pages of their own; each new window loads them, and nobody types there."""

WITHOUT: Final = f"--disable-features={','.join((*_OF_PLAYWRIGHT, *_ADDRESS_BAR))}"
"""A browser heeds its last list of features alone, so that ours repeats Playwright's (version 1.65)."""
