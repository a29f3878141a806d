"""Capability: what a folder of flows adds to the program beside its flows, as one value.

It is found as flows are: discovery looks for values of this kind in the packages that stand below a package of the
entry point group `rpa.flows`. A part is named as "module:name" and imported when it is used, so that naming one costs
`rpa --help` nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a folder of flows adds: each part by its place, "module:name"."""

    name: str
    profile_tables: Mapping[str, str] = field(default_factory=dict)
    """By the name of a table of a selector profile, its pydantic model."""
    shop_settings: tuple[str, ...] = ()
    """Pydantic models of keys that a shop's table in rpa.toml may have."""
    commands: Mapping[str, str] = field(default_factory=dict)
    """By its name (`rpa NAME …`), a function or a `typer.Typer` with commands of its own."""
    alerts: tuple[str, ...] = ()
    """Functions of (config, ledger, shop's name) that give what did not happen in a shop, for the digest."""
    advice: Mapping[str, str] = field(default_factory=dict)
    """By the cause of an incident that it opens, the `Text` that says what to do."""
    background_jobs: Mapping[str, str] = field(default_factory=dict)
    """By its name, a function of (config, ledger) that the scheduler calls every minute beside its runs."""
    passing_documents: tuple[str, ...] = ()
    """Kinds of documents that prove nothing once a newer one was read: old ones are removed."""
    evidence_of_runs: Mapping[str, str] = field(default_factory=dict)
    """By the name of a folder in a shop's evidence, a function that tells which run made one of the folders in it.

    It takes the folder and `shop`, and gives the run's id, or "" when the name does not say.
    """
    delivery_kinds: frozenset[str] = frozenset()
    """Kinds of the ledger's actions that deliver what has a deadline: those that a day's digest counts."""
    kind_words: Mapping[str, str] = field(default_factory=dict)
    """By a kind of the ledger's actions, the `KindWords` that people read of them."""
    starter: tuple[str, ...] = ()
    """`StarterPart` values: what `rpa init` asks and writes for the keys and flows of this capability."""
    after_acceptance: tuple[str, ...] = ()
    """`Text` values: what a person does before the next live run, once a ledger was accepted as it is."""
