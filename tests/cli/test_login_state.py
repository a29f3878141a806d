"""The login of a shop: kept encrypted from run to run, made anew as seldom as possible, forgotten when it is wrong."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.mockshop.harness import MockShop
from rpa.browser.login_state import login_state
from rpa.browser.session import launched, shop_page
from rpa.credentials import Vault, key_from, make_key
from rpa.elements.registry import selectors_folder
from tests.support.mock_shop import PASSWORD, ROOT, ShopFolder
from tests.support.small_shop import SmallShop, small_shop

pytestmark = pytest.mark.slow

READ = ("run", "pending-orders")


@pytest.fixture(scope="module")
def mock_shop() -> Iterator[MockShop]:
    with MockShop(orders=15) as running:
        yield running


@pytest.fixture
def shop(mock_shop: MockShop, tmp_path: Path) -> ShopFolder:
    """Its password is stored, its login is not."""
    return ShopFolder(tmp_path / "owner", url=mock_shop.url)


def vault(folder: ShopFolder) -> Vault:
    return Vault(folder.var / "secrets", key_from(folder.key))


def logins(mock: MockShop) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = mock.truth()["logins"]
    return made


def test_one_login_serves_every_run_and_is_kept_encrypted(shop: ShopFolder, mock_shop: MockShop) -> None:
    before, kept = len(logins(mock_shop)), shop.var / "secrets" / "demo.state"
    assert shop.run(*READ).exit_code == 0
    first = kept.read_bytes()
    state = json.loads(vault(shop).load_state("demo", shop.site()) or b"{}")
    assert state["cookies"]
    for cookie in state["cookies"]:
        assert cookie["value"].encode() not in first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    assert shop.run(*READ).exit_code == 0
    assert len(logins(mock_shop)) == before + 1
    assert kept.read_bytes() != first, "it was not saved again after the second run"


def test_a_killed_run_leaves_its_login_to_the_next(shop: ShopFolder, mock_shop: MockShop) -> None:
    before, last = len(logins(mock_shop)), mock_shop.last_event()
    process = shop.start(*READ)
    try:
        for endpoint in ("/janus/api/auth", "/orders/list", "/orders/list"):  # the site's own way back, then the run's
            last = mock_shop.wait_for("request", endpoint=endpoint, after=last)["n"]
    finally:
        process.kill()
        process.communicate()
    assert shop.run(*READ).exit_code == 0
    assert len(logins(mock_shop)) == before + 1


def test_what_a_site_keeps_in_indexed_db_is_part_of_the_login(mock_shop: MockShop) -> None:
    keep = """() => new Promise((done) => { const ask = indexedDB.open('kept', 1);
      ask.onupgradeneeded = () => ask.result.createObjectStore('things').put('a token', 'key');
      ask.onsuccess = () => done(ask.result.close()); })"""
    read = """() => new Promise((done) => { const ask = indexedDB.open('kept', 1); ask.onsuccess = () => {
      const found = ask.result.transaction('things').objectStore('things').get('key');
      found.onsuccess = () => done(found.result); }; })"""
    with launched() as browser:
        with shop_page(browser, state=None, timezone="Asia/Shanghai", still=False) as page:
            page.goto(f"{mock_shop.url}/login/")
            page.evaluate(keep)
            state = login_state(page)
        with shop_page(browser, state=state, timezone="Asia/Shanghai", still=False) as page:
            page.goto(f"{mock_shop.url}/login/")
            assert page.evaluate(read) == "a token"


def test_of_a_login_only_what_the_back_office_needs_is_kept_whatever_a_page_stored(mock_shop: MockShop) -> None:
    fill = """() => new Promise((done) => { localStorage.setItem('junk', 'x'.repeat(4_000_000));
      localStorage.setItem('token', 'what the site goes by'); const ask = indexedDB.open('junk', 1);
      ask.onupgradeneeded = () => { const made = ask.result.createObjectStore('things', { autoIncrement: true });
        for (let n = 0; n < 20; n++) made.put('x'.repeat(1_000_000)); };
      ask.onsuccess = () => done(ask.result.close()); })"""
    with launched() as browser:
        with shop_page(browser, state=None, timezone="Asia/Shanghai", still=False) as page:
            page.goto(f"{mock_shop.url}/login/")
            page.evaluate(fill)
            for name, domain in (("OURS", "127.0.0.1"), ("THEIRS", ".other.test")):
                page.context.add_cookies([{"name": name, "value": "session-1", "domain": domain, "path": "/"}])
            state = login_state(page)
            page.goto("about:blank")
            elsewhere = json.loads(login_state(page, hosts=["127.0.0.1"]))
        assert len(state) < 10_000
        kept = json.loads(state)
        assert [each["name"] for each in kept["cookies"]] == [each["name"] for each in elsewhere["cookies"]] == ["OURS"]
        assert (kept["origins"][0]["indexedDB"], elsewhere["origins"]) == ([], [])
        junk = [{"origin": "http://x.test", "localStorage": [{"name": "x", "value": "x" * 9**7}]}]
        old = json.dumps({**kept, "origins": junk})
        with shop_page(browser, state=old.encode(), timezone="Asia/Shanghai", still=False) as page:
            assert [each["name"] for each in page.context.cookies()] == ["OURS"]
        with shop_page(browser, state=state, timezone="Asia/Shanghai", still=False) as page:
            page.goto(f"{mock_shop.url}/login/")
            assert page.evaluate("() => localStorage.getItem('token')") == "what the site goes by"


def test_a_page_that_says_nonsense_of_its_storage_costs_nobody_the_login(mock_shop: MockShop) -> None:
    with launched() as browser:
        for says in ("'{'", "'[]'", "'{\"localStorage\": [7]}'", '\'{"indexedDB": [{"name": "x"}]}\''):
            with shop_page(browser, state=None, timezone="Asia/Shanghai", still=False) as page:
                page.goto(f"{mock_shop.url}/login/")
                page.context.add_cookies([{"name": "OURS", "value": "session-1", "domain": "127.0.0.1", "path": "/"}])
                page.evaluate(f"() => {{ setTimeout(() => {{ JSON.stringify = () => {says}; window.said = true; }}) }}")
                page.wait_for_function("() => window.said")
                state = login_state(page)
            with shop_page(browser, state=state, timezone="Asia/Shanghai", still=False) as page:
                assert [each["name"] for each in page.context.cookies()] == ["OURS"], says


def test_a_wrong_password_is_typed_once_and_a_person_is_called(shop: ShopFolder, mock_shop: MockShop) -> None:
    vault(shop).save_password("demo", "clerk-1", "wrong-9", shop.site())
    before = len(logins(mock_shop))
    run = shop.run(*READ)
    assert run.exit_code == 3
    assert [login["ok"] for login in logins(mock_shop)[before:]] == [False]
    assert "账号或密码错误" in run.stdout
    assert vault(shop).load_state("demo", shop.site()) is None
    assert "wrong-9" not in run.stdout + run.stderr


def test_another_shops_login_is_forgotten_and_nothing_else(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=1, virtual=0, held=()) as shop:
        shop.folder.configure(mall_id="5")
        run = shop.ship()
        assert run.exit_code == 3
        assert [incident["cause"] for incident in run.json["shops"]["demo"]["incidents"]] == ["wrong_shop"]
        assert set(run.reasons()) == set(shop.parcels), "the row of the sheet has no line"
        assert shop.writes() == []
        assert vault(shop.folder).load_state("demo", shop.folder.site()) is None
        assert vault(shop.folder).password("demo", "clerk-1", shop.folder.site()) == PASSWORD
        assert ships_after_repair(shop)


def ships_after_repair(shop: SmallShop) -> bool:
    shop.folder.configure(mall_id="123456789")
    return list(shop.ship().reasons().values()) == ["shipped"]


def test_at_a_changed_address_nothing_is_used_and_a_person_logs_in(shop: ShopFolder, mock_shop: MockShop) -> None:
    assert shop.run(*READ).exit_code == 0
    before, here = len(logins(mock_shop)), mock_shop.url
    there = here.replace("127.0.0.1", "localhost")
    shop.configure(base_url=there)
    run = shop.run(*READ, "--json")
    assert run.exit_code == 3
    [stop] = run.json["shops"]["demo"]["incidents"]
    assert stop["cause"] == "login_needed"
    assert f"its login was given at {here}, and is not used at {there}" in stop["message"]
    assert len(logins(mock_shop)) == before

    assert shop.run("login", "demo", "--password-stdin", given=f"{PASSWORD}\n").exit_code == 0
    assert shop.run(*READ).exit_code == 0


@pytest.mark.parametrize("keyring", ["keyring.backends.null.Keyring", "plain.PlaintextKeyring"])
def test_without_a_key_nothing_starts_and_the_way_to_one_is_told(
    shop: ShopFolder, tmp_path: Path, keyring: str
) -> None:
    (tmp_path / "plain.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class PlaintextKeyring(KeyringBackend):\n"
        "    priority = 1\n"
        "    def get_password(self, service, username): return 'x' * 43\n"
        "    def set_password(self, service, username, password): open('leaked', 'w').write(password)\n"
        "    def delete_password(self, service, username): pass\n"
    )
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    run = shop.run(*READ, env={"RPA_KEY": "", "PYTHON_KEYRING_BACKEND": keyring, "PYTHONPATH": path})
    assert run.exit_code == 2
    assert "RPA_KEY" in run.stderr
    assert keyring in run.stderr
    assert not (shop.path / "leaked").exists()
    assert shop.run_ids() == []


def test_another_key_opens_nothing_and_removes_nothing(shop: ShopFolder) -> None:
    kept = {path: path.read_bytes() for path in (shop.var / "secrets").iterdir()}
    vault(shop).save_state("demo", b"{}", shop.site())
    kept |= {path: path.read_bytes() for path in (shop.var / "secrets").iterdir()}
    run = shop.run(*READ, env={"RPA_KEY": make_key()})
    assert run.exit_code == 2
    assert "demo.state does not open with this key" in (run.stdout + run.stderr).replace("\n", "")
    assert kept == {path: path.read_bytes() for path in (shop.var / "secrets").iterdir()}


def test_another_language_stops_the_shop_before_anything_is_read(shop: ShopFolder) -> None:
    own = shop.path / "selectors" / "pinduoduo.toml"
    own.parent.mkdir()
    text = (selectors_folder() / own.name).read_text(encoding="utf-8")
    for language, ended in (("en", ["other_language"]), ("zh", [])):
        own.write_text(text.replace("[session]", f'[session]\nlanguage = "{language}"', 1), encoding="utf-8")
        run = shop.run(*READ, "--json")
        incidents = run.json["shops"]["demo"]["incidents"]
        assert [incident["cause"] for incident in incidents] == ended, run.stderr
        assert [incident for incident in incidents if "“zh-CN”" not in incident["message"]] == []
        assert run.exit_code == (3 if ended else 0)
