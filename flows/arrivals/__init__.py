"""Sheets that arrive in a folder while nobody is there: each taken in once, worked on until its rows have ended."""
