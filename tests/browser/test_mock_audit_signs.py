"""Where the mock's pages tell of an audit, and in which words."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.clerk_by_hand import Clerk

pytestmark = pytest.mark.slow

_OLD = "订单审核中，本审核提示消失后，可正常发货"
_NEW = "此订单需要平台人工审核，请暂时不要发货"


@pytest.mark.parametrize(("words", "shown"), [("old", [_OLD]), ("new", [_NEW]), ("both", [_OLD, _NEW])])
def test_list_detail_receiver_and_dialog_tell_of_an_audit_and_hide_the_address(
    clerk: Clerk, words: str, shown: list[str]
) -> None:
    sn = clerk.an_order(audit=True)
    clerk.shop.fault("audit-wording", words=words)
    row = clerk.search(sn)
    for text in shown:
        expect(row.get_by_text(text)).to_have_count(1)
    assert clerk.read_rows()[0]["audit"] == "set"
    row.get_by_role("button", name="发货").click()
    for text in shown:
        expect(clerk.dialog.get_by_text(text)).to_have_count(1)
    expect(clerk.confirm).to_be_disabled()
    clerk.goto("order_detail", order_sn=sn)
    for text in shown:
        expect(clerk.page.get_by_text(text)).to_have_count(2)
    address = clerk.page.locator("[class*=order-detail_address]")
    expect(address).to_have_text("")
    assert clerk.shop.order(sn)["address"]


def test_an_audit_told_under_the_other_name_is_shown_like_any(clerk: Clerk) -> None:
    clerk.shop.fault("risk-field")
    sn = clerk.an_order(audit=True)
    expect(clerk.search(sn).get_by_text(_NEW)).to_have_count(1)
