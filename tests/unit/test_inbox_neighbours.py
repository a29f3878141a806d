"""Whoever may write into an inbox brings sheets, and moves the program to nothing else: no link is followed."""

from __future__ import annotations

import os
import stat
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.inbox.deadline import watch_inboxes
from flows.inbox.whole_files import whole_of
from flows.orders.reasons import Reason
from tests.support.inbox_desk import A, ArrivalDesk, B, C, aged, parcel

SHIPPED = {"demo": {A: Reason.SHIPPED, B: Reason.SHIPPED, C: Reason.SHIPPED}}
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes, pipes and links for everybody are POSIX")


@pytest.fixture
def desk(tmp_path: Path) -> ArrivalDesk:
    return ArrivalDesk(tmp_path / "owner")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder to which a neighbour would like to have something moved."""
    made = tmp_path / "elsewhere"
    made.mkdir()
    return made


@pytest.fixture
def umask() -> Iterator[None]:
    """As the program has it."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def put_away(desk: ArrivalDesk) -> list[Path]:
    return sorted(desk.config.var.glob("inbox/*/*"))


def told(desk: ArrivalDesk, *, live: bool = True) -> dict[str, str]:
    return {each.path.name: each.why.en for each in desk.read(live=live).left_alone("demo")}


def test_a_link_in_the_place_of_done_is_not_followed(desk: ArrivalDesk, elsewhere: Path) -> None:
    desk.done.symlink_to(elsewhere, target_is_directory=True)
    desk.drop("evil.py", parcel(A))
    assert desk.run(finds=SHIPPED) == [("demo", A, "shipped")]
    assert list(elsewhere.iterdir()) == []
    assert [path.name[16:] for path in put_away(desk)] == ["evil.py.txt", "evil.py.txt.result.xlsx"]
    desk.done.unlink()
    desk.run()
    assert [line["Outcome"] for line in desk.result("evil.py.txt")] == ["Done"]


def test_a_folder_that_is_swapped_for_a_link_meanwhile_gets_nothing(desk: ArrivalDesk, elsewhere: Path) -> None:
    from rpa.untrusted_folder import FolderRefused, UntrustedFolder

    desk.done.mkdir()
    (desk.inbox / "a.csv").write_text("a")
    (elsewhere / "a.csv").write_text("theirs")
    with UntrustedFolder.opened(desk.inbox) as inbox, inbox.folder("done") as done:
        desk.done.rename(desk.inbox / "was done")
        desk.done.symlink_to(elsewhere)
        inbox.move("a.csv", to=done, name_there="b.csv")
        done.write("a.csv", b"ours")
        assert done.read("a.csv")[0] == b"ours"
        with pytest.raises(FolderRefused, match="is a link"), inbox.folder("done"):
            pass
    assert {path.name: path.read_text() for path in elsewhere.iterdir()} == {"a.csv": "theirs"}
    assert sorted(path.name for path in (desk.inbox / "was done").iterdir()) == ["a.csv", "b.csv"]


def test_a_link_in_the_place_of_a_result_is_replaced_and_not_written_through(
    desk: ArrivalDesk, elsewhere: Path
) -> None:
    victim = elsewhere / "victim"
    victim.write_text("as it was")
    desk.drop("today.csv", parcel(A), parcel(B))
    desk.run(finds={"demo": {A: Reason.SHIPPED}})
    for path in (*desk.done.iterdir(), *(desk.done / f".{path.name}.part" for path in desk.done.iterdir())):
        path.unlink(missing_ok=True)
        path.symlink_to(victim)
    desk.run(finds=SHIPPED)
    assert victim.read_text() == "as it was"
    assert [line["Outcome"] for line in desk.result("today.csv")] == ["Done", "Done"]


