"""Columns of reports about other subjects than orders, and about parts of one."""

from __future__ import annotations

from rpa.language import Text
from rpa.report.columns import Column

SUBJECT_COLUMNS = (
    Column(key="subject_kind", title=Text(en="Kind of subject", zh="对象类型"), width=14),
    Column(key="subject", title=Text(en="Subject", zh="对象"), width=28),
)
"""What a row is about, where that is no order: goods, factory, shop, parcel."""

PART_COLUMN = Column(key="part", title=Text(en="Part", zh="步骤"), width=14)
"""Which part of the subject: its step, where an action has several."""
