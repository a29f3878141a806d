from __future__ import annotations

from pathlib import Path

import pytest

from flows.orders.settings import OrderSettings
from rpa.config import Config
from rpa.errors import ConfigError
from rpa.language import Language
from rpa.plugins import load_config

SHOP = """
[shops.demo]
platform = "pinduoduo"
mall_id = "123456789"
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "rpa.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def complaint(folder: Path, text: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(written(folder, text))
    return str(caught.value)


def configured(folder: Path, text: str) -> Config:
    return load_config(written(folder, text))


def test_the_documented_example_is_read(tmp_path: Path) -> None:
    config = configured(
        tmp_path,
        """
        language = "zh"
        timezone = "Asia/Shanghai"
        [shops.demo]
        platform = "pinduoduo"
        base_url = "http://127.0.0.1:8808"
        mall_id = "123456789"
        live = false
        login = "clerk-1"
        sheets = ["inbox/*.xlsx", "inbox/*.csv"]
        no_logistics_goods = [{goods_id = "601", spec = "", delivered_by = "platform"}]
        max_per_run = 500
        """,
    )
    shop = config.shop("demo")
    assert (config.language, config.zone.key, config.var) == (Language.ZH, "Asia/Shanghai", tmp_path / "var")
    assert (shop.name, shop.mall_id, shop.login, shop.live) == ("demo", "123456789", "clerk-1", False)
    orders = shop.settings(OrderSettings)
    assert orders.sheets == ("inbox/*.xlsx", "inbox/*.csv")
    assert orders.no_logistics_goods[0].goods_id == "601"
    assert orders.max_orders_per_number == 5


def test_all_mistakes_are_reported_at_once_each_with_its_line(tmp_path: Path) -> None:
    message = complaint(
        tmp_path,
        r"""langage = "zh"