@pytest.mark.parametrize("live", [True, False])
def test_what_is_no_file_is_neither_read_nor_moved_nor_waited_for(
    desk: ArrivalDesk, elsewhere: Path, *, live: bool
) -> None:
    secret = elsewhere / "secret.csv"
    secret.write_text(f"订单号,快递公司,快递单号\n{parcel(B)}\n", encoding="utf-8")
    aged(secret, by_s=3600)
    (desk.inbox / "link.csv").symlink_to(secret)
    (desk.inbox / "nowhere.csv").symlink_to(elsewhere / "nothing")
    names = ["link.csv", "nowhere.csv"]
    if sys.platform != "win32":
        os.mkfifo(desk.inbox / "pipe.csv")
        names.append("pipe.csv")
    desk.drop("today.csv", parcel(A))
    left = told(desk, live=live)
    assert sorted(left) == names
    assert all("put the file itself there" in why for why in left.values())
    assert [row.subject for row in desk.rows()] == ([A] if live else [])
    assert secret.exists()
    with desk.ledger() as ledger:
        watch_inboxes(desk.config, ledger)


@posix
def test_results_are_readable_by_who_may_see_the_inbox_and_kept_files_by_nobody_else(
    desk: ArrivalDesk, umask: None
) -> None:
    desk.inbox.chmod(0o2775)
    desk.drop("today.csv", parcel(A))
    desk.run(finds=SHIPPED)
    assert stat.S_IMODE(desk.done.stat().st_mode) == 0o2755
    assert {stat.S_IMODE(path.stat().st_mode) for path in desk.done.iterdir()} == {0o644}
    for folder in (desk.config.var, desk.config.var / "inbox", *desk.config.var.glob("inbox/*")):
        mode = folder.stat().st_mode
        assert not stat.S_ISDIR(mode) or stat.S_IMODE(mode) == 0o700, folder
    desk.inbox.chmod(0o700)
    for path in desk.done.iterdir():
        path.unlink()
    desk.done.rmdir()
    desk.drop("more.csv", parcel(B))
    desk.run(finds=SHIPPED)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (desk.done, *desk.done.iterdir())} == {0o700, 0o600}


