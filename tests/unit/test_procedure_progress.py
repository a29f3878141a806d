"""Whether an import comes on: what was told before is no news."""

from __future__ import annotations

from flows.procedure.progress import Progress
from tests.support.import_site import SteadyClock


def test_an_import_that_stands_still_is_seen_though_every_second_answer_is_lost() -> None:
    clock = SteadyClock()
    progress = Progress(clock)
    still = []
    for told in (None, 5, None, 5, 6, None, 6, 5):
        clock.move(10)
        still.append(progress.still_s(told))
    assert still == [10, 0, 10, 20, 0, 10, 20, 30]
