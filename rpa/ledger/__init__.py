"""The memory of intent: what was tried, on which subject, and how it ended."""
