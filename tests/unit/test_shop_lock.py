"""The two halves of the right to run a shop, and waiting that others end."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from rpa.clock import Clock
from rpa.errors import ShopBusy
from rpa.ledger.shop_lock import PageLock, RunLock, WorkLock
from rpa.plugins import load_config
from rpa.scheduler.instance_lock import InstanceLock
from rpa.scheduler.periodic import Wakeup

CLOCK = Clock()
_FAR_S = 120.0


@pytest.mark.parametrize("half", [PageLock, WorkLock])
def test_a_run_by_hand_needs_both_halves(tmp_path: Path, half: type[PageLock]) -> None:
    with half(tmp_path, shop="demo", clock=CLOCK), pytest.raises(ShopBusy, match=f"pid {os.getpid()}"):
        RunLock(tmp_path, shop="demo", clock=CLOCK).__enter__()
    with RunLock(tmp_path, shop="demo", clock=CLOCK), pytest.raises(ShopBusy):
        half(tmp_path, shop="demo", clock=CLOCK).__enter__()


def test_who_gets_one_half_only_keeps_none(tmp_path: Path) -> None:
    with WorkLock(tmp_path, shop="demo", clock=CLOCK):
        with pytest.raises(ShopBusy):
            RunLock(tmp_path, shop="demo", clock=CLOCK).__enter__()
        with PageLock(tmp_path, shop="demo", clock=CLOCK):
            pass


def test_the_halves_do_not_lock_each_other_and_name_whom_to_wait_for(tmp_path: Path) -> None:
    with PageLock(tmp_path, shop="demo", clock=CLOCK, pid=4711), WorkLock(tmp_path, shop="demo", clock=CLOCK):
        with pytest.raises(ShopBusy, match="pid 4711"):
            PageLock(tmp_path, shop="demo", clock=CLOCK).__enter__()
        with pytest.raises(ShopBusy, match=f"pid {os.getpid()}"):
            WorkLock(tmp_path, shop="demo", clock=CLOCK).__enter__()


def test_a_lock_is_given_back_while_another_program_reads_whose_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_elsewhere(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "The process cannot access the file", str(path))  # as Windows has it

    (tmp_path / "rpa.toml").write_text('[shops.demo]\nplatform = "pinduoduo"\nmall_id = "1"\n', encoding="utf-8")
    config = load_config(tmp_path / "rpa.toml")
    monkeypatch.setattr(Path, "unlink", open_elsewhere)
    for _ in range(2):
        with RunLock(tmp_path, shop="demo", clock=CLOCK), InstanceLock(config):
            pass


def test_a_wait_ends_when_another_thread_rings_or_has_rung() -> None:
    begin = time.monotonic()
    with Wakeup() as bell:
        bell.ring()
        bell.wait(_FAR_S)
        threading.Timer(0.05, bell.ring).start()
        bell.wait(_FAR_S)
        bell.wait(0.01)
    assert time.monotonic() - begin < _FAR_S / 2


@pytest.mark.skipif(sys.platform == "win32", reason="no program can send itself a signal without ending there")
def test_a_wait_ends_when_a_signal_comes() -> None:
    came: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: came.append(number))
    begin = time.monotonic()
    try:
        with Wakeup() as bell:
            timer = threading.Timer(0.05, os.kill, args=(os.getpid(), signal.SIGTERM))
            timer.start()
            bell.wait(_FAR_S)
            timer.join()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert came == [signal.SIGTERM]
    assert time.monotonic() - begin < _FAR_S / 2
