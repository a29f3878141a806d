"""Inboxes: folders in which sheets arrive; each is taken in once, and worked on until its rows have ended."""
