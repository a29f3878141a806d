"""The mock as a process: it starts, keeps its state, and ends at once."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from pathlib import Path

import pytest

from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript


@pytest.mark.slow
def test_a_stopped_shop_goes_on_where_it_was(tmp_path: Path) -> None:
    state = tmp_path / "shop.json"
    with MockShop(orders=30, state=state) as mock:
        script = PageScript(mock.url)
        script.log_in()
        sn = next(iter(script.listed()))
        script.ship(sn)
        mock.advance(3600)
        before = mock.truth()
    with MockShop(orders=99, state=state) as mock:
        after = mock.truth()
        for same in ("orders", "writes", "logins", "counts", "seed"):
            assert after[same] == before[same]
        assert after["now"] >= before["now"]
        assert len(mock.order(sn)["shipments"]) == 1


@pytest.mark.slow
def test_a_session_survives_a_restart_on_the_same_port(tmp_path: Path) -> None:
    with MockShop(orders=5, state=tmp_path / "shop.json") as mock:
        script = PageScript(mock.url)
        script.log_in()
        port = mock.url.rpartition(":")[2]
    with MockShop(orders=5, state=tmp_path / "shop.json", port=port):
        assert '"user_name": "clerk-1"' in script.page("/orders/list?tab=1")


def test_a_file_that_is_no_state_is_refused_with_its_name(tmp_path: Path) -> None:
    state = tmp_path / "notes.json"
    state.write_text("hello", encoding="utf-8")
    with pytest.raises(MockError) as refused:
        MockShop(state=state).start()
    assert "notes.json" in re.sub(r"[\s│]+", "", str(refused.value)), "in a box as wide as a terminal"
    assert state.read_text(encoding="utf-8") == "hello"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM that a process could answer")
def test_a_signal_ends_it_at_once_and_loses_nothing(tmp_path: Path) -> None:
    state = tmp_path / "shop.json"
    mock = MockShop(orders=30, state=state).start()
    script = PageScript(mock.url)
    script.log_in()
    frozen, late, *_ = script.listed()
    mock.fault("late-effect", s=3600)
    with pytest.raises(OSError, match="500"):
        script.ship_without_logistics(late)
    mock.fault("freeze")
    seen = mock.last_event()
    hanging = [threading.Thread(target=_swallow, args=(lambda: script.ship(frozen),))]
    hanging[0].start()
    mock.wait_for("effect", after=seen)
    hanging.append(threading.Thread(target=_swallow, args=(lambda: mock.events(after=10**6, timeout_s=60),)))
    hanging[1].start()
    began = time.monotonic()
    os.kill(mock.pid, signal.SIGTERM)
    for thread in hanging:
        thread.join()
    mock.stop()
    assert time.monotonic() - began < 45, "not the minute that a question may wait"
    with MockShop(state=state) as mock:
        assert len(mock.order(frozen)["shipments"]) == 1
        assert len(mock.order(late)["shipments"]) == 1


def _swallow(call: object) -> None:
    try:
        call()  # type: ignore[operator]
    except (OSError, MockError):
        return


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fault": ["slwo"]}, "Did you mean 'slow'"),
        ({"fault": ["slow=soon"]}, "a number is needed"),
        ({"now": "tomorrow"}, "ISO 8601"),
        ({"platform": "taobao"}, "pinduoduo"),
    ],
)
def test_a_wrong_option_is_explained_before_anything_starts(options: dict[str, object], words: str) -> None:
    with pytest.raises(MockError) as refused:
        MockShop(**options).start()
    assert words in " ".join(str(refused.value).replace("│", " ").split())


def test_options_of_the_command_line_reach_the_shop() -> None:
    with MockShop(orders=7, seed=5, fault=["rate-limited", "slow=1"], mall_name="小店", home_inert_s=2) as mock:
        script = PageScript(mock.url)
        script.log_in()
        assert script.post("/mangkhut/mms/recentOrderList", {})["errorCode"] == 54001
        assert script.conf("/home")["homeInertMs"] == 2000
        assert '"mall_name": "小店"' in script.page("/home")
        assert (mock.truth()["seed"], len(mock.truth()["orders"])) == (5, 7)
