"""Makes the pictures of the READMEs anew: `python -m tests.support.pictures`; needs LibreOffice and pdftoppm.

The demo runs once a language; its own evidence, tables and workbooks are what is shown. Of three shops with a schedule
is shown what `rpa status` and `rpa todo` say.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from openpyxl import load_workbook
from PIL import Image, ImageChops
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text as Styled

from fixtures.mockshop.harness import MockShop
from fixtures.mockshop.shop.generate import generate, hasty_parcels, parcels
from flows.orders.report import pull_back_sheet
from rpa.browser.session import WINDOW, launched
from rpa.elements.registry import load_profile
from rpa.language import Language, Text
from rpa.report.to_do import TO_DO
from tests.support.clerk_by_hand import Clerk
from tests.support.inbox_desk import aged
from tests.support.mock_shop import PASSWORD, VIRTUAL_GOODS, ZONE, ShopFolder

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IMAGES = Path(__file__).resolve().parents[2] / ".github" / "images"
_TERMINAL_COLUMNS = 112
_AT_A_TERMINAL = {"FORCE_COLOR": "1", "COLUMNS": str(_TERMINAL_COLUMNS)}
_SCHEDULE = '[[schedule]]\nflow = "audit-notices"\nhours = "0-23"\n[[schedule]]\nflow = "ship"\nevery = "30m"\n'
_PAGE = (
    "<body style='margin:0;background:{background}'>"
    "<pre style='display:inline-block;margin:0;padding:18px 22px;text-spacing-trim:space-all;"
    'font:14px/1.45 "Noto Sans Mono CJK SC",monospace;color:{foreground};background:{background}\'>{code}</pre></body>'
)
_TITLE_BAR = (52, 73, 94)
_SHARE_SHOWN = 0.385
"""Of a sheet's width: up to the reason."""


def main() -> None:
    """Write all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        picture_of_the_list(browser)
        for language in Language:
            with demo(language) as (folder, said):
                picture_of_the_terminal(browser, said, language=language)
                picture_of_the_workbook(folder, language=language)
            with TemporaryDirectory() as place, three_shops(Path(place), language=language) as shops:
                picture_of_the_overview(browser, shops, language=language)
                pictures_of_a_shipment(shops)


@contextmanager
def demo(language: Language) -> Iterator[tuple[Path, str]]:
    """A folder in which the demo has run, and what it said, as if the folder lay in a home."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "demo"
        words = [sys.executable, "-c", "from rpa.cli import main; main()", "demo", "--folder", str(folder)]
        env = {**os.environ, **_AT_A_TERMINAL, "RPA_LANG": language.value}
        done = subprocess.run(words, env=env, check=True, stdout=subprocess.PIPE, encoding="utf-8")
        yield folder, done.stdout.replace(str(folder), "~/demo")


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


def picture_of_the_terminal(browser: Browser, said: str, *, language: Language) -> None:
    """The table at the end of a run."""
    console = terminal()
    console.print(Styled.from_ansi(said[said.index("\n ") :].strip("\n")))
    picture_of(console, browser=browser, path=IMAGES / f"terminal.{language}.png")


def terminal() -> Console:
    """A terminal that remembers what was written on it."""
    return Console(width=_TERMINAL_COLUMNS, record=True, file=io.StringIO())


def picture_of(console: Console, *, browser: Browser, path: Path) -> None:
    """What was written on a terminal."""
    page = browser.new_page(device_scale_factor=1.6)
    html = console.export_html(theme=SVG_EXPORT_THEME, inline_styles=True, code_format=_PAGE)
    page.set_content(re.sub("─+", _rule, html))
    page.locator("pre").screenshot(path=path)
    page.close()
    small(path, width=1200)


def picture_of_the_overview(browser: Browser, folder: ShopFolder, *, language: Language) -> None:
    """What `rpa status` and `rpa todo` say of shops that run by themselves."""
    console = terminal()
    for command in ("status", "todo"):
        done = folder.run(command, env=_AT_A_TERMINAL)
        console.print(f"$ rpa {command}", style="bold")
        console.print(Styled.from_ansi(done.stdout.rstrip()), end="\n\n" if command == "status" else "\n")
    picture_of(console, browser=browser, path=IMAGES / f"overview.{language}.png")


