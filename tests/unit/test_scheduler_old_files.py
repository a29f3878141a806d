"""Files beside those of orders and runs: which of them are removed in time, and which never are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.shipping.evidence import run_of_package
from rpa.ledger.actions import Intent, LookAt, Seen, State
from rpa.ledger.documents import DocumentState
from rpa.ledger.runs import RunRecord
from rpa.plugins import load_config
from rpa.scheduler.cleanup import Cleanup
from tests.support.monitoring_desk import OverviewDesk, overview_desk
from tests.support.small_report import small_report, small_row

BOTH = "[scheduler]\nevidence_keep_days = 60\nreports_keep_days = 60\nkeep_days = 7\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[OverviewDesk]:
    with overview_desk(tmp_path, more=BOTH) as opened:
        yield opened


def tidy(desk: OverviewDesk, *, days: float = 0) -> None:
    desk.move(hours=days * 24)
    Cleanup(desk.config, ledger=desk.ledger)()


def made(desk: OverviewDesk, *parts: str) -> Path:
    """A file in var, and its folder, as old as the moment."""
    path = desk.config.var.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    for each in (path, path.parent):
        os.utime(each, times=(desk.now().timestamp(),) * 2)
    return path


def uploaded(desk: OverviewDesk, *subjects: str, seen: Seen = Seen.OURS) -> tuple[RunRecord, list[Path]]:
    """A run that shipped these by a file, and the folders of the file and of its template."""
    run = desk.ledger.runs.start("demo", flow="ship-batch")
    actions = desk.ledger.actions.begin(
        run, kind="ship", intents=[Intent(subject=each, payload={}) for each in subjects]
    )
    desk.ledger.actions.settle_many(run, [LookAt(action=each, seen=seen, settled=True) for each in actions])
    desk.ledger.runs.finish(run, state="finished")
    names = [f"demo-{run.id}-1", f"demo-{run.id}-template-dialog"]
    return run, [made(desk, "evidence", "demo", "imports", name, "answer.json").parent for name in names]


def there(*paths: Path) -> list[bool]:
    return [path.exists() for path in paths]


def test_pictures_of_refused_pages_go_with_what_was_told_but_a_reasons_newest_stays(
    tmp_path: Path,
) -> None:
    with overview_desk(tmp_path) as desk:  # nothing but the default of 90 days
        pictures = [
            made(desk, "evidence", "demo", "_page", f"2026031{day}-091500-000-{reason}.jpg")
            for day, reason in ((0, "page_changed"), (1, "page_changed"), (2, "page_changed"), (0, "kicked_out"))
        ]
        tidy(desk, days=89)
        assert there(*pictures) == [True] * 4
        tidy(desk, days=2)
        assert there(*pictures) == [False, False, True, True]


def test_an_import_goes_when_all_its_orders_are_shipped_for_so_long(desk: OverviewDesk) -> None:
    _, idle = uploaded(desk)
    _, over = uploaded(desk, "1", "2")
    _, doubted = uploaded(desk, "3", "4", seen=Seen.UNREADABLE)
    _, held = uploaded(desk, "5", "6")
    desk.ledger.holds.put("demo", subject="6", cause="manual", reason="r", by="Anna")
    tidy(desk, days=59)
    _, recent = uploaded(desk, "7")
    unknown = made(desk, "evidence", "demo", "imports", "demo-20200101-000000-demo-ship-0001-1", "answer.json").parent
    assert there(*idle, *over, *doubted, *held) == [True] * 8
    tidy(desk, days=2)
    assert there(*idle, *over) == [False] * 4
    assert there(*doubted, *held, *recent, unknown) == [True] * 7
    for subject in ("3", "4"):
        desk.ledger.actions.resolve("demo", kind="ship", subject=subject, state=State.DONE, by="Anna", reason="looked")
    tidy(desk, days=59)
    assert there(*doubted, unknown) == [True, True, True], "answered 59 days ago"
    tidy(desk, days=2)
    assert there(*doubted, *held, *recent, unknown) == [False, False, True, True, False, False, True]


def test_the_name_of_an_imports_folder_tells_its_run() -> None:
    run_id = "20260310-091500-north-1-ship-batch-0012"
    for part in ("7", "12", "template-dialog", "template-no_logistics"):
        assert run_of_package(Path(f"north-1-{run_id}-{part}"), shop="north-1") == run_id
    assert run_of_package(Path("elsewhere"), shop="north-1") == ""


def test_the_files_of_a_shop_that_left_go_like_others_but_what_is_in_doubt_stays(desk: OverviewDesk) -> None:
    folders = []
    for subject, seen in (("1", Seen.OURS), (str(small_row(0)["order_sn"]), Seen.OTHER)):
        run = desk.ledger.runs.start("demo", flow="ship")
        [action] = desk.ledger.actions.begin(run, kind="ship", intents=[Intent(subject=subject, payload={})])
        desk.ledger.actions.settle(run, action, seen=seen, settled=True)
        desk.ledger.runs.finish(run, state="finished")
        folders.append(made(desk, "evidence", "demo", subject, "before.jpg").parent)
    desk.ledger.runs.start("demo", flow="ship")  # killed, and nobody will ever find it
    for name, outcome in (("good", "done"), ("doubted", "needs_person")):
        with small_report(desk.config.var, run_id=name) as report:
            report.add(small_row(0, outcome=outcome))
        os.utime(report.folder, times=(desk.now().timestamp(),) * 2)
        folders.append(report.folder)
    login = made(desk, "secrets", "demo.state")
    path = desk.config.path
    path.write_text(path.read_text(encoding="utf-8").replace("[shops.demo]", "[shops.north]"), encoding="utf-8")
    desk.config = load_config(path)
    tidy(desk, days=59)
    assert there(*folders) == [True] * 4
    tidy(desk, days=2)
    assert there(*folders, login) == [False, True, False, True, True]


def test_exported_tables_go_like_reports_but_the_newest_and_those_that_a_hold_names(desk: OverviewDesk) -> None:
    def kept(name: str, kind: str = "export", state: DocumentState = DocumentState.READ) -> Path:
        path = made(desk, "documents", "demo", "exports", f"{name}.xlsx")
        document = desk.ledger.documents.register("demo", kind=kind, name=name, facts={})
        document = desk.ledger.documents.save(document, path=f"exports/{path.name}", sha256=name, size_bytes=1)
        desk.ledger.documents.conclude(document, state=state)
        return path

    over, held = kept("over"), kept("held")
    stuck = kept("stuck")
    stuck.unlink()
    stuck.mkdir()  # it cannot be removed, as one that somebody has open on Windows
    stay = [stuck, kept("notice", kind="notice"), kept("unreadable", state=DocumentState.UNREADABLE), kept("newest")]
    desk.ledger.holds.put("demo", subject="1", cause="export", reason="r", by="Anna", facts={"export": "held"})
    tidy(desk, days=59)
    assert there(over, held, *stay) == [True] * 6
    tidy(desk, days=2)
    assert there(over, held, *stay) == [False] + [True] * 5
    desk.ledger.holds.lift("demo", subject="1", by="Anna")
    tidy(desk, days=1)
    assert there(held, *stay) == [False] + [True] * 4
    assert {each.name for each in desk.ledger.documents.search("demo")} == {"stuck", "notice", "unreadable", "newest"}


def test_half_written_files_and_old_pasted_lines_go_and_nothing_else_of_var(
    desk: OverviewDesk,
) -> None:
    parts = [made(desk, ".heartbeat.json.a1b2c3_d"), made(desk, "secrets", ".demo.state.abcdefgh")]
    pasted = made(desk, "pasted", "20260310-091500-000.csv")
    kept = [
        made(desk, "handover", "demo", "demo-1.xlsx"),
        made(desk, "documents", "demo", "notice", "a.xlsx"),
        made(desk, "pauses", "demo.json"),
        made(desk, "reports", "history-2026-03-10", "history.csv"),
        made(desk, "approvals.json"),
        made(desk, ".gitignore"),
        desk.config.folder / "inbox" / "done" / "a.csv",
    ]
    kept[-1].parent.mkdir(parents=True)
    kept[-1].touch()
    tidy(desk, days=0.9)
    assert there(*parts, pasted) == [True, True, True]
    tidy(desk, days=58)
    assert there(*parts, pasted) == [False, False, True]
    tidy(desk, days=400)
    assert there(pasted, *kept) == [False] + [True] * len(kept)
