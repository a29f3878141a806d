"""Private files, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def private_folder(path: Path) -> Path:
    """This folder, made if need be, readable by its owner only."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def kept_in(folder: Path) -> dict[str, str]:
    """The environment variables that tell a program to keep its temporary files in this folder."""
    return dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(folder))


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read; a reader or a crash finds the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
