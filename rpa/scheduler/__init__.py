"""Runs at their time, in worker processes: what is due is started, what ended is recorded."""
