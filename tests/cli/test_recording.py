"""A person watches: what is asked, shown and recorded, and what happens to the order meanwhile."""

from __future__ import annotations

import itertools
import json
import os
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rpa.address import Site
from rpa.browser.recording import find_ffmpeg
from rpa.browser.session import WINDOW
from rpa.credentials import Vault, key_from
from tests.support.mock_shop import PASSWORD, PATIENCE_S, ROOT, Result, ShopFolder
from tests.support.screen import virtual_screen
from tests.support.small_shop import SmallShop, small_shop

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytestmark = pytest.mark.slow

_HIGHLIGHT = (229, 72, 77)
_TOLERANCE = 18
_STEP = ("run", "ship", "--headed", "--step")


@pytest.fixture
def screen() -> Iterator[str]:
    with virtual_screen() as display:
        yield display


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One run with everything on, in which a person said no, and then went away."""

    shop: SmallShop
    result: Result

    @property
    def folder(self) -> Path:
        return self.shop.folder.var / "reports" / self.shop.folder.run_ids()[-1]


def test_a_person_who_watches_is_asked_and_shown_each_action_and_can_look_again(screen: str, tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=2, virtual=0, held=(), logged_in=False) as shop:
        result = shop.folder.run(*_STEP, "--video", "--trace", given="no\n", env={"DISPLAY": screen})
        watched = Watched(shop=shop, result=result)
        without_a_yes_nothing_is_shipped(watched)
        the_question_says_what_would_be_sent(watched)
        the_video_plays_and_shows_the_actions_highlighted(watched)
        the_trace_opens_and_holds_no_password(watched)
        only_the_owner_may_read_video_and_trace(watched)


def without_a_yes_nothing_is_shipped(watched: Watched) -> None:
    assert watched.result.exit_code == 0, watched.result.stderr
    assert watched.result.reasons() == dict.fromkeys(watched.shop.parcels, "said_no")
    assert {row["outcome"] for row in watched.result.rows} == {"planned"}
    assert watched.shop.writes() == []
    assert watched.shop.folder.ledger() == []


def the_question_says_what_would_be_sent(watched: Watched) -> None:
    for order_sn, courier, tracking_number in watched.shop.parcels.values():
        asked = next(line for line in watched.result.stderr.splitlines() if f"{order_sn} ·" in line)
        assert f"{courier} {tracking_number}" in watched.result.stderr.replace("\n", " ")
        assert "Shipment(" not in asked


def the_video_plays_and_shows_the_actions_highlighted(watched: Watched) -> None:
    marked = [_outlined(picture) for picture in _pictures(watched.folder / "video.mp4", per_second=5)]
    assert len(marked) > 25
    highlights = sum(is_marked for is_marked, _ in itertools.groupby(marked))
    assert highlights >= 5, f"at least nine elements were acted on, {highlights} were seen"


def _pictures(video: Path, *, per_second: int) -> Iterator[NDArray[np.uint8]]:
    """Its pictures, in half the size of the window, as height × width × RGB."""
    width, height = WINDOW["width"] // 2, WINDOW["height"] // 2
    how = f"-vf fps={per_second},scale=iw/2:ih/2:flags=neighbor -f rawvideo -pix_fmt rgb24 -".split()
    command = [find_ffmpeg(), "-loglevel", "error", "-i", str(video), *how]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as decoder:
        assert decoder.stdout is not None
        while len(data := decoder.stdout.read(width * height * 3)) == width * height * 3:
            yield np.frombuffer(data, np.uint8).reshape(height, width, 3)
        assert not data, "the video has another size than the window"
    assert decoder.returncode == 0


def _outlined(picture: NDArray[np.uint8]) -> bool:
    """Whether something is outlined in the colour of a highlight."""
    near = np.abs(picture.astype(np.int16) - _HIGHLIGHT).max(axis=2) < _TOLERANCE
    return int(near.sum()) > 25


def the_trace_opens_and_holds_no_password(watched: Watched) -> None:
    with zipfile.ZipFile(watched.folder / "trace.zip") as trace:
        assert trace.testzip() is None
        texts = {name: trace.read(name) for name in trace.namelist() if not name.endswith((".jpeg", ".png"))}
    assert b"ship.tracking_number" in texts["trace.trace"]
    folder = watched.shop.folder
    site = Site(origin=watched.shop.mock.url)
    state = json.loads(Vault(folder.var / "secrets", key_from(folder.key)).load_state("demo", site) or b"{}")
    secrets = [PASSWORD, *(cookie["value"] for cookie in state["cookies"])]
    assert len(secrets) > 1
    assert not [(name, word) for name, text in texts.items() for word in secrets if word.encode() in text]
    assert not list(watched.folder.glob(".trace*"))


def only_the_owner_may_read_video_and_trace(watched: Watched) -> None:
    for name in ("video.mp4", "trace.zip"):
        assert stat.S_IMODE((watched.folder / name).stat().st_mode) == 0o600


def test_a_pause_on_failure_waits_for_a_person_and_ends_with_the_process(screen: str, tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=1, virtual=0, held=()) as shop:
        shop.folder.configure(mall_id="5")
        process = shop.folder.start("run", "ship", "--headed", "--pause-on-failure", env={"DISPLAY": screen})
        assert process.stderr is not None
        said = next((line for line in _lines(process) if "The browser stays open" in line), "")
        assert said
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 3
        assert shop.writes() == []
        summary = shop.folder.var / "reports" / shop.folder.run_ids()[-1] / "summary.json"
        [incident] = json.loads(summary.read_text(encoding="utf-8"))["incidents"]
        assert incident["cause"] == "wrong_shop"


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    return iter(process.stdout.readline, "")


@pytest.fixture
def closed(tmp_path: Path) -> ShopFolder:
    """A shop at an address where nobody listens, and a browser that tells when it is started."""
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\ntouch "{tmp_path / "started"}"\n')
    browser.chmod(0o700)
    return ShopFolder(tmp_path / "owner", url="http://127.0.0.1:9")


def refused(folder: ShopFolder, *arguments: str, **env: str) -> str:
    """What a run says that must end before a browser starts."""
    tmp_path = folder.path.parent
    run = folder.run("run", "pending-orders", *arguments, env={"RPA_BROWSER": str(tmp_path / "browser"), **env})
    assert run.exit_code == 2
    assert not (tmp_path / "started").exists()
    assert folder.run_ids() == []
    return run.stderr


@pytest.mark.parametrize("wish", ["--step", "--pause-on-failure"])
def test_who_wants_to_be_asked_or_to_look_must_see_the_browser(closed: ShopFolder, wish: str) -> None:
    assert "add --headed" in refused(closed, wish)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a window needs no DISPLAY here")
def test_without_a_screen_headed_is_refused_in_words(closed: ShopFolder) -> None:
    said = refused(closed, "--headed", DISPLAY="", WAYLAND_DISPLAY="")
    assert "--headed needs a screen" in said
    assert "xvfb-run" in said


def test_a_video_without_ffmpeg_is_refused_and_says_how_to_get_it(closed: ShopFolder, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['imageio_ffmpeg'] = None\n")
    said = refused(closed, "--video", PATH=str(tmp_path), PYTHONPATH=os.pathsep.join((str(tmp_path), str(ROOT))))
    assert "pip install 'merchant-rpa[video]'" in said


def test_the_extra_brings_an_ffmpeg_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_ffmpeg()
    assert "imageio_ffmpeg" in found
    said = subprocess.run([found, "-version"], check=True, capture_output=True, text=True)
    assert said.stdout.startswith("ffmpeg version")
