"""Makes the pictures of the READMEs anew: `python -m tests.pictures` (needs LibreOffice and poppler's pdftoppm).

The demo runs once a language; its own evidence, tables and workbooks are what is shown.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PIL import Image, ImageChops
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

from fixtures.mockshop.harness import MockShop
from flows.rows import REASON_WORDS, held_orders_sheet, pull_back_sheet
from rpa.browser.session import WINDOW, launched
from rpa.elements.registry import load_profile
from rpa.language import Language
from rpa.report.results import ReportFiles, ShopResult, Tally
from rpa.report.tables import read_rows
from rpa.report.terminal import summary
from tests.browser.clerk import Clerk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IMAGES = Path(__file__).resolve().parent.parent / ".github" / "images"
_TERMINAL_COLUMNS = 112
_PAGE = (
    "<body style='margin:0;background:{background}'>"
    "<pre style='display:inline-block;margin:0;padding:18px 22px;text-spacing-trim:space-all;"
    'font:14px/1.45 "Noto Sans Mono CJK SC",monospace;color:{foreground};background:{background}\'>{code}</pre></body>'
)
_TITLE_BAR = (52, 73, 94)
_SHARE_SHOWN = 0.49
"""Of the workbook's width: up to the goods' spec."""


def main() -> None:
    """Write all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        picture_of_the_list(browser)
        for language in Language:
            with demo(language) as folder:
                picture_of_the_terminal(browser, folder, language=language)
                picture_of_the_workbook(folder, language=language)
                pictures_of_a_shipment(folder)


@contextmanager
def demo(language: Language) -> Iterator[Path]:
    """A folder in which the demo has run."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "demo"
        words = [sys.executable, "-c", "from rpa.cli import main; main()", "demo", "--folder", str(folder)]
        subprocess.run(words, env={**os.environ, "RPA_LANG": language.value}, check=True)
        yield folder


def picture_of_the_list(browser: Browser) -> None:
    """The mock's pending orders."""
    with MockShop(orders=120) as mock, browser.new_context(base_url=mock.url, viewport=WINDOW) as context:
        clerk = Clerk(page=context.new_page(), shop=mock, profile=load_profile("pinduoduo"))
        clerk.goto("login")
        clerk.log_in()
        clerk.page.wait_for_url("**/home")
        clerk.goto("orders_pending")
        audited = clerk.rows.filter(has_text=clerk.profile.words["audit"][0]).first
        audited.scroll_into_view_if_needed()
        clerk.page.screenshot(path=IMAGES / "orders.png")
    small(IMAGES / "orders.png", width=1200)


def picture_of_the_terminal(browser: Browser, folder: Path, *, language: Language) -> None:
    """The table at the end of a run."""
    console = Console(width=_TERMINAL_COLUMNS, record=True, file=io.StringIO())
    console.print(summary([result_of(folder)], language=language, reasons=REASON_WORDS))
    page = browser.new_page(device_scale_factor=1.6)
    html = console.export_html(theme=SVG_EXPORT_THEME, inline_styles=True, code_format=_PAGE)
    page.set_content(re.sub("─+", _rule, html))
    path = IMAGES / f"terminal.{language}.png"
    page.locator("pre").screenshot(path=path)
    page.close()
    small(path, width=1200)


def _rule(found: re.Match[str]) -> str:
    """A line as long as in a terminal; the font draws its characters twice as wide."""
    width = len(found.group()) / 2
    return f"<span style='display:inline-block;width:{width}em;border-top:1px solid;vertical-align:middle'></span>"


def result_of(folder: Path) -> ShopResult:
    """The run's result, read from its report, as if the demo's folder lay in a home."""
    [report] = folder.glob("var/reports/*/report.csv")
    tally = Tally()
    for row in read_rows(report):
        tally.add((row["outcome"], row["reason"]), subject=row["order_sn"])
    further = [make(read_rows(report)) for make in (pull_back_sheet, held_orders_sheet)]
    shown = Path("~/demo") / report.parent.relative_to(folder)
    files = ReportFiles(csv=shown / "report.csv", xlsx=shown / "report.xlsx", summary=shown / "summary.json")
    return ShopResult(
        shop="demo",
        run_id="",
        flow="ship",
        counts=dict(tally.counts),
        examples=tally.examples,
        files=files,
        further_sheets=tuple((sheet.name, len(list(sheet.rows))) for sheet in further),
    )


def picture_of_the_workbook(folder: Path, *, language: Language) -> None:
    """The left half of its first sheet, and below it the parcels to be pulled back."""
    [xlsx] = folder.glob("var/reports/*/report.xlsx")
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    words = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), str(xlsx)]
    subprocess.run(words, check=True, capture_output=True)
    subprocess.run(["pdftoppm", "-r", "420", "-png", str(folder / "report.pdf"), str(folder / "page")], check=True)
    first, *_, last = sorted(folder.glob("page-*.png"))
    top, bottom = sheet(first, share=_SHARE_SHOWN, height=820), sheet(last, share=1, height=1150)
    bottom = bottom.resize((top.width, bottom.height * top.width // bottom.width))
    both = Image.new("RGB", (top.width, top.height + bottom.height + 40), "white")
    both.paste(top, (0, 0))
    both.paste(bottom, (0, top.height + 40))
    path = IMAGES / f"report.{language}.png"
    both.save(path)
    small(path, width=1200)


def sheet(path: Path, *, share: float, height: int) -> Image.Image:
    """The filled part of a printed page, from the title bar on: this share of its width, at most so high."""
    with Image.open(path) as page:
        image = page.convert("RGB")
    bar = image.point(lambda value: value)
    difference = ImageChops.difference(bar, Image.new("RGB", image.size, _TITLE_BAR)).convert("L")
    left, top, right, _ = difference.point(lambda value: 255 if value == 0 else 0).getbbox() or (0, 0, 1, 1)
    filled = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox() or (0, 0, 1, 1)
    return image.crop((left, top, left + int((right - left) * share), min(top + height, filled[3] + 8)))


def pictures_of_a_shipment(folder: Path) -> None:
    """The evidence of one order that went by parcel, as it was kept."""
    for moment in ("before", "after"):
        kept = min(folder.glob(f"var/evidence/demo/*/*-{moment}.jpg"))
        (IMAGES / f"shipment-{moment}.jpg").write_bytes(kept.read_bytes())


def small(path: Path, *, width: int) -> None:
    """Make a picture at most this wide, with few colours."""
    with Image.open(path) as image:
        scale = min(1, width / image.width)
        smaller = image.convert("RGB").resize(
            (int(image.width * scale), int(image.height * scale)), Image.Resampling.LANCZOS
        )
        smaller.quantize(128, method=Image.Quantize.MAXCOVERAGE).save(path, optimize=True)


if __name__ == "__main__":
    main()
