"""Orders: the words that all flows share, and how orders are read from a site."""