def given_to_a_stranger(*paths: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have these belong to another user; who is not root can only have the system say so."""
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, 4321, -1)
        return
    theirs, say = {path.stat().st_ino for path in paths}, os.fstat

    def fstat(number: int) -> os.stat_result:
        found = say(number)
        return os.stat_result((*found[:4], 4321, *found[5:])) if found.st_ino in theirs else found

    monkeypatch.setattr(os, "fstat", fstat)


@posix
@pytest.mark.parametrize("owner", ["stranger", "of the inbox"])
def test_a_done_folder_of_a_stranger_is_not_used(
    desk: ArrivalDesk, monkeypatch: pytest.MonkeyPatch, owner: str
) -> None:
    desk.done.mkdir()
    around = [desk.inbox] if owner == "of the inbox" else []
    given_to_a_stranger(desk.done, *around, monkeypatch=monkeypatch)
    desk.drop("today.csv", parcel(A))
    assert desk.run(finds=SHIPPED) == [("demo", A, "shipped")]
    assert len(list(desk.done.iterdir())) == (2 if owner == "of the inbox" else 0)
    assert len(put_away(desk)) == 2


@posix
def test_an_inbox_that_a_stranger_made_a_link_is_not_used(
    desk: ArrivalDesk, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.inbox.rmdir()
    (elsewhere / "theirs.csv").write_text(f"订单号,快递公司,快递单号\n{parcel(A)}\n", encoding="utf-8")
    aged(elsewhere / "theirs.csv", by_s=3600)
    desk.inbox.symlink_to(elsewhere)
    ours = told(desk, live=False)
    assert ours == {}, "a link that we made is followed"
    if os.geteuid() == 0:
        os.chown(desk.inbox, 4321, -1, follow_symlinks=False)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 4321)
    for live in (False, True):
        assert "is a link that belongs to user" in " ".join(told(desk, live=live).values())
    assert [path.name for path in elsewhere.iterdir()] == ["theirs.csv"]


def test_names_and_endings_are_ones_that_no_program_takes_for_its_own(desk: ArrivalDesk) -> None:
    kept = {
        "sitecustomize.py": "sitecustomize.py.txt",
        "x.pth": "x.pth.txt",
        "a\u202excsv.lnk": "axcsv.lnk.txt",
        "no ending": "no ending",
        "two.tar.gz": "two.tar.gz.txt",
        "OLD.XLS": "OLD.XLS",
        "ab.csv": "ab.csv",
        "今日 发货.csv": "今日 发货.csv",
    }
    for n, name in enumerate(kept):
        desk.drop(name, parcel(f"260310-{n:015d}"))
    desk.run()
    assert desk.put_away() == sorted(kept.values())
    stored = [path.name[16:] for path in put_away(desk)]
    assert sorted(stored) == sorted([*kept.values(), *(f"{name}.result.xlsx" for name in kept.values())])


def test_what_an_earlier_release_put_into_done_is_read_again_and_told_of_as_before(desk: ArrivalDesk) -> None:
    path = _taken_in_by_an_earlier_release(desk)
    assert desk.run(finds={"demo": {A: Reason.SHIPPED}}) == [("demo", A, "shipped")]
    assert [line["Outcome"] for line in desk.result("old.csv")] == ["Done"]
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{parcel(B)}\n")
    aged(path, by_s=100)
    assert desk.run(finds=SHIPPED) == [("demo", B, "shipped")]
    assert sorted(each.name[16:] for each in desk.done.iterdir()) == ["old.csv", "old.csv.result.xlsx"]


def _taken_in_by_an_earlier_release(desk: ArrivalDesk) -> Path:
    from hashlib import sha256

    from flows.inbox.rows import new_row
    from flows.sheets.stability import state

    desk.drop("old.csv", f"{parcel(A)}\n")
    [row] = desk.read(live=False).rows("demo")
    path = desk.done / "20260309-101112-old.csv"
    path.parent.mkdir()
    (desk.inbox / "old.csv").rename(path)
    with desk.ledger() as ledger:
        arrival = ledger.arrive(
            "inbox",
            name="old.csv",
            sha256=sha256(path.read_bytes()).hexdigest(),
            rows=[new_row(row)],
            path="inbox/done/20260309-101112-old.csv",
            facts={"seen": list(state(path) or ())},
        )
        ledger.put_away(arrival)
    return path


SHM = Path("/dev/shm")


@pytest.mark.skipif(not SHM.is_dir(), reason="no second disk is known here")
def test_an_inbox_on_another_disk_is_emptied_too_and_what_comes_late_is_read(tmp_path: Path) -> None:
    import shutil
    import tempfile

    inbox = Path(tempfile.mkdtemp(dir=SHM))
    try:
        desk = ArrivalDesk(tmp_path, settings=f'inbox = "{inbox}"\n')
        desk.inbox.rmdir()
        desk.inbox.symlink_to(inbox)
        with desk.drop("today.csv", f"{parcel(A)}\n").open("a", encoding="utf-8") as upload:
            assert desk.run(finds=SHIPPED) == [("demo", A, "shipped")]
            upload.write(f"{parcel(B)}\n")
        assert [path.name for path in inbox.iterdir()] == ["done"]
        [shown] = desk.done.glob("*.csv")
        aged(shown, by_s=70)
        assert desk.run(finds=SHIPPED) == [("demo", B, "shipped")]
        assert [path.name[16:] for path in put_away(desk)] == ["today.csv", "today.csv.result.xlsx"]
        assert desk.run(finds=SHIPPED) == []
    finally:
        shutil.rmtree(inbox)


def test_many_large_files_are_not_in_memory_together(desk: ArrivalDesk) -> None:
    paths = [desk.drop_bytes(f"{n}.csv", bytes(4 << 20)) for n in range(6)]
    tracemalloc.start()
    try:
        read = sum(1 for _ in whole_of(paths, config=desk.config, quiet_s=0))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read == len(paths)
    assert most < 12 << 20
