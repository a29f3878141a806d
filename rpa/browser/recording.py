"""Recording for people who watch: actions highlighted, a video, a trace, the inspector on a failure."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from playwright.sync_api import Error

from rpa.browser.redaction import scrubbed
from rpa.browser.session import WINDOW
from rpa.environment import for_children
from rpa.errors import ConfigError, RpaError
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from types import FrameType

    from playwright.sync_api import Page, ScreencastFrame

_STAYS_OPEN = Text(
    en="{error} The browser stays open; press Resume in the inspector, or Ctrl-C, to go on.",
    zh="{error} 浏览器保持打开；请在检查器中点 Resume，或按 Ctrl-C 继续。",
)
_ASKED_TO_END = Text(en="Asked to end while paused.", zh="暂停期间被要求结束。")
_PAUSE_ENDED = Text(en="The pause ended: {why}", zh="暂停已结束：{why}")
_NO_VIDEO = Text(en="The video was not written: ffmpeg ended with {code}.", zh="视频未能保存：ffmpeg 退出码 {code}。")
_VIDEO = Text(en="Video: {path}", zh="视频：{path}")
_SHORT_VIDEO = Text(en="The video ends early: {why}", zh="视频提前结束：{why}")
_NO_TRACE = Text(en="The trace was not written: {why}", zh="跟踪文件未能保存：{why}")
_TRACE = Text(
    en="Trace: {path} (open it with `playwright show-trace`)", zh="跟踪文件：{path}（用 playwright show-trace 打开）"
)

_ACTION_MS = 700
_HIGHLIGHT = "outline: 3px solid #e5484d; background: rgba(229, 72, 77, .18); border-radius: 4px;"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What a person wants to see of a run."""

    headed: bool = False
    slow_mo_ms: float = 0
    step: bool = False
    by: str = ""
    """Who answers at `step`, for what is recorded in their name."""
    pause_on_failure: bool = False
    video: bool = False
    trace: bool = False

    def check(self) -> None:
        """Raise ConfigError for what cannot work here, before a browser starts."""
        if (self.step or self.pause_on_failure) and not self.headed:
            raise ConfigError("--step and --pause-on-failure show the browser to a person: add --headed.")
        if self.video:
            find_ffmpeg()

    @property
    def shows_typing(self) -> bool:
        """Whether what is typed is announced on the screen or recorded: no password must be typed then."""
        return self.headed or self.video or self.trace

    @contextmanager
    def over(self, page: Page, *, folder: Path, secrets: Collection[str] = ()) -> Iterator[None]:
        """Record and show what happens on this page; video and trace go to `folder`, readable by their owner only.

        `secrets`: words that must not be in the trace, as the stored password.
        """
        with ExitStack() as stack:
            if self.headed:
                stack.enter_context(_announced(page))
            if self.video:
                stack.enter_context(_filmed(page, folder / "video.mp4"))
            if self.trace:
                stack.enter_context(_traced(page, folder / "trace.zip", secrets=secrets))
            yield

    @contextmanager
    def pausing(self, page: Page) -> Iterator[None]:
        """Open the inspector on what stops the shop, if that was asked for; then it goes on its way."""
        try:
            yield
        except RpaError as error:
            if self.pause_on_failure:
                _pause(page, error)
            raise


def _pause(page: Page, error: RpaError) -> None:
    """Wait in the inspector until the person goes on, the window is closed, or the process is asked to end."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        speak("ERROR", _STAYS_OPEN, error=error)
        page.pause()
    except KeyboardInterrupt:
        speak("WARNING", _ASKED_TO_END)
    except Error as gone:
        speak("WARNING", _PAUSE_ENDED, why=gone.message.partition("\n")[0])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
    _private(path)
    even = "scale=trunc(iw/2)*2:trunc(ih/2)*2"
    command = [
        find_ffmpeg(),
        "-loglevel",
        "error",
        "-y",
        "-f",
        "image2pipe",
        "-use_wallclock_as_timestamps",
        "1",
        "-c:v",
        "mjpeg",
        "-i",
        "-",
        "-vf",
        even,
        "-fps_mode",
        "vfr",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-pix_fmt",
        "yuv420p",
        str(path),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=for_children()) as encoder:
        pipe: IO[bytes] | None = encoder.stdin
        if pipe is None:
            raise RpaError("ffmpeg gave no pipe to write to.")

        def write(frame: ScreencastFrame) -> None:
            with suppress(BrokenPipeError):  # what ffmpeg ended of is told once, below
                pipe.write(frame["data"])

        page.screencast.start(on_frame=write, size=WINDOW)
        try:
            yield
        finally:
            _stop(page)
            with suppress(BrokenPipeError):
                pipe.close()
    if encoder.returncode:
        speak("WARNING", _NO_VIDEO, code=encoder.returncode)
    else:
        speak("INFO", _VIDEO, path=path)


def _stop(page: Page) -> None:
    try:
        page.screencast.stop()
    except Error as error:
        speak("WARNING", _SHORT_VIDEO, why=error.message.partition("\n")[0])


@contextmanager
def _traced(page: Page, path: Path, *, secrets: Collection[str]) -> Iterator[None]:
    _private(path)
    raw = path.with_name(".trace.raw")
    page.context.tracing.start(screenshots=True, snapshots=True)
    try:
        yield
    finally:
        try:
            _private(raw)
            page.context.tracing.stop(path=raw)
            scrubbed(raw, path, secrets=secrets)
        except (Error, OSError, zipfile.BadZipFile, ValueError) as error:
            path.unlink(missing_ok=True)
            speak("WARNING", _NO_TRACE, why=str(error).partition("\n")[0])
        else:
            speak("INFO", _TRACE, path=path)
        finally:
            raw.unlink(missing_ok=True)


def _private(path: Path) -> None:
    """Make the file before anyone writes to it: what people are called and where they live may be seen in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
