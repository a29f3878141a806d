"""Being asked to end by signals, of which one wish may bring several."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rpa import stopping
from tests.support.mock_shop import PATIENCE_S

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows neither SIGHUP nor SIGTERM")

WINDOW = """
import sys
from rpa.clock import Clock
from rpa.stopping import asked_to_stop
with asked_to_stop() as stopping:
    print("here", flush=True)
    while not stopping():
        Clock().wait(0.02)
    print("the order in hand is done", flush=True)
open(sys.argv[1], "w").close()
"""


def receive(*numbers: signal.Signals) -> None:
    for number in numbers:
        os.kill(os.getpid(), number)


def test_a_closed_window_is_one_wish_however_often_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_OUTPUTS", ())
    monkeypatch.setattr(stopping, "_ONE_WISH_S", 60.0)
    with stopping.asked_to_stop() as asked:
        assert not asked()
        receive(signal.SIGHUP, signal.SIGTERM, signal.SIGHUP)
        assert asked()


def test_ctrl_c_again_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_ONE_WISH_S", 0.0)
    with pytest.raises(KeyboardInterrupt), stopping.asked_to_stop():
        receive(signal.SIGTERM, signal.SIGINT)


def test_after_its_window_is_closed_a_program_still_comes_to_its_end(tmp_path: Path) -> None:
    import pty

    window, terminal = pty.openpty()
    command = [sys.executable, "-c", WINDOW, str(tmp_path / "ended")]
    with subprocess.Popen(command, stdout=terminal, stderr=subprocess.PIPE, start_new_session=True) as program:
        os.close(terminal)
        assert b"here" in os.read(window, 100)
        os.close(window)
        program.send_signal(signal.SIGHUP)
        try:
            _, said = program.communicate(timeout=PATIENCE_S)
        finally:
            program.kill()
    assert (program.returncode, (tmp_path / "ended").exists()) == (0, True), said
