"""The mock's pages look and behave as the profile says the site does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from rpa.browser.resolve import find
from rpa.elements.values import answer_values, follow
from tests.support.clerk_by_hand import PATIENCE_MS, Clerk

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["home", "orders_all", "orders_pending", "orders_shipped", "order_detail"])
def test_each_page_shows_its_signature(clerk: Clerk, name: str) -> None:
    clerk.goto(name, order_sn=clerk.an_order())
    for sign in clerk.profile.pages[name].signature:
        expect(clerk.element(sign)).to_be_visible()


def test_a_hundred_rows_and_their_answer_tell_the_same_of_every_order(clerk: Clerk) -> None:
    clerk.goto("orders_all")
    clerk.element("orders.page_size").click()
    described = clerk.profile.answers["order_list"]
    with clerk.page.expect_response(lambda answer: described.url in answer.url) as answered:
        clerk.element("orders.page_size_option", value="100").click()
    told = follow(answered.value.json(), described.rows or "")
    expect(clerk.rows).to_have_count(100)
    shown = clerk.read_rows()
    zone = shown[0]["ship_by"].tzinfo
    on_page = {name: described.fields[name] for name in clerk.profile.lists["orders"].fields}
    assert shown == [answer_values(row, on_page, zone=zone) for row in told]
    assert "unreadable" not in repr(shown)


def test_rows_past_twenty_come_a_frame_after_the_table_stops_being_busy(clerk: Clerk) -> None:
    clerk.goto("orders_all")
    clerk.element("orders.page_size").click()
    option = clerk.element("orders.page_size_option", value="50")
    clerk.page.evaluate(
        """([rows, busy]) => {
            window.seen = new Promise((done) => new MutationObserver((_, observer) => {
                if (document.querySelector(busy)) return;
                observer.disconnect();
                done(document.querySelectorAll(rows).length);
            }).observe(document.querySelector('[data-testid="beast-core-table"]'), { attributeFilter: ["aria-busy"] }));
        }""",
        [clerk.profile.lists["orders"].rows, clerk.profile.lists["orders"].busy],
    )
    clerk.page.evaluate("window.requestAnimationFrame = (act) => setTimeout(act, 100)")
    option.click()
    assert clerk.page.evaluate("seen") == 20
    expect(clerk.rows).to_have_count(50)


def test_only_the_last_page_has_no_next_one(clerk: Clerk) -> None:
    clerk.goto("orders_all")
    clerk.element("orders.page_size").click()
    clerk.element("orders.page_size_option", value="100").click()
    expect(clerk.rows).to_have_count(100)
    clerk.element("orders.next").click()
    expect(clerk.rows).to_have_count(30)
    assert find(clerk.page, clerk.profile.element("orders.next")) is None


def test_what_people_wrote_is_shown_as_text_never_run(clerk: Clerk) -> None:
    order_sn = clerk.an_order()
    hostile = "<img src=x onerror=\"document.title='run'\">&amp;'"
    clerk.shop.patch(order_sn, remark=hostile)
    row = clerk.search(order_sn)
    assert [read["remark"] for read in clerk.read_rows()] == [hostile]
    assert row.locator("img").count() == 0


def test_orders_nearest_their_ship_by_time_come_first_when_asked(clerk: Clerk) -> None:
    clerk.goto("orders_pending")
    expect(clerk.rows).to_have_count(20)
    with clerk.page.expect_response("**/recentOrderList"):
        clerk.element("orders.sort_ship_by").click()
    expect(clerk.element("orders.sorted_by_ship_by")).to_be_visible()
    times = [row["ship_by"] for row in clerk.read_rows()]
    assert times == sorted(times)


def test_too_many_calls_are_said_and_the_list_stays(clerk: Clerk) -> None:
    clerk.goto("orders_pending")
    expect(clerk.rows).to_have_count(20)
    before = clerk.read_rows()
    clerk.shop.fault("rate-limited", endpoint="recentOrderList")
    clerk.element("orders.sort_ship_by").click()
    expect(clerk.page.get_by_text(clerk.profile.words["rate_limited"][0])).to_be_visible()
    assert clerk.read_rows() == before


@pytest.mark.parametrize("fault", ["popup-known", "popup-unknown"])
def test_a_popup_closes_by_the_profile_or_is_not_in_it(clerk: Clerk, fault: str) -> None:
    clerk.shop.fault(fault)
    clerk.goto("home")
    allowed = [popup.container for name, popup in clerk.profile.popups.items() if name != "login_tip"]
    known = clerk.page.locator(", ".join(allowed))
    harmful = clerk.page.get_by_role("button", name="立即参加")
    expect(harmful.or_(known).first).to_be_visible()
    assert (known.count() > 0) == (fault == "popup-known")
    if fault == "popup-known":
        known.get_by_role("button").first.click()
        expect(known).to_have_count(0)


def test_home_ignores_clicks_while_it_is_inert(clerk: Clerk) -> None:
    other = clerk.page.context.new_page()
    other.add_init_script("""Object.defineProperty(window, "__MMS_CONF__", {
        set(conf) { this.conf = { ...conf, homeInertMs: 60_000 }; }, get() { return this.conf; } })""")
    other.goto(clerk.profile.pages["home"].path)
    link = other.get_by_role("link", name="订单查询")
    heard = link.evaluate(
        "node => { let heard = false; node.onclick = () => { heard = true; }; node.click(); return heard; }"
    )
    other.close()
    assert not heard


def test_a_page_without_a_session_is_the_login_page_which_refuses_and_challenges(
    clerk: Clerk, chromium: Browser
) -> None:
    with chromium.new_context(base_url=clerk.shop.url, reduced_motion="reduce") as context:
        context.set_default_timeout(PATIENCE_MS)
        stranger = Clerk(page=context.new_page(), shop=clerk.shop, profile=clerk.profile)
        answer = stranger.page.goto(clerk.profile.pages["orders_pending"].path)
        assert answer is not None
        assert (answer.status, "/login/?redirectUrl=" in stranger.page.url) == (200, True)
        stranger.log_in(password="wrong")
        assert stranger.element("login.error").inner_text() in clerk.profile.words["login_wrong"]
        clerk.shop.fault("captcha")
        stranger.element("login.submit").click()
        expect(stranger.element("login.challenge")).to_contain_text("安全验证")


def test_after_a_newer_login_elsewhere_a_modal_offers_to_take_the_session_back(clerk: Clerk) -> None:
    clerk.shop.fault("kicked", endpoint="recentOrderList")
    clerk.goto("orders_pending")
    kicked = clerk.profile.overlays.known["kicked"]
    modal = clerk.page.locator(kicked.container).filter(has_text=kicked.text)
    expect(modal.get_by_role("button", name="退出")).to_be_visible()
    modal.get_by_role("button", name="刷新").click()
    expect(clerk.rows.first).to_be_visible()
    expect(modal).to_have_count(0)


def test_buttons_for_many_orders_ship_nothing_by_themselves(clerk: Clerk) -> None:
    clerk.goto("orders_pending")
    before = clerk.shop.truth()["writes"]
    clerk.page.get_by_role("button", name="批量发货").click()
    expect(clerk.page.get_by_text("暂未开放")).to_be_visible()
    clerk.page.get_by_role("button", name="批量导出").click()
    expect(clerk.page.get_by_role("dialog")).to_contain_text("生成报表")
    assert clerk.shop.truth()["writes"] == before
    assert clerk.shop.truth()["exports"] == []