timezone = "Asia/Shangha"
[shops."a/b"]
platform = "pinduoduo"
base_url = "http://127.0.0.1:8808/orders"
mall_id = 123456789
live = "true"
max_per_run = 0
sheets = ["C:\temp\new",
  5,
]
no_logistics_goods = [
  {goods_id = "12", spec = "", deliverd_by = "platform"},
]
stop_wrds = []
name = "x"
[shops.Demo]
platform = "pinduoduo"
[shops.demo]
platform = "pinduoduo"
mall_id = "1"
columns = { ordersn = "A" }
""",
    )
    rows = [line.strip().removeprefix("rpa.toml:") for line in message.splitlines()[1:]]
    begins = [
        '1  langage: unknown key; did you mean "language"?',
        '2  timezone: must be a time zone like "Asia/Shanghai"',
        "3  shops.a/b: a shop's name has letters",
        "5  shops.a/b.base_url: must end after the host: http://127.0.0.1:8808",
        "6  shops.a/b.mall_id: must be a text in quotes",
        "7  shops.a/b.live: must be true or false, without quotes",
        '8  shops.a/b.max_per_run: must be a whole number from 1, or "off"',
        "9  shops.a/b.sheets.0: 'C:\\temp\\new': a backslash starts an escape here",
        "10  shops.a/b.sheets.1: must be a text in quotes",
        '13  shops.a/b.no_logistics_goods.0.deliverd_by: unknown key; did you mean "delivered_by"?',
        "13  shops.a/b.no_logistics_goods.0.delivered_by: is missing",
        '15  shops.a/b.stop_wrds: unknown key; did you mean "stop_words"?',
        "16  shops.a/b.name: the shop's name is its heading",
        "17  shops.Demo.mall_id: is missing",
        '19  shops.demo: differs from "Demo" in capitals only',
        "22  shops.demo.columns: unknown column ordersn",
    ]
    assert len(rows) == len(begins), message
    for row, begin in zip(rows, begins, strict=True):
        assert row.startswith(begin), message


@pytest.mark.parametrize(
    ("text", "line", "advice"),
    [
        (b"\xef\xbb\xbf" + SHOP.encode(), 1, "UTF-8 without BOM"),
        (
            (SHOP + 'login = "店员"').encode("gb18030"),
            5,
            '(login = "店员"); in the editor choose Save as, encoding UTF-8',
        ),
        (SHOP.encode("utf-16"), 1, "saved as UTF-16"),
        (SHOP + 'sheets = ["D:\\发货\\*.xlsx"]', 5, "write the path in 'single quotes', or with /"),
        (SHOP + "login = “clerk”", 5, "curly marks, write them plainly"),
        (SHOP + 'login = "a"\nlogin = "b"', 6, "overwrite"),
        (SHOP + "sheets = [", 5, "Invalid value"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained_by_line(
    tmp_path: Path, text: str | bytes, line: int, advice: str
) -> None:
    message = complaint(tmp_path, text)
    assert f"rpa.toml:{line}  " in message
    assert advice in message


def test_every_backslash_path_is_listed_not_only_the_first(tmp_path: Path) -> None:
    message = complaint(tmp_path, SHOP + 'login = "C:\\Users"\nmall_name = "D:\\店"\n')
    assert "rpa.toml:5  " in message
    assert "rpa.toml:6  " in message


def test_a_byte_order_mark_does_not_hide_the_other_mistakes(tmp_path: Path) -> None:
    message = complaint(tmp_path, b"\xef\xbb\xbf" + SHOP.encode() + b"liv = true\n")
    assert "BOM" in message
    assert 'did you mean "live"?' in message


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml does not exist\. Run `rpa init`"):
        load_config(tmp_path / "nowhere.toml")


def test_without_a_path_the_environment_names_the_file_else_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = written(tmp_path, SHOP)
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_config().path == here
    monkeypatch.setenv("RPA_CONFIG", str(written(other, SHOP)))
    assert load_config().folder == other


def test_a_file_without_shops_is_refused(tmp_path: Path) -> None:
    assert "shops: is missing" in complaint(tmp_path, 'language = "zh"\n')
    assert "add a table like [shops.demo]" in complaint(tmp_path, "[shops]\n")


def test_an_unknown_shop_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='no shop "dem"; did you mean "demo"'):
        configured(tmp_path, SHOP).shop("dem")


def test_a_real_site_has_limits_from_the_start_and_a_mock_has_none(tmp_path: Path) -> None:
    config = configured(
        tmp_path,
        SHOP
        + 'max_per_day = "off"\nmax_per_run = 3\n'
        + SHOP.replace("demo", "plain").replace("123456789", "2")
        + SHOP.replace("demo", "mock")
        + 'base_url = "http://localhost:1/"\nmock = true\n'
        + SHOP.replace("demo", "near").replace("123456789", "3")
        + 'base_url = "http://127.0.0.1:1"\n'
        + SHOP.replace("demo", "capped")
        + 'base_url = "http://[::1]:1"\nmock = true\ntrial = 2\n',
    )
    limits = {
        name: (shop.caps.max_per_run, shop.caps.max_per_day, shop.caps.trial) for name, shop in config.shops.items()
    }
    assert limits == {
        "demo": (3, None, 5),
        "plain": (500, 2000, 5),
        "mock": (None,) * 3,
        "near": (500, 2000, 5),
        "capped": (None, None, 2),
    }


@pytest.mark.parametrize("host", ["127.0.0.1.example.com", "localhost.example.com", "0.0.0.0", "10.0.0.1", "[::2]"])
def test_a_host_that_only_looks_like_this_machine_is_no_mock_and_needs_https(tmp_path: Path, host: str) -> None:
    with pytest.raises(ConfigError, match="must start with https://"):
        configured(tmp_path, f'{SHOP}base_url = "http://{host}:8808"\n')
    with pytest.raises(ConfigError, match="mock = true is for a base_url on this machine itself"):
        configured(tmp_path, f'{SHOP}base_url = "https://{host}:8808"\nmock = true\n')
    assert configured(tmp_path, f'{SHOP}base_url = "https://{host}:8808"\n').shop("demo").caps.trial == 5


def test_the_platforms_own_address_is_no_mock(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="mock = true is for a base_url on this machine itself"):
        configured(tmp_path, f"{SHOP}mock = true\n")


@pytest.mark.parametrize("url", ["127.0.0.1:80", "ftp://a", "http://", "http://a:b", "http://u:p@a", "http://a/?x"])
def test_what_is_not_the_address_of_a_site_is_refused(tmp_path: Path, url: str) -> None:
    assert "rpa.toml:5  shops.demo.base_url: " in complaint(tmp_path, f'{SHOP}base_url = "{url}"\n')


@pytest.mark.parametrize("name", ["../up", "a b", "", "CON", "lpt1", "x" * 65, "a.b"])
def test_a_shop_name_that_would_not_do_as_a_file_name_is_refused(tmp_path: Path, name: str) -> None:
    assert "rpa.toml:2  shops." in complaint(tmp_path, SHOP.replace("demo", f'"{name}"'))


def test_a_shop_may_have_a_chinese_name(tmp_path: Path) -> None:
    assert configured(tmp_path, SHOP.replace("demo", '"示例小店-1"')).shop("示例小店-1").platform == "pinduoduo"


def test_the_language_is_the_configured_one_else_that_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RPA_LANG", "zh_CN")
    assert configured(tmp_path, SHOP).language is Language.ZH
    assert configured(tmp_path, 'language = "en"\n' + SHOP).language is Language.EN
