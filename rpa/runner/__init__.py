"""Runs: a flow in shops, each with its page, its report and what it leaves for a person."""
