"""The mock's 客服平台 looks and behaves as the site's is known to, its faults included."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.support.clerk_by_hand import Clerk

pytestmark = pytest.mark.slow

TEXT = "您好，卡密：ABCD-1234-EFGH，请查收"
SEND = "/plateau/chat/send_message"
PAGE = "/chat-merchant/index.html"


@pytest.fixture
def sn(clerk: Clerk) -> Iterator[str]:
    """An order whose buyer nobody has sent anything to; the account is online."""
    truth = clerk.shop.truth()
    talked = {message["buyer"] for message in truth["messages"]}
    yield next(sn for sn, order in truth["orders"].items() if order["buyer"] not in talked)
    clerk.shop.chat_online(online=True)


def window(clerk: Clerk) -> Locator:
    return clerk.page.locator('[class*="chat_window"]')


def current(clerk: Clerk) -> Locator:
    return clerk.page.locator('[class*="chat-order_current"] [class*="chat-order_sn"]')


def editor(clerk: Clerk) -> Locator:
    return clerk.page.locator("textarea#replyTextarea")


def sent(clerk: Clerk, text: str = TEXT) -> Locator:
    """The messages of the seller with this text that the history shows."""
    return clerk.page.locator("#msgListContainer .cs-item", has_text=text)


def open_chat(clerk: Clerk, sn: str) -> None:
    """The window of this order's buyer, loaded."""
    clerk.page.goto(f"{PAGE}?orderSn={sn}")
    expect(editor(clerk)).to_be_enabled()


def send(clerk: Clerk, text: str = TEXT) -> None:
    editor(clerk).fill(text)
    clerk.page.locator(".reply-footer .send-btn button").click()


def texts(clerk: Clerk, sn: str) -> list[str]:
    return [message["text"] for message in clerk.shop.messages(sn)]


def test_the_link_of_an_order_opens_its_buyers_window(clerk: Clerk, sn: str) -> None:
    clerk.goto("order_detail", order_sn=sn)
    with clerk.page.expect_popup() as opened:
        clerk.page.get_by_role("link", name="联系买家").click()
    chat = Clerk(page=opened.value, shop=clerk.shop, profile=clerk.profile)
    expect(current(chat)).to_have_text(sn)
    expect(window(chat)).to_have_attribute("data-uid", clerk.shop.order(sn)["buyer"])
    expect(window(chat)).to_have_attribute("aria-busy", "false")
    expect(chat.page).to_have_title("客服平台 - 商家后台")
    chat.page.close()


def test_the_row_of_an_order_and_the_header_lead_to_the_chat(clerk: Clerk, sn: str) -> None:
    clerk.goto("orders_pending")
    link = clerk.page.get_by_role("link", name="联系买家").first
    expect(link).to_have_attribute("href", re.compile(r"/chat-merchant/index.html\?orderSn=26"))
    clerk.page.get_by_role("link", name="客服平台").click()
    expect(editor(clerk)).to_be_disabled()
    clerk.shop.buyer_writes(sn, "在吗")
    clerk.page.locator(f'[data-random^="{clerk.shop.order(sn)["buyer"]}-"]').click()
    expect(current(clerk)).to_have_text(sn)
    expect(clerk.page.locator(".buyer-item", has_text="在吗")).to_be_visible()


def test_a_message_goes_out_and_its_receipt_comes_later(clerk: Clerk, sn: str) -> None:
    open_chat(clerk, sn)
    button = clerk.page.get_by_role("button", name="发送", exact=True)
    expect(button).to_be_disabled()
    expect(editor(clerk)).to_have_attribute("maxlength", "500")
    editor(clerk).fill("长" * 12)
    expect(clerk.page.locator('[class*="chat_count"]')).to_have_text("12/500")
    held = clerk.shop.fault("freeze", endpoint=SEND)
    send(clerk)
    expect(sent(clerk)).to_contain_text("发送中")
    expect(editor(clerk)).to_be_disabled()
    clerk.shop.let_go(held)
    expect(sent(clerk).last).to_contain_text("已送达")
    expect(sent(clerk)).to_have_count(1)
    expect(editor(clerk)).to_have_value("")
    assert texts(clerk, sn) == [TEXT]


def test_enter_sends_and_shift_enter_does_not(clerk: Clerk, sn: str) -> None:
    open_chat(clerk, sn)
    editor(clerk).press_sequentially("一")
    editor(clerk).press("Shift+Enter")
    editor(clerk).press_sequentially("二")
    editor(clerk).press("Enter")
    expect(sent(clerk, "一")).to_contain_text("已送达")
    assert texts(clerk, sn) == ["一\n二"]


def test_older_messages_come_above_and_newer_ones_below(clerk: Clerk, sn: str) -> None:
    for n in range(30):
        clerk.shop.buyer_writes(sn, f"第{n}句")
    open_chat(clerk, sn)
    lines = clerk.page.locator("#msgListContainer .msg-content-box")
    expect(lines).to_have_count(20)
    expect(lines.last).to_have_text("第29句")
    expect(lines.last).to_be_in_viewport()
    clerk.page.get_by_text("查看更多历史消息").click()
    expect(lines.filter(has_text="第0句")).to_have_count(1)
    clerk.shop.buyer_writes(sn, "最新一句")
    expect(lines.last).to_have_text("最新一句")
    expect(lines.filter(has_text="第0句")).to_have_count(1)


