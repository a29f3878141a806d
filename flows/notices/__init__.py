"""Notices of the platform (站内信): what they are, what they say about orders, and which of them are saved."""

from __future__ import annotations

from rpa.capability import Capability

CAPABILITY = Capability(
    name="notices",
    profile_tables={"notices": "flows.notices.words:NoticeWords"},
    alerts=("flows.notices.gaps:notices_not_saved",),
    commands={"notices": "flows.commands.notices:app"},
    starter=("flows.notices.texts:STARTER",),
    after_acceptance=("flows.notices.texts:READ_ANEW",),
)
