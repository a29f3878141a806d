"""`rpa ledger resolve` at a terminal: a person is shown what there is to be seen, and asked."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from rpa.ledger.actions import Seen, State
from rpa.ledger.open_items import Finding
from tests.support.doubts import DONE, DOUBT, ledger, state_of
from tests.support.project import Project
from tests.support.pty_terminal import desktop, terminal, typed

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal is POSIX")]
REASON = "--reason=the order page shows it"


def test_a_person_at_a_terminal_is_shown_the_order_and_asked(kept: Project) -> None:
    picture = kept.folder / "var" / "evidence" / "demo" / DOUBT / "20260310-before.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"jpg")
    with ledger(kept) as opened:
        row = Finding(subject=DOUBT, outcome="needs_person", reason="unknown")
        opened.stand("demo", report="Orders", flow="ship", run_id="r", rows=[row], whole=True)
    run = typed(kept, "ledger", "resolve", "demo", DOUBT, keys="what?\n1\nthe order page shows it\n小王\n", DISPLAY="")
    assert run.returncode == 0, run.stderr
    for shown in (
        "圆通速递 YT0000000000001",
        "[looked] once",
        str(picture),
        f"http://127.0.0.1:9/orders/detail?type=4399&sn={DOUBT}",
    ):
        assert shown in run.stdout
    assert run.stderr.count("What does the site show?") == 2, "an answer that is none is asked for again"
    assert f"{DOUBT} in demo is now “done” (answered by 小王: the order page shows it)" in run.stdout
    assert state_of(kept, DOUBT) == (State.DONE, "[looked] once; the order page shows it", "小王")
    with ledger(kept) as opened:
        assert opened.outstanding("demo") == []


@pytest.mark.parametrize(
    ("given", "said", "state"),
    [(["--not-done"], "", State.DONE), ([], "n", State.DONE), (["--not-done"], "y", State.NOT_DONE)],
)
def test_what_was_proven_is_asked_once_more_before_it_is_reopened(
    kept: Project, given: list[str], said: str, state: State
) -> None:
    keys = f"{said}\n" if given else f"2\n{said}\n"
    run = typed(kept, "ledger", "resolve", "demo", DONE, *given, REASON, "--by=me", keys=keys, DISPLAY="")
    assert run.returncode == 0, run.stderr
    assert "the site showed" in run.stderr
    assert "YT0000000000001" in run.stderr
    assert state_of(kept, DONE)[0] is state


def test_who_cannot_tell_leaves_it_open(kept: Project) -> None:
    run = typed(kept, "ledger", "resolve", "demo", DOUBT, keys="3\n", DISPLAY="", RPA_LANG="zh")
    assert run.returncode == 0, run.stderr
    assert state_of(kept, DOUBT) == (State.UNKNOWN, "[looked] once", "")


def test_on_a_screen_the_pictures_and_the_page_are_opened(kept: Project) -> None:
    folder = kept.folder / "var" / "evidence" / "demo" / DOUBT
    folder.mkdir(parents=True)
    (folder / "after.jpg").write_bytes(b"jpg")
    with desktop(kept.folder / "desktop") as screen:
        run = typed(kept, "ledger", "resolve", "demo", DOUBT, REASON, "--by=me", keys="2\n", **screen.environment)
        assert screen.opened(2) == {str(folder), f"http://127.0.0.1:9/orders/detail?type=4399&sn={DOUBT}"}
    assert "may send it again" in run.stdout
    assert state_of(kept, DOUBT)[0] is State.NOT_DONE


def test_an_answer_to_what_a_run_has_changed_meanwhile_is_refused(kept: Project) -> None:
    asked = ("ledger", "resolve", "demo", DOUBT, REASON, "--by=me")
    with desktop(kept.folder / "desktop") as screen, terminal() as (person, program), ThreadPoolExecutor(1) as pool:
        answering = pool.submit(kept.rpa, *asked, terminal=program, **screen.environment)
        screen.opened(1)
        with ledger(kept) as opened:
            run = opened.start_run("demo", flow="ship")
            [action] = opened.live("demo", kind="ship", subjects=[DOUBT]).values()
            opened.settle(run, action, seen=Seen.OURS, settled=True)
        os.write(person, b"2\n")
        refused = answering.result()
    assert refused.returncode == 2
    assert "A run has looked at" in refused.stderr
    assert state_of(kept, DOUBT)[0] is State.DONE
