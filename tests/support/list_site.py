"""A site with one list on several pages, drawn in three ways, each with the faults that make a program lose rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from rpa.elements.registry import load_profile
from tests.support.tiny_site import TinySite, viewed

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from playwright.sync_api import Page

    from rpa.browser.view import View
    from rpa.elements.profile import Profile

PROFILE = load_profile("listed", folder=Path(__file__).parent)


class Drawn(StrEnum):
    """How the list comes onto the page."""

    BY_SERVER = "each page of the list is a document"
    BY_SCRIPT = "a script draws it; nobody has described what it asks for"
    TOLD = "a script draws it, and what it was answered is the second source"


class Next(StrEnum):
    """Where "next" leads."""

    RIGHT = "to the next page; on the last one it is disabled"
    NEVER_DISABLED = "the same, but on the last page to that once more"
    SKIPS = "over one page"
    DEAD = "nowhere: disabled on the second page"
    REPEATS = "to the rows that were there, under the next page's number"
    BACK = "to the first page"


class Tells(StrEnum):
    """What the list tells of itself."""

    TOTAL = "how many rows it has"
    ABOUT = "that it has many: 10000+"
    PAGES = "page 2 of 3"
    NOTHING = "nothing"


class Changes(StrEnum):
    """What happens to the list whenever another page of it is read."""

    STAYS = "nothing"
    GROWS_ABOVE = "a row comes before all others"
    GROWS_BELOW = "a row comes after all others"
    SHRINKS = "its first row goes"


@dataclass(kw_only=True)
class ListSite:
    """One list; `ids` is the truth."""

    ids: list[str]
    size: int = 7
    """Rows a page, whatever is asked for, unless that is less."""
    drawn: Drawn = Drawn.BY_SERVER
    next: Next = Next.RIGHT
    tells: Tells = Tells.TOTAL
    changes: Changes = Changes.STAYS
    changes_left: int = 3
    filtered_to: int | None = None
    """The account's saved filter: it leaves so many rows."""
    shows_filter: bool = True
    can_clear: bool = True
    chips: int = 1
    """So many signs show that it is filtered."""
    bars: int = 1
    """So many times the list tells its total: above and below it."""
    keyless: int = 0
    """So many rows have nothing in the place of their number."""
    none_is_a_row: bool = False
    """That there are no rows stands in the place of a row."""
    says_none_ms: int = 0
    """So long a page that a script draws says that there are no rows, before they come."""
    filter_ms: int = 0
    """So long after the rows the sign comes that they are filtered."""
    drops_filter: bool = False
    """What was asked for is dropped: the list shows something else, and says so by its address alone."""
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def page(self, told: Mapping[str, Any]) -> tuple[list[str], int, int, int]:
        """Rows, total, number and count of pages, for what was asked."""
        self.asked.append(told)
        number = int(told.get("page", 1))
        if number > 1:
            self._change()
        if told.get("clear"):
            self.filtered_to = None
        there = self.ids if self.filtered_to is None else self.ids[: self.filtered_to]
        there = there[::-1] if told.get("reverse") else there
        last = max(1, -(-len(there) // self.size))
        number = min(number, last)
        from_number = 1 if self.next is Next.REPEATS else number
        start = (from_number - 1) * self.size
        return there[start : start + self.size], len(there), number, last

    def _change(self) -> None:
        if self.changes is Changes.STAYS or not self.changes_left:
            return
        self.changes_left -= 1
        if self.changes is Changes.SHRINKS:
            del self.ids[:1]
        elif self.changes is Changes.GROWS_ABOVE:
            self.ids.insert(0, f"new-{self.changes_left}")
        else:
            self.ids.append(f"new-{self.changes_left}")

    # What the pages say

    def bar(self, number: int, last: int, total: int, *, reverse: bool) -> dict[str, Any]:
        """The bar below the list."""
        following = {Next.SKIPS: min(number + 2, last), Next.BACK: 1}.get(self.next, min(number + 1, last))
        dead = (number >= last and self.next is not Next.NEVER_DISABLED) or (self.next is Next.DEAD and number > 1)
        says = {Tells.TOTAL: f"{total} things", Tells.ABOUT: "10000+ things"}.get(self.tells, "")
        return {
            "next": following,
            "dead": dead,
            "total": says,
            "page": f"page {number} of {last}" if self.tells is Tells.PAGES else "",
            "filtered": self.filtered_to is not None and self.shows_filter,
            "clear": self.can_clear,
            "reverse": reverse,
            "chips": self.chips,
            "bars": self.bars,
            "none": '<li id="none">none</li>' if self.none_is_a_row else '<p id="none">none</p>',
        }

    def document(self, address: str) -> str:
        """The document at this address."""
        told = dict(parse_qsl(urlsplit(address).query))
        if self.drawn is not Drawn.BY_SERVER:
            waits = f"const saysNone = {self.says_none_ms}, filterLate = {self.filter_ms};"
            return _SCRIPTED.replace("WAITS", waits).replace("SIZES", _SIZES)
        rows, total, number, last = self.page(told)
        if self.drops_filter and told.get("show"):
            return '<script>location.replace("/things?dropped=1")</script>'
        bar = self.bar(number, last, total, reverse=bool(told.get("reverse")))
        return _HEAD + _drawn([*rows, *[""] * self.keyless], bar)

    def answer(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to the script's request."""
        rows, total, number, last = self.page(body)
        bar = self.bar(number, last, total, reverse=bool(body.get("reverse")))
        told: dict[str, Any] = {"errorCode": 0, "rows": [{"id": one} for one in rows], "bar": bar}
        return told | ({"total": total} if self.tells is Tells.TOTAL else {})


_HEAD = '<script>shop = {id: "1"}</script><h1 id="title">Things</h1>'
_SIZES = (
    '<button id="size" onclick="sizes.hidden = false">size</button><p id="sizes" hidden><a class="size">100</a></p>'
)


def _drawn(rows: list[str], bar: Mapping[str, Any]) -> str:
    reverse = "&reverse=1" if bar["reverse"] else ""
    items = "".join(f"<li><b>{one}</b></li>" for one in rows) or bar["none"]
    total = f"<p id=total>{bar['total']}</p>"
    parts = [
        f"<ul>{items}</ul>{bar['bars'] * total}<p id=page>{bar['page']}</p>",
        "<a href='/things?show=all&reverse=1' id=reverse>reverse</a>",
    ]
    if bar["filtered"]:
        parts.append("<p id=filtered>filtered</p>" * bar["chips"])
        parts += ["<a id=clear href='/things?show=all&clear=1'>clear</a>"] if bar["clear"] else []
    link = f"<a id=next href='/things?show=all&page={bar['next']}{reverse}'>next</a>"
    return "".join(parts) + ("" if bar["dead"] else link)


_SCRIPTED = (
    _HEAD
    + """SIZES<ul id="list"></ul><p id="total"></p><p id="page"></p><button id="next">next</button>
<button id="reverse">reverse</button><div id="filter"></div>
<script>
WAITS
const pause = (ms) => new Promise((next) => setTimeout(next, ms));
const wanted = {show: "all", page: 1};
let bar = {};
const load = async (changes) => {
  Object.assign(wanted, changes);
  if (saysNone) {
    list.innerHTML = '<p id="none">none</p>';
    await pause(saysNone);
  }
  const answer = await fetch("/api/things", {method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify(wanted)});
  const told = await answer.json();
  bar = told.bar;
  await pause(20);
  list.innerHTML = told.rows.map((row) => `<li><b>${row.id}</b></li>`).join("") || '<p id="none">none</p>';
  total.textContent = bar.total;
  page.textContent = bar.page;
  next.disabled = bar.dead;
  if (filterLate) await pause(filterLate);
  filter.innerHTML = bar.filtered ? `<p id="filtered">filtered</p>${bar.clear ? '<a id="clear">clear</a>' : ""}` : "";
};
next.onclick = () => load({page: bar.next});
reverse.onclick = () => load({page: 1, reverse: 1});
filter.onclick = (event) => event.target.id === "clear" && load({page: 1, clear: 1});
document.querySelector(".size").onclick = () => { sizes.hidden = true; load({page: 1, size: 100}); };
load({});
</script>"""
)


class _Documents(dict[str, str]):
    """What the tiny site serves by address."""

    def __init__(self, site: ListSite) -> None:
        super().__init__()
        self._site = site

    def get(self, address: str, default: str = "") -> str:  # type: ignore[override]
        """The list's document; nothing elsewhere."""
        return self._site.document(address) if address.startswith("/things") else default


def serve(site: TinySite, listed: ListSite) -> None:
    """Have the tiny site show this list."""
    site.pages = _Documents(listed)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        content = json.dumps(listed.answer(body)).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    site.files = {"POST /api/things": answer}


def profile_for(listed: ListSite, *, reverse: bool = False) -> Profile:
    """What describes this list: no more than the site has."""
    gone = set() if reverse else {"things.reverse"}
    if listed.drawn is not Drawn.TOLD:  # where nothing tells that the site cuts the size, it would be waited for
        gone |= {"things.page_size", "things.page_size_option"}
    if listed.tells is Tells.NOTHING:
        gone |= {"things.total", "things.page"}
    elements = {name: one for name, one in PROFILE.elements.items() if name not in gone}
    answers = PROFILE.answers if listed.drawn is Drawn.TOLD else {}
    return PROFILE.model_copy(update={"elements": elements, "answers": answers})


@contextmanager
def shown(
    page: Page, site: TinySite, listed: ListSite, *, folder: Path, patience_s: float, reverse: bool = False
) -> Iterator[View]:
    """This list, through a view."""
    serve(site, listed)
    profile = profile_for(listed, reverse=reverse)
    with viewed(page, url=site.url, folder=folder, patience_s=patience_s, profile=profile) as view:
        yield view
