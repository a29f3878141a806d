"""Shipping: each order at most once, through the dialog of the list, with intents and read-backs."""
