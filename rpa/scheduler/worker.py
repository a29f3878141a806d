"""`python -m rpa.scheduler.worker`: one flow, once, in one shop, in the browser of another process.

The request comes as the first line of standard input, which stays open as a leash: "go" when the page is known to the
browser's owner, "stop", or its end when the scheduler is gone. What comes of it goes to standard output.
"""

from __future__ import annotations

from rpa.browser.driver import Driver
from rpa.environment import hold_key
from rpa.plugins import flows
from rpa.scheduler.control_channel import ControlChannel
from rpa.scheduler.processes import Parent
from rpa.stopping import asked_to_stop


def main() -> None:
    """Do the one request that comes, and say what came of it."""
    parent = Parent()
    request = parent.said.get()
    if request is None:
        return
    hold_key(request.pop("key", ""))
    leash = ControlChannel(parent, stop_within_s=request["stop_within_s"])
    driver = Driver.started_while(_import_all)
    try:
        from rpa.scheduler.worker_run import done

        with asked_to_stop() as signalled:
            parent.tell(
                done(request, leash, playwright=driver.playwright, stopping=lambda: leash.stopping() or signalled())
            )
    finally:
        driver.stop()


def _import_all() -> None:
    """What a run needs, while the driver starts."""
    import rpa.scheduler.worker_run  # noqa: F401
    from rpa.runner.preload import import_ahead

    flows()
    import_ahead()


if __name__ == "__main__":
    main()
