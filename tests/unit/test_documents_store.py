"""A shop's folder of documents."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rpa.documents.store import DocumentStore

ROOT = Path(__file__).parents[2]
KILLS = 8
POSIX = os.name == "posix"


@pytest.fixture
def store(tmp_path: Path) -> DocumentStore:
    return DocumentStore(tmp_path / "documents")


def came(folder: Path, content: bytes = b"orders") -> Path:
    """A file that came."""
    path = folder / "came"
    path.write_bytes(content)
    return path


def files(store: DocumentStore) -> list[str]:
    return sorted(each.relative_to(store.root).as_posix() for each in store.root.rglob("*") if each.is_file())


def test_a_kept_file_is_moved_under_its_name_and_known_by_its_hash(store: DocumentStore) -> None:
    with store.incoming() as folder:
        kept = store.keep(came(folder), folder="notices/2026-03", name="a.xlsx")
        assert list(folder.iterdir()) == []
    assert kept.path == store.root / "notices" / "2026-03" / "a.xlsx"
    assert kept.path.read_bytes() == b"orders"
    assert (kept.sha256, kept.size_bytes) == (hashlib.sha256(b"orders").hexdigest(), 6)
    assert files(store) == ["notices/2026-03/a.xlsx"]


def test_the_same_content_again_is_the_file_that_is_there(store: DocumentStore) -> None:
    with store.incoming() as folder:
        first = store.keep(came(folder), folder="notices", name="a.xlsx")
        assert store.keep(came(folder), folder="notices", name="a.xlsx") == first
        assert list(folder.iterdir()) == []
    assert files(store) == ["notices/a.xlsx"]


def test_a_file_that_is_kept_already_stays(store: DocumentStore) -> None:
    with store.incoming() as folder:
        kept = store.keep(came(folder), folder="notices", name="a.xlsx")
    assert store.keep(kept.path, folder="notices", name="a.xlsx") == kept
    assert kept.path.read_bytes() == b"orders"


def test_another_content_gets_another_name_and_nothing_is_written_over(store: DocumentStore) -> None:
    contents = [b"one", b"two", b"three", b"two"]
    with store.incoming() as folder:
        kept = [store.keep(came(folder, each), folder="notices", name="a.xlsx") for each in contents]
    assert [each.path.name for each in kept] == ["a.xlsx", "a-2.xlsx", "a-3.xlsx", "a-2.xlsx"]
    assert [each.path.read_bytes() for each in kept] == contents


def test_no_name_and_no_folder_leads_out_of_the_store(store: DocumentStore) -> None:
    with store.incoming() as folder:
        kept = [
            store.keep(came(folder, each.encode()), folder=each, name=each)
            for each in ("../..", "/etc/passwd", "C:\\x", ".hidden", "a//b/")
        ]
    assert all(each.path.resolve().is_relative_to(store.root.resolve()) for each in kept)
    assert [each for each in files(store) if each.startswith(".") or "/." in each] == []


@pytest.mark.skipif(not POSIX, reason="Windows has no such modes")
def test_only_the_owner_can_read_what_is_kept(store: DocumentStore) -> None:
    with store.incoming() as folder:
        path = came(folder)
        path.chmod(0o644)
        kept = store.keep(path, folder="notices/2026", name="a.xlsx")
        places = [folder, store.root, kept.path.parent.parent, kept.path.parent]
        assert {stat.S_IMODE(each.stat().st_mode) for each in places} == {0o700}
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


@pytest.mark.skipif(not POSIX, reason="needs links without a special right")
def test_a_link_in_place_of_a_file_is_not_followed(store: DocumentStore, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.xlsx"
    elsewhere.write_bytes(b"orders")
    (store.root / "notices").mkdir()
    (store.root / "notices" / "a.xlsx").symlink_to(elsewhere)
    with store.incoming() as folder:
        assert store.keep(came(folder), folder="notices", name="a.xlsx").path.name == "a-2.xlsx"


def test_a_file_is_whole_while_it_has_its_hash(store: DocumentStore) -> None:
    with store.incoming() as folder:
        kept = store.keep(came(folder), folder="notices", name="a.xlsx")
    assert store.is_whole(kept.path, sha256=kept.sha256)
    kept.path.write_bytes(b"order")
    assert not store.is_whole(kept.path, sha256=kept.sha256)
    kept.path.unlink()
    assert not store.is_whole(kept.path, sha256=kept.sha256)
    assert not store.is_whole(store.root, sha256=kept.sha256)


def test_where_no_links_can_be_made_a_file_is_kept_the_same_way(
    store: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "another file system")

    monkeypatch.setattr(os, "link", refuse)
    contents = [b"one", b"two", b"one"]
    with store.incoming() as folder:
        kept = [store.keep(came(folder, each), folder="notices", name="a.xlsx") for each in contents]
        assert list(folder.iterdir()) == []
    assert [each.path.name for each in kept] == ["a.xlsx", "a-2.xlsx", "a.xlsx"]
    assert [each.path.read_bytes() for each in kept] == contents


def test_what_came_in_is_gone_with_its_block(store: DocumentStore) -> None:
    def fails() -> None:
        with store.incoming() as folder:
            came(folder)
            raise OSError(errno.ENOSPC, "the disk is full")

    with pytest.raises(OSError, match="full"):
        fails()
    assert list(store.root.iterdir()) == []


def test_folders_of_killed_processes_are_swept_and_no_others(store: DocumentStore) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], check=True, capture_output=True)
    left = store.root / f".incoming-{int(gone.stdout)}-abc"
    reused = store.root / f".incoming-{os.getpid()}-abc"
    for each in (left, reused):
        each.mkdir()
        came(each)
    os.utime(reused, (0, 0))
    with store.incoming() as ours:
        DocumentStore(store.root)
        assert ours.exists()
    assert not left.exists()
    assert not reused.exists(), "made before the process that has this number now"


PROGRAM = """
import errno, hashlib, os, random, shutil, sys
from pathlib import Path
from rpa.documents.store import DocumentStore
root, seed, links = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "links"
def refuse(*_, **__):
    raise OSError(errno.EXDEV, "another file system")
