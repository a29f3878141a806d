"""Timetable: when a flow is to run; entries as rpa.toml has them, and the moments they mean."""

from __future__ import annotations

from rpa.timetable.entry import Calendar, Entry
from rpa.timetable.moments import due_at, is_quiet, planned

__all__ = ["Calendar", "Entry", "due_at", "is_quiet", "planned"]
