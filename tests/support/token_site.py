"""A site that puts a new token into the address of each page at every visit; an old one leads to its login page."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from rpa.elements.profile import Element, ListSpec, PageSpec, Profile, Risk
from tests.support.tiny_site import ASKS, PROFILE, SHOP, TinySite

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

_FACT = {"source": "test", "verified": "never"}
ORDERS = ("A-1", "A-2")


def page_of(name: str, **told: Any) -> PageSpec:
    """A page that is shown by the heading that each page of the site has."""
    return PageSpec.model_validate({"name": name, "signature": ("orders.title",), **_FACT, **told})


def element_of(name: str, css: str, **told: Any) -> Element:
    """An element that is only looked at, or clicked to see something else."""
    asked = {"name": name, "page": ("orders", "things", "thing"), "locators": [{"css": css}], **_FACT, **told}
    return Element.model_validate(asked).used(Risk.READ, within=asked.get("within"))


def described(**pages: PageSpec) -> Profile:
    """The site's profile: its home has a path, the list is reached from it, and an order's page from a row of that."""
    elements = [
        element_of("menu.more", "#more"),
        element_of("menu.things", "#things"),
        element_of("things.open", "a.open", within="list:things"),
        element_of("thing.title", "#thing"),
    ]
    spec = {"name": "things", "pages": ("things",), "rows": "li", "key": "id", "fields": {"id": {"css": "b"}}}
    reached = {
        "things": page_of("things", via=("menu.more", "menu.things")),
        "thing": page_of("thing", **{"from": "things"}, via=("things.open",), signature=("thing.title",)),
    }
    return PROFILE.model_copy(
        update={
            "pages": {**PROFILE.pages, **reached, **pages},
            "elements": {**PROFILE.elements, **{each.name: each for each in elements}},
            "lists": {**PROFILE.lists, "things": ListSpec.model_validate(spec)},
        }
    )


class TokenSite:
    """The pages, made anew at each visit of the home page."""

    def __init__(self, site: TinySite, *, slow_ms: int = 0) -> None:
        """`slow_ms`: how long the list's page keeps its browser waiting."""
        self._site = site
        self._tokens = count(1)
        self._slow_ms = slow_ms
        site.files["/orders"] = self._home

    def _home(self, desk: BaseHTTPRequestHandler) -> None:
        token = next(self._tokens)
        pages, old = self._site.pages, f"t{token - 1}"
        for path in [path for path in pages if old in path]:
            pages[path] = '<script>location = "/login"</script>'
        things = f"/t{token}/things"
        leads = f"setTimeout(() => location = '{things}', {self._slow_ms})"
        menu = f'<a id=more onclick="things.hidden = false">More</a><a id=things hidden onclick="{leads}">Things</a>'
        rows = "".join(f"<li><b>{sn}</b><a class=open href='/t{token}/thing/{sn}'>Open</a></li>" for sn in ORDERS)
        pages[things] = f"{SHOP}{menu}{ASKS}<ul>{rows}</ul><script>ask('A-1')</script>"
        pages |= {f"/t{token}/thing/{sn}": f"{SHOP}{menu}<h2 id=thing>{sn}</h2>" for sn in ORDERS}
        body = f"{SHOP}{menu}".encode()
        desk.send_response(200)
        desk.send_header("Content-Type", "text/html; charset=utf-8")
        desk.send_header("Content-Length", str(len(body)))
        desk.end_headers()
        desk.wfile.write(body)