def test_the_side_panel_lists_the_buyers_orders_and_changes_the_current_one(clerk: Clerk, sn: str) -> None:
    other = next(each for each in clerk.shop.truth()["orders"] if each != sn)
    clerk.shop.same_buyer(other, of=sn)
    open_chat(clerk, sn)
    expect(current(clerk)).to_have_text(sn)
    clerk.page.locator(f'[data-choose="{other}"]').click()
    expect(current(clerk)).to_have_text(other)
    expect(clerk.page.locator('[class*="chat_orderSn"]')).to_have_text(other)
    send(clerk, "关于另一单")
    expect(sent(clerk, "关于另一单")).to_contain_text("已送达")
    assert texts(clerk, other)[-1] == "关于另一单"


@pytest.mark.parametrize(
    ("fault", "args", "words"),
    [
        ("chat-forbidden", {}, "该消息包含违规内容"),
        ("rate-limited", {"code": 206}, "发送太频繁"),
        ("rate-limited", {}, "操作太过频繁"),
        ("error-before", {}, "网络异常"),
    ],
)
def test_a_refused_message_stays_in_the_editor(
    clerk: Clerk, sn: str, fault: str, args: dict[str, int], words: str
) -> None:
    open_chat(clerk, sn)
    clerk.shop.fault(fault, endpoint=SEND, **args)
    send(clerk)
    expect(window(clerk).get_by_role("alert")).to_contain_text(words)
    expect(sent(clerk)).to_contain_text("发送失败")
    expect(editor(clerk)).to_have_value(TEXT)
    assert texts(clerk, sn) == []
    clerk.page.reload()
    expect(editor(clerk)).to_be_enabled()
    expect(sent(clerk)).to_have_count(0)


def test_an_answer_that_is_lost_leaves_a_failure_beside_the_message_itself(clerk: Clerk, sn: str) -> None:
    open_chat(clerk, sn)
    clerk.shop.fault("error-after", endpoint=SEND)
    send(clerk)
    expect(sent(clerk)).to_have_count(2)
    expect(sent(clerk).filter(has_text="发送失败")).to_have_count(1)
    expect(sent(clerk).filter(has_text="已送达")).to_have_count(1)
    assert texts(clerk, sn) == [TEXT]


def test_a_lost_message_is_told_as_sent_and_never_seen(clerk: Clerk, sn: str) -> None:
    open_chat(clerk, sn)
    clerk.shop.fault("chat-lost")
    send(clerk)
    expect(clerk.page.get_by_text("发送成功").last).to_be_visible()
    expect(sent(clerk)).to_have_count(0)
    assert [message["delivered"] for message in clerk.shop.messages(sn)] == [False]


def test_an_account_that_goes_offline_takes_no_text(clerk: Clerk, sn: str) -> None:
    open_chat(clerk, sn)
    clerk.shop.chat_online(online=False)
    expect(clerk.page.get_by_text("客服不在线，暂时不能发送消息")).to_be_visible()
    expect(editor(clerk)).to_be_disabled()
    clerk.shop.chat_online(online=True)
    expect(editor(clerk)).to_be_enabled()


def test_the_link_may_open_another_buyers_window(clerk: Clerk, sn: str) -> None:
    clerk.shop.fault("chat-wrong-buyer")
    open_chat(clerk, sn)
    expect(window(clerk)).not_to_have_attribute("data-uid", clerk.shop.order(sn)["buyer"])
    expect(clerk.page.locator(f'[data-order-sn="{sn}"]')).to_have_count(0)


def test_another_buyer_takes_the_window_and_the_text_stays_in_it(clerk: Clerk, sn: str) -> None:
    open_chat(clerk, sn)
    clerk.shop.fault("chat-switched")
    editor(clerk).fill(TEXT)
    expect(window(clerk)).not_to_have_attribute("data-uid", clerk.shop.order(sn)["buyer"])
    expect(clerk.page.locator(f'[data-order-sn="{sn}"]')).to_have_count(0)
    expect(editor(clerk)).to_have_value(TEXT)
    clerk.page.locator(".send-btn button").click()
    expect(sent(clerk)).to_contain_text("已送达")
    assert texts(clerk, sn) == []
    assert clerk.shop.messages()[-1]["buyer"] != clerk.shop.order(sn)["buyer"]


def test_the_second_confirmation_stands_between_click_and_message(clerk: Clerk, sn: str) -> None:
    clerk.shop.fault("second-confirmation")
    open_chat(clerk, sn)
    send(clerk)
    asked = clerk.page.get_by_role("dialog", name="提示")
    asked.get_by_role("button", name="取消").click()
    expect(editor(clerk)).to_have_value(TEXT)
    assert texts(clerk, sn) == []
    send(clerk)
    asked.get_by_role("button", name="继续发送").click()
    expect(sent(clerk)).to_contain_text("已送达")
    assert texts(clerk, sn) == [TEXT]


def test_what_a_buyer_writes_is_text_and_no_markup(clerk: Clerk, sn: str) -> None:
    clerk.shop.buyer_writes(sn, "<b>在吗</b>")
    open_chat(clerk, sn)
    expect(clerk.page.locator(".buyer-item .msg-content-box").last).to_have_text("<b>在吗</b>")
