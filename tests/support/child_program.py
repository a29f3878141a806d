"""`python -m tests.support.child_program WHAT`: a child of the scheduler that repeats what it hears, or misbehaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from rpa.scheduler.processes import Parent

_HANGS = "import threading; threading.Event().wait()"


def main() -> None:
    """Do what the only argument says."""
    if sys.argv[1] == "echo":
        parent = Parent()
        heard = parent.said.get() or {}
        parent.tell({"heard": heard})
        raise LookupError(heard["shop"])
    if sys.argv[1] == "orphan":
        # It holds this program's standard error, as a driver does that hangs.
        left = subprocess.Popen([sys.executable, "-c", _HANGS], stdout=subprocess.DEVNULL)
        print(json.dumps({"orphan": left.pid}), flush=True)
        os.kill(os.getpid(), 9)
    print("3\nnull\nno message\n[]", flush=True)
    sys.stderr.write("x" * 5_000_000)
    sys.stderr.flush()
    print(json.dumps({"said": True}), flush=True)
    raise LookupError("The reason.\n[and more of it]")


if __name__ == "__main__":
    main()
