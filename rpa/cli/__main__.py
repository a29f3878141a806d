"""`python -m rpa.cli`."""

from __future__ import annotations

from rpa.cli import main

main()