def copy(source, target):
    with open(target, "wb") as file:
        for byte in range(0, len(content := Path(source).read_bytes()), 50_000):
            file.write(content[byte : byte + 50_000])
            os.fsync(file.fileno())
if not links:
    os.link, shutil.copyfile = refuse, copy
rng, store = random.Random(seed), DocumentStore(root)
print("ready", flush=True)
while True:
    with store.incoming() as folder:
        body = rng.randbytes(1_000_000)
        path = folder / "came"
        path.write_bytes(hashlib.sha256(body).digest() + body)
        print(store.keep(path, folder="notices", name="a.bin").path.name, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("links", ["links", "no links"])
def test_a_process_killed_at_any_moment_leaves_no_part_under_a_name(tmp_path: Path, links: str) -> None:
    root, rng = tmp_path / "documents", random.Random(3)
    told: list[str] = []
    for seed in range(KILLS):
        told += _kept_until_killed(root, seed=seed, links=links, rng=rng)
    DocumentStore(root)
    assert not list(root.glob(".incoming-*"))
    names = {path.name: path.read_bytes() for path in (root / "notices").iterdir()}
    assert [name for name, content in names.items() if hashlib.sha256(content[32:]).digest() != content[:32]] == []
    assert set(told) <= names.keys()
    assert len(told) >= KILLS


def _kept_until_killed(root: Path, *, seed: int, links: str, rng: random.Random) -> list[str]:
    """Kill the program somewhere within the time that it takes for a file; the names that it said it had given."""
    command = [sys.executable, "-c", PROGRAM, str(root), str(seed), links]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout
        said = [process.stdout.readline() for _ in range(rng.randint(1, 2))]
        began = time.monotonic()
        said.append(process.stdout.readline())
        moment = time.monotonic() + rng.random() * (time.monotonic() - began)
        while time.monotonic() < moment:
            pass
        process.kill()
        said += process.stdout.readlines()
    return [line.strip() for line in said[1:] if line.endswith("\n")]
