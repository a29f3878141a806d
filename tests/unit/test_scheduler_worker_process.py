"""One worker process, as the scheduler sees it: a real one, to which no browser is there."""

from __future__ import annotations

from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import psutil
import pytest

from rpa.errors import Stopped, TryAgain
from rpa.plugins import load_config
from rpa.scheduler.control_channel import ControlChannel
from rpa.scheduler.processes import Message
from rpa.scheduler.worker_process import WorkerRun
from tests.support.mock_shop import ShopFolder
from tests.support.pool_program import task
from tests.support.processes import is_there

if TYPE_CHECKING:
    from rpa.scheduler.browser_host import BrowserProcess
    from rpa.scheduler.processes import Parent

PATIENCE_S = 60.0
HANGS = "import atexit, threading\natexit.register(threading.Event().wait)\n"
HANGS_AT_ONCE = """
import json, os, subprocess, sys, threading
if not os.environ.get("A_CHILD"):
    code = "import threading; threading.Event().wait()"
    child = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "A_CHILD": "1"})
    print(json.dumps({"started": child.pid}), flush=True)
    threading.Event().wait()
"""


@pytest.mark.slow
def test_a_worker_hanging_after_its_result_is_killed_soon_and_its_run_has_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ShopFolder(tmp_path / "owner", url="http://127.0.0.1:9")
    (tmp_path / "sitecustomize.py").write_text(HANGS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for name, value in folder.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("rpa.scheduler.worker_process._LEAVES_IN_S", 0.1)
    config = load_config(folder.path / "rpa.toml")
    host = cast("BrowserProcess", SimpleNamespace(endpoint=str(tmp_path / "nowhere")))
    heard = SimpleQueue[Message | None]()
    working = WorkerRun(
        task("pending-orders", "demo", 7200),
        config=config,
        host=host,
        folder=tmp_path,
        hear=lambda _working, message: heard.put(message),
    )
    try:
        result = heard.get(timeout=PATIENCE_S)
        assert result is not None
        working.hear(result)
        assert working.next_bound - config.clock.monotonic() < PATIENCE_S, "not the two hours of its limit"
        config.clock.wait(working.next_bound - config.clock.monotonic())
        working.keep_time()
        assert heard.get(timeout=PATIENCE_S) is None
    finally:
        working.kill()
    ended = working.ended()
    assert (ended.how, ended.exit_code) == ("finished", 3)
    assert "shared browser is gone" in ended.detail


def test_a_worker_hung_before_its_window_opens_is_killed_with_its_family_and_died(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ShopFolder(tmp_path / "owner", url="http://127.0.0.1:9")
    (tmp_path / "sitecustomize.py").write_text(HANGS_AT_ONCE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("rpa.scheduler.worker_process._OPENS_IN_S", 0.1)
    config = load_config(folder.path / "rpa.toml")
    host = cast("BrowserProcess", SimpleNamespace(endpoint=str(tmp_path / "nowhere")))
    heard = SimpleQueue[Message | None]()
    working = WorkerRun(
        task("pending-orders", "demo", 7200),
        config=config,
        host=host,
        folder=tmp_path,
        hear=lambda _working, message: heard.put(message),
    )
    try:
        said = heard.get(timeout=PATIENCE_S)
        assert said is not None
        child = psutil.Process(said["started"])
        config.clock.wait(working.next_bound - config.clock.monotonic())
        working.keep_time()
        assert heard.get(timeout=PATIENCE_S) is None
        assert not is_there(child)
    finally:
        working.kill()
    ended = working.ended()
    assert (ended.how, ended.exit_code) == ("died", None)
    assert "did not come to open its window within" in ended.detail


@pytest.mark.parametrize(("said", "raised"), [({"gone": "No browser."}, TryAgain), ({"stop": True}, Stopped)])
def test_a_worker_knows_a_browser_that_is_gone_from_the_wish_that_it_stops(
    said: Message, raised: type[Exception]
) -> None:
    told = SimpleQueue[Message | None]()
    parent = SimpleNamespace(said=SimpleQueue[Message | None](), tell=told.put)
    leash = ControlChannel(cast("Parent", parent), stop_within_s=60)
    parent.said.put(said)
    with pytest.raises(raised):
        leash.wait_for_go(token="abc")
    assert told.get() == {"window": "abc"}
