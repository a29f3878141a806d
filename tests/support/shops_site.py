"""A site on which one login has several shops: the list of them after the login, and a shop told by answers alone."""

from __future__ import annotations

import json
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rpa.elements.registry import load_profile

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from rpa.elements.profile import Profile
    from tests.support.tiny_site import TinySite

TINY = Path(__file__).parent / "tiny.toml"
SHOPS = """
[session.shops]
list = "shops"
enter = "login.shop"
switch = ["orders.switch"]

[lists.shops]
pages = ["login"]
rows = "tr.shop"
key = "mall_id"

[lists.shops.fields]
mall_id = { css = ".id" }
refused = { css = ".refused", optional = true }

[elements."login.shop"]
page = "login"
within = "list:shops"
locators = [{ role = "button", name = "Enter" }]
source = "test"
verified = "never"

[elements."login.agreed"]
page = "login"
locators = [{ css = "#agreed" }]
source = "test"
verified = "never"

[elements."orders.switch"]
page = "orders"
locators = [{ css = "#switch" }]
source = "test"
verified = "never"

[answers.shop]
url = "/api/shop"

[answers.shop.fields]
mall_id = { path = "shop_id" }
"""
_LOGIN = """<div id="form"><input id="name"><input id="word" type="password"><input id="agreed" type="checkbox">
<button id="enter">Log in</button></div><table id="list"></table><script>
const shops = %(shops)s, form = document.querySelector("#form"), list = document.querySelector("#list");
const choose = () => {
  form.remove();
  list.innerHTML = shops.map(([id, refused]) => `<tr class="shop"><td class="id">${id}</td>
    <td>${refused ? `<span class="refused">${refused}</span>` : `<button>Enter</button>`}</td></tr>`).join("");
  for (const button of list.querySelectorAll("button")) button.onclick = () => {
    document.cookie = "shop=" + button.closest("tr").querySelector(".id").textContent;
    list.innerHTML = "";
  };
};
if (document.cookie.includes("sid=")) choose();
document.querySelector("#enter")?.addEventListener("click", () => {
  if (!agreed.checked) return;
  document.cookie = "sid=" + word.value;
  choose();
});
</script>"""
_ORDERS = """<h1 id="title">Orders</h1><a id="switch" href="/login">Another shop</a><script>
if (!document.cookie.includes("shop=")) location = "/login"; else fetch("/api/shop");
</script>"""


def shops_profile(folder: Path) -> Profile:
    """The profile of such a site, with its file in this folder."""
    text = TINY.read_text(encoding="utf-8").replace('name = "tiny"', 'name = "shops"', 1)
    text = text.replace('mall_id = ["shop.id"]\nmall_name = ["shop.name"]', 'mall_id = ["answer:shop.mall_id"]')
    text = text.replace('after_login = "orders"', 'after_login = "orders"\nlogin_cookies = ["sid"]')
    text = text.replace('submit = "login.enter"', 'submit = "login.enter"\nagree = "login.agreed"\nstays = true')
    (folder / "shops.toml").write_text(text + SHOPS, encoding="utf-8")
    return load_profile("shops", folder=folder)


def serve_shops(site: TinySite, shops: dict[str, str], *, lands_in: str = "") -> None:
    """Serve these shops, each with why it cannot be entered (empty: it can); `lands_in`: whichever was chosen."""
    site.pages |= {"/login": _LOGIN % {"shops": json.dumps(list(shops.items()))}, "/orders": _ORDERS}

    def told(desk: BaseHTTPRequestHandler) -> None:
        cookies = SimpleCookie(desk.headers.get("Cookie", ""))
        chosen = lands_in or (cookies["shop"].value if "shop" in cookies else "")
        said_no = desk.path.endswith("?no")
        body: dict[str, Any] = {"errorCode": 5, "errorMsg": "没有"} if said_no else {"errorCode": 0, "shop_id": chosen}
        text = json.dumps(body).encode()
        desk.send_response(200)
        desk.send_header("Content-Type", "application/json")
        desk.send_header("Content-Length", str(len(text)))
        desk.end_headers()
        desk.wfile.write(text)

    site.files |= {"/api/shop": told, "/api/shop?no": told}
