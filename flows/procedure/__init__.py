"""Procedure: how any action that cannot be undone is done, on three levels, once for all kinds.

The run (`batch`), the subject (`one_by_one`) or many with one click (`in_bulk`), the page (`on_page`). What is special
about one kind of action it says itself (`kind`); what is special about one site its platform says (`api`).
"""
