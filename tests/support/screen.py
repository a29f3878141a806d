"""A screen that nobody sees: Xvfb, for promises about what a person sees."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def virtual_screen() -> Iterator[str]:
    """The DISPLAY of a screen of its own. Where there is no Xvfb, the test is skipped."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is not installed: what `--headed` shows cannot be tested")
    listening, telling = os.pipe()
    command = [program, "-displayfd", str(telling), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(telling,), stderr=subprocess.DEVNULL) as server:
        os.close(telling)
        try:
            with os.fdopen(listening) as told:
                number = told.readline().strip()
            assert number, "Xvfb did not start"
            yield f":{number}"
        finally:
            server.terminate()
