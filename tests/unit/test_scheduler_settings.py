"""What a person changes in rpa.toml while the scheduler runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rpa.config import Config
from rpa.errors import ConfigError
from rpa.plugins import load_config
from rpa.scheduler.settings import LiveConfig

SHOP = 'platform = "pinduoduo"\nbase_url = "http://127.0.0.1:9"\nmall_id = "2"\n'


class Files:
    """rpa.toml and a shop's own file, as a person saves them."""

    def __init__(self, folder: Path) -> None:
        self.rpa_toml, self.alone = folder / "rpa.toml", folder / "shops" / "alone.toml"
        self.alone.parent.mkdir()
        self._saved = 0
        self.save(self.rpa_toml, f"[shops.demo]\n{SHOP}".replace('"2"', '"1"'))

    def save(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        self._saved += 1
        # A disk whose times are coarse shows two quick changes as one.
        os.utime(path, ns=(self._saved * 10**9,) * 2)


def test_what_is_changed_counts_once_it_is_whole_and_a_mistake_counts_never(tmp_path: Path) -> None:
    files, heard = Files(tmp_path), list[Config]()
    settings = LiveConfig(files.rpa_toml)
    settings.heeded_by(heard.append)
    settings.keep_up()
    assert (heard, settings.in_doubt) == ([], False)

    files.save(files.alone, SHOP)
    settings.keep_up()
    assert (heard, settings.in_doubt) == ([], True), "somebody may still be writing"
    settings.keep_up()
    assert ([list(each.shops) for each in heard], settings.in_doubt) == ([["demo", "alone"]], False)

    files.save(files.rpa_toml, f'zettle = "1"\n[shops.demo]\n{SHOP}')
    settings.keep_up()
    for _ in range(2):
        with pytest.raises(ConfigError, match="zettle"):
            settings.keep_up()
    assert (len(heard), settings.in_doubt, list(settings.current.shops)) == (1, True, ["demo", "alone"])

    files.alone.unlink()
    files.save(files.rpa_toml, f"[shops.demo]\n{SHOP}")
    with pytest.raises(ConfigError):
        settings.keep_up()
    settings.keep_up()
    assert ([list(each.shops) for each in heard][1:], settings.in_doubt) == ([["demo"]], False)


def test_a_mistake_in_a_shops_own_file_counts_for_that_shop_alone(tmp_path: Path) -> None:
    files, heard = Files(tmp_path), list[Config]()
    settings = LiveConfig(files.rpa_toml)
    settings.heeded_by(heard.append)
    for text in (SHOP + 'zettle = "1"\n', SHOP):
        files.save(files.alone, text)
        settings.keep_up()
        settings.keep_up()
        assert not settings.in_doubt
    assert [(list(each.shops), list(each.broken)) for each in heard] == [(["demo"], ["alone"]), (["demo", "alone"], [])]


def test_files_that_never_stay_the_same_are_read_at_last(tmp_path: Path) -> None:
    files, heard = Files(tmp_path), list[Config]()
    settings = LiveConfig(files.rpa_toml)
    settings.heeded_by(heard.append)
    for _ in range(40):
        files.save(files.alone, SHOP)
        settings.keep_up()
    assert heard


def test_who_could_not_heed_a_change_is_told_again(tmp_path: Path) -> None:
    files, heard = Files(tmp_path), list[Config]()

    def fail_once(config: Config) -> None:
        heard.append(config)
        if len(heard) == 1:
            raise OSError("The ledger is locked.")

    settings = LiveConfig(files.rpa_toml)
    settings.heeded_by(fail_once)
    files.save(files.alone, SHOP)
    settings.keep_up()
    with pytest.raises(OSError, match="locked"):
        settings.keep_up()
    settings.keep_up()
    settings.keep_up()
    assert len(heard) == 2


def test_what_is_saved_while_the_scheduler_starts_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, heard = Files(tmp_path), list[Config]()

    def load_and_save(path: Path) -> Config:
        read = load_config(path)
        files.save(files.alone, SHOP)
        return read

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("rpa.scheduler.settings.load_config", load_and_save)
        settings = LiveConfig(files.rpa_toml)
    settings.heeded_by(heard.append)
    settings.keep_up()
    settings.keep_up()
    assert [list(each.shops) for each in heard] == [["demo", "alone"]]
