"""For people who watch: actions announced and highlighted, a video, a trace, the inspector on a failure."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from loguru import logger

from rpa.errors import ConfigError, RpaError

if TYPE_CHECKING:
    from playwright.sync_api import Page, ScreencastFrame

_ACTION_MS = 700
_HIGHLIGHT = "outline: 3px solid #e5484d; background: rgba(229, 72, 77, .18); border-radius: 4px;"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What a person wants to see of a run."""

    headed: bool = False
    slow_mo_ms: float = 0
    step: bool = False
    pause_on_failure: bool = False
    video: bool = False
    trace: bool = False

    def check(self) -> None:
        """Raise ConfigError for what cannot work here, before a browser starts."""
        if (self.step or self.pause_on_failure) and not self.headed:
            raise ConfigError("--step and --pause-on-failure show the browser to a person: add --headed.")
        if self.video:
            find_ffmpeg()

    @contextmanager
    def over(self, page: Page, *, folder: Path) -> Iterator[None]:
        """Record and show what happens on this page; video and trace go to `folder`."""
        with ExitStack() as stack:
            if self.headed:
                stack.enter_context(_announced(page))
            if self.video:
                stack.enter_context(_filmed(page, folder / "video.mp4"))
            if self.trace:
                stack.enter_context(_traced(page, folder / "trace.zip"))
            try:
                yield
            except RpaError as error:
                if self.pause_on_failure:
                    logger.error("{} The browser stays open; press Resume in the inspector to go on.", error)
                    page.pause()
                raise


def find_ffmpeg() -> str:
    """The ffmpeg to run. Raises ConfigError that says how to get one."""
    found = shutil.which("ffmpeg")
    if found is not None:
        return found
    if importlib.util.find_spec("imageio_ffmpeg") is not None:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    message = "--video needs ffmpeg. Install the extra: pip install 'merchant-rpa[video]', or install ffmpeg itself."
    raise ConfigError(message)


@contextmanager
def _announced(page: Page) -> Iterator[None]:
    with page.screencast.show_actions(duration=_ACTION_MS, position="top-right", style={"highlight": _HIGHLIGHT}):
        yield


@contextmanager
def _filmed(page: Page, path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    even = "scale=trunc(iw/2)*2:trunc(ih/2)*2"
    command = [
        find_ffmpeg(), "-loglevel", "error", "-y",
        "-f", "image2pipe", "-use_wallclock_as_timestamps", "1", "-c:v", "mjpeg", "-i", "-",
        "-vf", even, "-fps_mode", "vfr", "-c:v", "libx264", "-pix_fmt", "yuv420p", str(path),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
        pipe: IO[bytes] | None = encoder.stdin
        if pipe is None:
            raise RpaError("ffmpeg gave no pipe to write to.")

        def write(frame: ScreencastFrame) -> None:
            pipe.write(frame["data"])

        page.screencast.start(on_frame=write)
        try:
            yield
        finally:
            page.screencast.stop()
            pipe.close()
    logger.info("Video: {}", path)


@contextmanager
def _traced(page: Page, path: Path) -> Iterator[None]:
    page.context.tracing.start(screenshots=True, snapshots=True)
    try:
        yield
    finally:
        page.context.tracing.stop(path=path)
        logger.info("Trace: {} (open it with `playwright show-trace`)", path)
