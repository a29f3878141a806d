"""A real browser, driven by element names."""
