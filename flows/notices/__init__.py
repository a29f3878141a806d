"""Notices of the platform (站内信): what they are, what they say about orders, and which of them are saved."""
