"""Any site that is described by its profile alone: what its pages are described to do is done the common way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.orders.api import ReadsOrders
from flows.orders.web import WebOrders
from flows.remarks.api import WritesRemarks
from flows.remarks.page_form import PageRemarks
from flows.shipping.api import ShipsOrders
from flows.shipping.page_form import PageShipping
from flows.shipping.web import WebShipping
from rpa.elements.roles import COMMON
from rpa.platforms import Platform

if TYPE_CHECKING:
    from rpa.elements.profile import Profile


class DialogShipping(WebShipping):
    """Ships through the dialog that the order's row opens, where the profile has one."""

    @staticmethod
    def described_in(profile: Profile) -> bool:
        """Whether this profile has such a dialog."""
        return "ship" in profile.dialogs


BY_PROFILE = Platform(
    name=COMMON,
    can={ReadsOrders: WebOrders, ShipsOrders: (PageShipping, DialogShipping), WritesRemarks: PageRemarks},
)
