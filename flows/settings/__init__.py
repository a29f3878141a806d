"""Settings of a shop: what its pages hold, compared with what its owner expects."""

from __future__ import annotations

from rpa.capability import Capability

CAPABILITY = Capability(
    name="settings",
    profile_tables={"settings": "flows.settings.words:SettingWords"},
    shop_settings=("flows.settings.expected:ShopExpectations",),
    kind_words={"setting": "flows.settings.texts:SETTING"},
)
"""Settings of a shop, as a capability."""
