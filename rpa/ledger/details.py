"""Details of actions: the ledger keeps the engine's own in English, and people read them in their language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rpa.language import Language, Text

if TYPE_CHECKING:
    from rpa.ledger.actions import Action

NOT_FOUND: Final = Text(en="it was not found when it was read back", zh="读回核对时没有找到")
ACCEPTED_UNSEEN: Final = Text(en="the site accepted it but does not show it", zh="后台已受理，但没有显示")
_BY_ENGLISH: Final = {text.en: text for text in (NOT_FOUND, ACCEPTED_UNSEEN)}
BETWEEN: Final = "; "
"""Between what was known of an action and what a person answers."""


def in_words(detail: str) -> Text:
    """What is kept as this detail, in both languages; what flows, sites and people say is told as they said it."""
    parts = [_BY_ENGLISH.get(part, Text(en=part, zh=part)) for part in detail.split(BETWEEN)]
    return Text(en=BETWEEN.join(part.en for part in parts), zh=BETWEEN.join(part.zh for part in parts))


def told(action: Action, *, language: Language) -> Action:
    """The action with its detail as people read it."""
    return replace(action, detail=in_words(action.detail).of(language))
