"""Entries: the ways on which orders go to a site, one by one or many at once, and which order goes on which."""
