"""Sheets that bring tracking numbers, and every other table from outside."""
