"""Shops whose file has a mistake: somebody is told of each, and that it is over, once the file is right again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rpa.language import Text
from rpa.ledger.incidents import Severity
from rpa.overview.brokenshops import CAUSE, what_is_wrong

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.ledger import Ledger

_MESSAGE: Final = Text(en="{shop} is {words}", zh="{shop} {words}")


def tell_of_broken(config: Config, ledger: Ledger) -> None:
    """Open an incident for each broken shop, and close those of shops that are broken no more."""
    for shop in config.broken.values():
        words = what_is_wrong(shop).of(config.language)
        message = _MESSAGE.of(config.language).format(shop=shop.name, words=words)
        ledger.incident(shop.name, cause=CAUSE, message=message, severity=Severity.CRITICAL)
    for incident in ledger.open_incidents():
        if incident.cause == CAUSE and incident.shop not in config.broken:
            ledger.close_incident(incident.shop, cause=incident.cause)
