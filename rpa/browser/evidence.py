"""Pictures: before and after each write, clipped and with personal data masked; the whole window only on a refusal."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import Error

from rpa.browser.playwright_errors import translated
from rpa.errors import InDoubt, NeedsPerson, Refused
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from playwright.sync_api import CDPSession, Page

    from rpa.clock import Clock


PAGES: Final = "_page"
"""In a shop's evidence, beside the folders of its subjects: pictures of pages on which the program stopped."""

_NO_PICTURE = Text(en="No screenshot of the refusal: {why}", zh="未能截图：{why}")

Box = tuple[float, float, float, float]
_QUALITY = 60
_MOST_BYTES = 30_000
"""Of one picture of a row or dialog: an action has two of them."""
_COARSER = (45, 30, 15)
_MOST_ALIKE = 100
"""So many pictures of one moment, or of one refusal, are kept of a subject: the first and the newest. A page that is
refused at every run must not fill the disk."""
_GREY = (120, 120, 120)
_GREYED = (
    "{ background: rgb(120 120 120) !important; color: transparent !important; text-shadow: none !important;"
    " -webkit-text-fill-color: transparent !important; object-position: -9999px !important; }"
)
_PASSWORD = "input[type=password]"  # noqa: S105 - says where one is typed
_GONE = "{ visibility: hidden !important; }"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the document, and what must be masked in a picture of it; boxes are x, y, width, height."""

    box: Box
    masks: tuple[Box, ...]
    inside: bool
    """Whether all of it is in the window now."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Part:
        """From what the page functions read."""
        return cls(box=tuple(data["box"]), masks=tuple(tuple(mask) for mask in data["masks"]), inside=data["inside"])


@dataclass(slots=True)
class Evidence:
    """One shop's folder of pictures, one folder a subject."""

    folder: Path
    clock: Clock
    masks: tuple[str, ...] = ()
    """CSS of what must never be seen in a saved picture."""
    of_successes: bool = True
    """False: pictures of what ended well are removed again; see `ended_well`."""
    _taken: dict[str, list[Path]] = field(default_factory=dict)
    _session: tuple[Page, CDPSession] | None = None

    def pictures(self, page: Page, *, moment: str, parts: Mapping[str, Part]) -> dict[str, Path]:
        """A picture of each subject's part (a row, a dialog), all cut from one screenshot.

        Raises TryAgain when the browser cannot take it any more.
        """
        from PIL import Image, ImageDraw

        if not parts:
            return {}
        left, top, right, bottom = _around([part.box for part in parts.values()])
        beyond = not all(part.inside for part in parts.values())
        with translated("taking a picture of the page"):
            data = self._capture(page, (left, top, right - left, bottom - top), beyond=beyond)
        with Image.open(io.BytesIO(data)) as image:
            draw = ImageDraw.Draw(image)
            for mask in (mask for part in parts.values() for mask in part.masks):
                draw.rectangle(_corners(mask, left, top), fill=_GREY)
            cut = {subject: image.crop(_corners(part.box, left, top)) for subject, part in parts.items()}
        return {subject: self._save(picture, subject, moment) for subject, picture in cut.items()}

    def ended_well(self, subject: str) -> bool:
        """Whether the pictures of this subject are kept though nothing failed; else this run's are removed."""
        if not self.of_successes:
            for path in self._taken.pop(subject, []):
                path.unlink(missing_ok=True)
            with suppress(OSError):  # an earlier run's pictures stay
                (self.folder / subject).rmdir()
        return self.of_successes

    @contextmanager
    def on_refusal(self, page: Page, *, subject: str = PAGES) -> Iterator[None]:
        """Picture the whole window for what is refused, as the page is then; the error names the file."""
        try:
            yield
        except (Refused, InDoubt, NeedsPerson) as error:
            if error.evidence is None:
                why = error.code if isinstance(error, NeedsPerson) else error.reason
                error.evidence = self.refusal(page, why, subject=subject)
            raise

    def refusal(self, page: Page, why: str, *, subject: str = PAGES) -> Path | None:
        """The whole window, masked; None when the browser could not take it any more."""
        path = self._path(subject, why)
        try:
            page.screenshot(path=path, type="jpeg", quality=_QUALITY, style=self._masked(), timeout=5_000)
        except Error as error:
            speak("WARNING", _NO_PICTURE, why=error.message.partition("\n")[0])
            return None
        path.chmod(0o600)
        return path

    def _masked(self) -> str:
        """The masks as a stylesheet: unlike boxes drawn over the page, they leave a dialog above them to be read."""
        masks = ",".join((*self.masks, _PASSWORD))
        return f":is({masks}) {_GREYED} :is({masks}) * {_GONE}"

    def _capture(self, page: Page, box: Box, *, beyond: bool) -> bytes:
        if self._session is None or self._session[0] is not page:
            self._session = (page, page.context.new_cdp_session(page))
        x, y, width, height = box
        clip = {"x": x, "y": y, "width": max(width, 1), "height": max(height, 1), "scale": 1}
        options = {
            "format": "jpeg",
            "quality": 85,
            "clip": clip,
            "optimizeForSpeed": True,
            "captureBeyondViewport": beyond,
        }
        answer = self._session[1].send("Page.captureScreenshot", options)
        return base64.b64decode(answer["data"])

    def _save(self, picture: Picture, subject: str, moment: str) -> Path:
        path = self._path(subject, moment)
        picture.save(path, "JPEG", quality=_QUALITY)
        for quality in _COARSER:
            if path.stat().st_size <= _MOST_BYTES:
                break
            picture.save(path, "JPEG", quality=quality)
        path.chmod(0o600)
        self._taken.setdefault(subject, []).append(path)
        return path

    def _path(self, subject: str, moment: str) -> Path:
        folder = self.folder / subject
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in sorted(folder.glob(f"*-{moment}.jpg"))[1:][: -_MOST_ALIKE + 2]:
            path.unlink(missing_ok=True)
        stamp = self.clock.now().strftime("%Y%m%d-%H%M%S-%f")[:-3]
        return folder / f"{stamp}-{moment}.jpg"


def _around(boxes: Iterable[Box]) -> tuple[float, float, float, float]:
    corners = [(x, y, x + width, y + height) for x, y, width, height in boxes]
    lefts, tops, rights, bottoms = zip(*corners, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _corners(box: Box, left: float, top: float) -> tuple[int, int, int, int]:
    x, y, width, height = box
    return round(x - left), round(y - top), round(x - left + width), round(y - top + height)
