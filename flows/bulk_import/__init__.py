"""Shipping by file: the file that is uploaded, what the site reports of its rows, and what of that is certain."""
