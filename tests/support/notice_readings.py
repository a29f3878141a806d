"""What was read in the files of notices, and workbooks that were changed on their way."""

from __future__ import annotations

import io
import zipfile

from fixtures.notices.tables import zip_bytes
from flows.notices.contents import Reading


def reason(reading: Reading) -> str:
    """Why it was not understood; empty when it was."""
    return reading.problem.reason.value if reading.problem else ""


def changed(content: bytes, old: str, new: str) -> bytes:
    """The workbook with other XML in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zip_bytes({name: member.replace(old.encode(), new.encode()) for name, member in members.items()})
