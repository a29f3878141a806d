from __future__ import annotations

from pathlib import Path

from loguru import logger

from rpa.log import to_file


def test_a_folder_with_any_name_has_its_log(tmp_path: Path) -> None:
    folder = tmp_path / "店 铺 100% $x [a]{b}{time}" / "log"
    with to_file(folder, shop="demo"):
        logger.debug("said to the file")
    assert [path.name for path in folder.iterdir()] == ["demo.log"]
    assert "said to the file" in (folder / "demo.log").read_text(encoding="utf-8")


def test_a_log_does_not_grow_without_bound_in_a_folder_with_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "店 铺 [a]{b}" / "log"
    folder.mkdir(parents=True)
    for day in range(10, 30):
        (folder / f"demo.2020-01-{day}_08-00-00_000000.log").touch()
    (folder / "other.log").touch()
    with to_file(folder, shop="demo"):
        for _ in range(2):
            logger.debug("x" * 9_000_000)
    kept = [path for path in folder.iterdir() if path.name.startswith("demo")]
    assert len(kept) == 11
    assert max(path.stat().st_size for path in kept) < 10_000_000
    assert (folder / "other.log").exists()
