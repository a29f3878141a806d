"""One shop whose file has a mistake, or that is there twice, holds back no other shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpa.config import Config
from rpa.errors import ConfigError
from rpa.plugins import load_config

GOOD = 'platform = "pinduoduo"\nmall_id = "{mall_id}"\n'
SOUTH = '[[schedule]]\nflow = "ship"\nevery = "1h"\nshops = ["@south"]\n'


def saved(folder: Path, text: str = "", **files: str | bytes) -> Path:
    """rpa.toml with the shop demo, and these files of shops."""
    (folder / "shops").mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / "shops" / f"{name}.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path = folder / "rpa.toml"
    path.write_text(f"[shops.demo]\n{GOOD.format(mall_id=1)}{text}", encoding="utf-8")
    return path


def read(folder: Path, text: str = "", **files: str | bytes) -> Config:
    return load_config(saved(folder, text, **files))


def broken(config: Config) -> dict[str, str]:
    return {name: shop.summary for name, shop in config.broken.items()}


def meant(config: Config, *names: str) -> list[str]:
    return [shop.name for shop in config.meant(names)]


def test_each_broken_file_is_told_with_its_line_and_the_other_shops_work(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        west=GOOD.format(mall_id=2),
        east=GOOD.format(mall_id=3) + 'name = "East"\nliv = true\ngroups = ["@a"]\n',
        CON=GOOD.format(mall_id=4),
        lake="platform = \n",
    )
    assert list(config.shops) == ["demo", "west"]
    assert config.shop("west").mall_id == "2"
    assert broken(config) == {
        "CON": "CON.toml:1  is a device's name on Windows; choose another; the shop's name is this file's",
        "east": "east.toml:3  name: the shop's name is this file's; use \"mall_name\"; "
        'east.toml:4  liv: unknown key; did you mean "live"?; '
        "east.toml:5  groups.0: a group's name has letters, digits, _ - or Chinese characters, without @; not '@a'",
        "lake": "lake.toml:1  Invalid value",
    }


def test_a_mistake_in_rpa_toml_holds_back_all_and_is_told_with_those_of_the_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, "[scheduler]\nworkers = 0\n", east="liv = true\n")
    for begin in ("rpa.toml:5  scheduler.workers", "east.toml:1  liv"):
        assert f"\n  {begin}" in str(caught.value)


def test_a_command_for_a_broken_shop_refuses_and_one_for_others_goes_on(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        west=GOOD.format(mall_id=2) + 'groups = ["south"]\n',
        east=GOOD.format(mall_id=3) + 'groups = ["south"]\nliv = true\n',
        lake="platform = \n",
    )
    assert [shop.name for shop in config.chosen(["west", "demo"])] == ["demo", "west"]
    for named in (["east"], ["demo", "@south"], []):
        with pytest.raises(ConfigError, match=r"east\.toml:4  liv"):
            config.chosen(named)
    with pytest.raises(ConfigError, match=r"east cannot be used until(.|\n)*east\.toml:4  liv"):
        config.shop("east")
    with pytest.raises(ConfigError, match=r'has no shop "eats"; did you mean "east"'):
        config.shop("eats")
    with pytest.raises(ConfigError, match=r"2 shops cannot be used(.|\n)*liv(.|\n)*lake\.toml:1"):
        config.chosen([])


def test_a_broken_shop_stays_in_its_groups(tmp_path: Path) -> None:
    """Its entry of the schedule still wants it, and rpa.toml, which names the group, has no mistake."""
    for mistake in ("liv = true\n", "login = “clerk”\n"):
        config = read(tmp_path, SOUTH, east=GOOD.format(mall_id=3) + 'groups = ["south"]\n' + mistake)
        assert meant(config, "@south") == ["east"], mistake
        with pytest.raises(ConfigError, match='has no group "@soth"'):
            config.meant(["@soth"])


@pytest.mark.parametrize("left", ["", 'groups = ["south",\n', 'groups = ["south\n'])
def test_a_broken_shop_whose_groups_cannot_be_told_may_be_in_any(tmp_path: Path, left: str) -> None:
    config = read(tmp_path, SOUTH, east=left)
    assert meant(config, "@south") == ["east"]
    assert meant(config, "demo") == ["demo"]


def test_of_two_shops_that_are_one_at_the_site_neither_is_used(tmp_path: Path) -> None:
    """They would not know of each other's shipments, nor of each other's holds."""
    files = {name: GOOD.format(mall_id=9) for name in ("east", "west")}
    config = read(tmp_path, "[shops.lake]\n" + GOOD.format(mall_id=1), **files, north=GOOD.format(mall_id=5))
    assert list(config.shops) == ["north"]
    assert set(broken(config)) == {"demo", "lake", "east", "west"}
    assert broken(config)["east"] == broken(config)["west"]
    assert broken(config)["west"].startswith(
        "east and west are one shop of pinduoduo: shops/east.toml and shops/west.toml have mall_id 9. Keep one of"
    )
    assert "rpa.toml [shops.demo] and rpa.toml [shops.lake] have mall_id 1" in broken(config)["demo"]

    elsewhere = files["west"] + 'base_url = "http://127.0.0.1:1"\n'
    assert list(read(tmp_path, **{**files, "west": elsewhere}).shops) == ["demo", "east", "north", "west"]


def test_a_shop_that_is_in_rpa_toml_and_in_a_file_is_not_used(tmp_path: Path) -> None:
    config = read(tmp_path, demo=GOOD.format(mall_id=2), west=GOOD.format(mall_id=3))
    assert list(config.shops) == ["west"]
    assert broken(config) == {
        "demo": "rpa.toml [shops.demo] and shops/demo.toml are the same shop. Keep one of the two."
    }


def test_two_names_must_differ_in_more_than_capitals(tmp_path: Path) -> None:
    config = read(tmp_path, Demo=GOOD.format(mall_id=2), west=GOOD.format(mall_id=3))
    assert list(config.shops) == ["west"]
    assert set(broken(config)) == {"demo", "Demo"}
    assert broken(config)["demo"].startswith("rpa.toml [shops.demo] and shops/Demo.toml differ in capitals only")


def test_what_can_be_read_of_a_broken_shop_is_known(tmp_path: Path) -> None:
    said = 'live = true\nmall_name = "East"\nlogin = “x”\n'
    shop = read(tmp_path, east=GOOD.format(mall_id=3) + said).broken["east"]
    assert (shop.place, shop.live, shop.mall_name, shop.whole) == ("shops/east.toml", True, "East", False)
    gbk = (GOOD.format(mall_id=3) + 'mall_name = "东"\n').encode("gb18030")
    assert read(tmp_path, east=gbk).broken["east"].mall_name == "东"
