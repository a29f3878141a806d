from __future__ import annotations

import pytest

from rpa.address import Site, base_url_problem, origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Shop.example/orders?x#y", "https://shop.example"),
        ("https://shop.example:443/", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("http://shop.example:443", "http://shop.example:443"),
        ("https://good.example@evil.example/", "https://evil.example"),
        ("https://商店.example", "https://xn--czrs0t.example"),
        ("http://[::1]:8808/a", "http://[::1]:8808"),
        ("blob:https://shop.example/1b9d", "https://shop.example"),
        ("about:blank", ""),
        ("null", ""),
        ("data:text/html,https://shop.example", ""),
        ("file:///shop.example", ""),
        ("https://shop.example:x", ""),
        ("chrome-error://chromewebdata/", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port_as_a_browser_names_them(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("url", ["http://shop.example", "http://10.0.0.1:8808", "http://localhost.example"])
def test_only_this_machine_is_reached_without_https(url: str) -> None:
    assert "must start with https://" in base_url_problem(url)
    assert base_url_problem("http://127.0.0.1:8808") == base_url_problem(url.replace("http:", "https:")) == ""


def test_what_an_earlier_release_kept_is_taken_only_where_that_is_said() -> None:
    assert not Site(origin="https://shop.example").takes("")
    assert Site(origin="https://shop.example", takes_earlier=True).takes("")
    assert not Site(origin="https://shop.example", takes_earlier=True).takes("http://shop.example")
