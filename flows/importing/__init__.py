"""Shipping by import: the file that goes up, what the site tells of its rows, and what of that is certain."""
