"""With a browser and the mock back office."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fixtures.mockshop.harness import MockShop
from rpa.elements.registry import load_profile, selectors_folder
from tests.support.project import Project

pytestmark = pytest.mark.slow

PASSWORD = "demo-pass-1"


@pytest.fixture(scope="module")
def mock_shop() -> Iterator[MockShop]:
    with MockShop(orders=30, home_inert_s=10) as running:
        yield running


@pytest.fixture
def shop(project: Project, mock_shop: MockShop) -> Project:
    mock_shop.clear_faults()
    project.write(config(mock_shop.url))
    return project


def config(url: str, *, mall_id: str = "123456789") -> str:
    return (
        f'language = "en"\n[shops.demo]\nplatform = "pinduoduo"\nbase_url = "{url}"\n'
        f'mall_id = "{mall_id}"\nlogin = "clerk-1"\nmock = true\n'
    )


def test_a_wrong_password_is_typed_once_and_nothing_is_kept(shop: Project, mock_shop: MockShop) -> None:
    before = len(mock_shop.truth()["logins"])
    run = shop.rpa("login", "demo", "--password-stdin", stdin="wrong-9\n")
    assert run.returncode == 3
    assert "账号或密码错误" in run.stderr
    assert len(mock_shop.truth()["logins"]) == before + 1
    assert not list((shop.config.var / "secrets").glob("*"))


def test_another_shops_login_is_not_kept(shop: Project, mock_shop: MockShop) -> None:
    shop.write(config(mock_shop.url, mall_id="5"))
    run = shop.rpa("login", "demo", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert run.returncode == 3
    assert "configured with '5'" in run.stderr
    assert not list((shop.config.var / "secrets").glob("*"))


def test_after_a_login_every_page_is_found_without_another_one(shop: Project, mock_shop: MockShop) -> None:
    run = shop.rpa("login", "demo", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert run.returncode == 0, run.stderr
    assert "示例小店" in run.stdout
    assert shop.vault.password("demo", "clerk-1", shop.site) == PASSWORD
    kept = b"".join(path.read_bytes() for path in shop.config.var.rglob("*") if path.is_file())
    assert PASSWORD not in run.stdout + run.stderr
    assert PASSWORD.encode() not in kept
    logins = len(mock_shop.truth()["logins"])
    read = [notice["read"] for notice in mock_shop.truth()["notices"]].count(True)
    check = shop.rpa("selectors", "check", "demo")
    assert check.returncode == 0, check.stdout
    looked_at = {line.split()[0] for line in check.stdout.splitlines() if mock_shop.url in line}
    assert looked_at == load_profile("pinduoduo").pages.keys() - {"login"}
    assert f"All {len(looked_at)} opened pages are the ones the profile means" in check.stdout
    assert "list orders: 20 rows; all fields readable" in check.stdout
    assert "list notices: 20 rows; all fields readable" in check.stdout
    assert "stays busy" not in check.stdout
    assert "orders/detail?type=4399&sn=26" in check.stdout
    truth = mock_shop.truth()
    assert (len(truth["logins"]), truth["writes"]) == (logins, [])
    assert [notice["read"] for notice in truth["notices"]].count(True) <= read + 1


def test_check_names_what_is_not_as_described(shop: Project, mock_shop: MockShop) -> None:
    own = shop.folder / "selectors" / "pinduoduo.toml"
    own.parent.mkdir()
    text = (selectors_folder() / own.name).read_text(encoding="utf-8")
    text = text.replace("css = '[class*=\"todoList_container\"]'", 'css = "#nowhere"')
    text = text.replace('expect = ["查询"]', 'expect = ["搜索"]').replace("order-row_amount", "order-row_price")
    text = text.replace("[answers.export_ask]", "[answers.export_asked]")
    own.write_text(text, encoding="utf-8")
    shop.write(config(mock_shop.url) + "[browser]\ntimeout_s = 10\n")
    shop.vault.save_password("demo", "clerk-1", PASSWORD, shop.site)
    mock_shop.fault("popup-unknown", times=0)
    run = shop.rpa("selectors", "check", "demo")
    assert run.returncode == 3, run.stdout + run.stderr
    assert "The profile lacks ExportsOrders (answer export_ask)." in run.stdout
    lines = [line.split() for line in run.stdout.splitlines()]
    assert ["home.todo", "missing"] in [line[:2] for line in lines]
    assert ["orders.search", "other", "name"] in [line[:3] for line in lines]
    assert ["login.account_tab", "found"] in [line[:2] for line in lines]
    assert "unreadable: amount ×20" in run.stdout
    assert "a run stops" in run.stdout
    assert "Not as the profile says: home" in run.stdout


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("order-row_amount", "order-row_price", "Nowhere to be read: orders.amount."),
        ("sn={order_sn}", "sn={order_number}", "Not opened, so not compared: order_detail."),
    ],
)
def test_check_is_not_well_with_a_field_or_a_page_that_it_could_not_see(
    shop: Project, mock_shop: MockShop, old: str, new: str, why: str
) -> None:
    own = shop.folder / "selectors" / "pinduoduo.toml"
    own.parent.mkdir()
    own.write_text((selectors_folder() / own.name).read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    shop.write(config(mock_shop.url))
    shop.vault.save_password("demo", "clerk-1", PASSWORD, shop.site)
    run = shop.rpa("selectors", "check", "demo")
    assert run.returncode == 3, run.stdout + run.stderr
    assert why in " ".join(run.stdout.split())
    assert "Not as the profile says" not in run.stdout


def test_check_opens_a_page_with_the_example_of_the_profile_where_no_list_has_one(
    shop: Project, mock_shop: MockShop
) -> None:
    own = shop.folder / "selectors" / "pinduoduo.toml"
    own.parent.mkdir()
    path = 'path = "/orders/detail?type=4399&sn={order_sn}"'
    other = (
        path.replace("order_sn", "order_number")
        + f'\nexample = {{ order_number = "{next(iter(mock_shop.truth()["orders"]))}" }}'
    )
    text = (selectors_folder() / own.name).read_text(encoding="utf-8")
    assert path in text
    own.write_text(text.replace(path, other), encoding="utf-8")
    shop.write(config(mock_shop.url))
    shop.vault.save_password("demo", "clerk-1", PASSWORD, shop.site)
    run = shop.rpa("selectors", "check", "demo")
    assert run.returncode == 0, run.stdout + run.stderr


def test_check_opens_a_page_without_a_path_by_the_clicks_that_lead_to_it(shop: Project, mock_shop: MockShop) -> None:
    own = shop.folder / "selectors" / "pinduoduo.toml"
    own.parent.mkdir()
    path = 'path = "/orders/list?tab=0"'
    text = (selectors_folder() / own.name).read_text(encoding="utf-8")
    assert path in text
    link = (
        '[elements."home.orders"]\npage = "home"\nlocators = [{ css = \'a[href$="tab=0"]\' }]\n'
        'source = "test"\nverified = "never"\n\n[pages.orders_all]'
    )
    text = text.replace(path + "\n", 'via = ["home.orders"]\n').replace("[pages.orders_all]", link)
    own.write_text(text, encoding="utf-8")
    shop.write(config(mock_shop.url))
    shop.vault.save_password("demo", "clerk-1", PASSWORD, shop.site)
    run = shop.rpa("selectors", "check", "demo")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "/orders/list?tab=0" in run.stdout
    own.write_text(text.replace('[href$="tab=0"]', ".gone"), encoding="utf-8")
    run = shop.rpa("selectors", "check", "demo")
    assert run.returncode == 3, run.stdout + run.stderr
    assert "orders_all" in " ".join(run.stdout.split()).partition("Not as the profile says: ")[2]


def test_a_site_of_one_shop_is_proven_by_its_address_and_its_login(shop: Project, mock_shop: MockShop) -> None:
    own = shop.folder / "selectors" / "pinduoduo.toml"
    own.parent.mkdir()
    text = (selectors_folder() / own.name).read_text(encoding="utf-8")
    before, _, rest = text.partition("[identity]")
    single = f'{before}[identity]\nsingle_shop = true\nlogin_name = ["css:.user-name p.id"]\n\n[session]'
    own.write_text(single + rest.partition("[session]")[2], encoding="utf-8")
    run = shop.rpa("login", "demo", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert run.returncode == 2
    assert 'write login = "clerk-1" and mall_id = "clerk-1"' in " ".join(run.stderr.split())
    shop.write(config(mock_shop.url, mall_id="clerk-1"))
    run = shop.rpa("login", "demo", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "(shop id clerk-1)" in run.stdout
    run = shop.rpa("selectors", "check", "demo")
    assert run.returncode == 0, run.stdout + run.stderr
    own.write_text(own.read_text(encoding="utf-8").replace("p.id", "p.who"), encoding="utf-8")
    run = shop.rpa("run", "pending-orders", "demo")
    assert run.returncode == 3
    assert "login_name None" in run.stdout + run.stderr