@contextmanager
def three_shops(place: Path, *, language: Language) -> Iterator[ShopFolder]:
    """One that ships, one that is only rehearsed, and one that nobody is logged in to."""
    now = datetime.now(ZONE)
    folder = ShopFolder(place)
    with ExitStack() as mocks:
        for seed, (name, live, password) in enumerate(
            [("main", True, PASSWORD), ("outlet", False, PASSWORD), ("north", True, None)], start=1
        ):
            mock = mocks.enter_context(MockShop(orders=14, seed=seed, now=now.isoformat()))
            inbox = f"inbox-{name}"
            folder.add_shop(
                name,
                url=mock.url,
                password=password,
                live=live,
                sheets=None,
                inbox=inbox,
                no_logistics_goods=VIRTUAL_GOODS[:-2],
            )
            made = generate(orders=14, seed=seed, now=now)
            rows = [*hasty_parcels(made, seed=2), *parcels(made, seed=1)]
            aged(folder.write_sheet(rows[:-1], name=f"{inbox}/parcels.csv"), by_s=60)
        settings = folder.path / "rpa.toml"
        text = settings.read_text(encoding="utf-8").replace('"en"', f'"{language}"', 1)
        settings.write_text(f"{text}\n{_SCHEDULE}", encoding="utf-8")
        for words in (["run", "audit-notices"], ["ship"], ["schedule", "--once"]):
            folder.run(*words)
        yield folder


def _rule(found: re.Match[str]) -> str:
    """A line as long as in a terminal; the font draws its characters twice as wide."""
    width = len(found.group()) / 2
    return f"<span style='display:inline-block;width:{width}em;border-top:1px solid;vertical-align:middle'></span>"


def picture_of_the_workbook(folder: Path, *, language: Language) -> None:
    """The left part of its first sheet, what is to be done today, and below it the parcels to be pulled back."""
    [xlsx] = folder.glob("var/reports/*/report.xlsx")
    xlsx = only(xlsx, sheets=(TO_DO, pull_back_sheet([]).name), language=language)
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    words = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), str(xlsx)]
    subprocess.run(words, check=True, capture_output=True)
    subprocess.run(["pdftoppm", "-r", "420", "-png", str(folder / "shown.pdf"), str(folder / "page")], check=True)
    first, *_, last = sorted(folder.glob("page-*.png"))
    top, bottom = sheet(first, share=_SHARE_SHOWN, height=495), sheet(last, share=_SHARE_SHOWN, height=495)
    bottom = bottom.resize((top.width, bottom.height * top.width // bottom.width))
    both = Image.new("RGB", (top.width, top.height + bottom.height + 40), "white")
    both.paste(top, (0, 0))
    both.paste(bottom, (0, top.height + 40))
    path = IMAGES / f"report.{language}.png"
    both.save(path)
    small(path, width=1200)


def only(xlsx: Path, *, sheets: Sequence[Text], language: Language) -> Path:
    """A copy of a workbook with these sheets alone."""
    book, kept = load_workbook(xlsx), {sheet.of(language) for sheet in sheets}
    for name in set(book.sheetnames) - kept:
        del book[name]
    path = xlsx.with_name("shown.xlsx")
    book.save(path)
    return path


def sheet(path: Path, *, share: float, height: int) -> Image.Image:
    """The filled part of a printed page, from the title bar on: this share of its width, at most so high."""
    with Image.open(path) as page:
        image = page.convert("RGB")
    bar = image.point(lambda value: value)
    difference = ImageChops.difference(bar, Image.new("RGB", image.size, _TITLE_BAR)).convert("L")
    left, top, right, _ = difference.point(lambda value: 255 if value == 0 else 0).getbbox() or (0, 0, 1, 1)
    filled = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox() or (0, 0, 1, 1)
    return image.crop((left, top, left + int((right - left) * share), min(top + height, filled[3] + 8)))


def pictures_of_a_shipment(folder: ShopFolder) -> None:
    """The evidence of one order that went by parcel, as it was kept."""
    order_sn = next(action.subject for action in folder.ledger() if action.payload["courier"])
    for moment in ("before", "after"):
        kept = min(folder.var.glob(f"evidence/*/{order_sn}/*-{moment}.jpg"))
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
