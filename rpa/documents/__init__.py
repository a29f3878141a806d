"""Files that a site gave: kept whole, under safe names, never overwritten."""
