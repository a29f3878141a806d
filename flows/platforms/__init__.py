"""Platforms: what each one can do, and how."""
