"""No web page from elsewhere reads the mock's truth or changes anything of it, by whatever name it reaches it."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from fixtures.mockshop.harness import MockShop

EVIL = "http://evil.example"
SHIP = "/express_base/shop/orders/shipping"


@pytest.fixture(scope="module", name="mock")
def _mock() -> Iterator[MockShop]:
    with MockShop(orders=5) as running:
        yield running


def asked(mock: MockShop, method: str, path: str, *, host: str | None = None, **headers: str) -> int:
    """The status of the answer to this request, with exactly these headers and the mock's own Host unless given."""
    place = urlsplit(mock.url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
    with closing(connection):
        return _status(connection, method, path, headers={"Host": place.netloc if host is None else host, **headers})


def _status(connection: http.client.HTTPConnection, method: str, path: str, *, headers: dict[str, str]) -> int:
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in {"Content-Length": "2", **headers}.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders(b"{}")
    with connection.getresponse() as answer:
        return answer.status


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "192.168.1.5", "", "[::"]
)
@pytest.mark.parametrize("path", ["/__mock__/truth", "/__mock__/", "/home", "/static/wire.js"])
def test_a_name_that_was_bound_to_this_machine_reads_nothing(mock: MockShop, host: str, path: str) -> None:
    assert asked(mock, "GET", path, host=host) == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:1", "[::1]:80", "127.8.8.8:9"])
def test_the_names_of_this_machine_are_answered(mock: MockShop, host: str) -> None:
    assert asked(mock, "GET", "/__mock__/faults", host=host) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Referer": f"{EVIL}/page"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Origin": "http://127.0.0.1:1", "Sec_Fetch_Site": "same-site"},
        {"Origin": "http://[::"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/__mock__/truth"),
        ("POST", "/__mock__/clock"),
        ("DELETE", "/__mock__/faults"),
        ("POST", SHIP),
        ("OPTIONS", "/__mock__/faults"),
    ],
)
def test_a_page_from_elsewhere_changes_nothing_and_reads_no_truth(
    mock: MockShop, method: str, path: str, headers: dict[str, str]
) -> None:
    before = mock.truth()["writes"]
    assert asked(mock, method, path, **headers) == 403
    assert mock.truth()["writes"] == before


def test_own_pages_and_programs_are_answered_and_a_link_from_elsewhere_opens_a_page(mock: MockShop) -> None:
    own = {"Origin": mock.url, "Referer": f"{mock.url}/__mock__/", "Sec_Fetch_Site": "same-origin"}
    assert asked(mock, "DELETE", "/__mock__/faults", **own) == 200
    assert asked(mock, "DELETE", "/__mock__/faults") == 200
    assert asked(mock, "DELETE", "/__mock__/faults", Origin="http://127.0.0.1:1", Sec_Fetch_Site="same-origin") == 200
    assert asked(mock, "GET", "/login/", Referer=EVIL, Sec_Fetch_Site="cross-site") == 200
