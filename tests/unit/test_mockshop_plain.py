"""The plain layout over HTTP: list, pages, filters, an order's page and its forms."""

from __future__ import annotations

import re
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.pinduoduo import pages
from fixtures.mockshop.pinduoduo.plain import words
from tests.support.plain_pages import CONFIRM, SAVE, SHIP, PlainPages

COLUMNS = [
    *("承诺发货时间", "订单号", "订单状态", "商家备注", "商品信息", "规格", "数量"),
    *("实收金额", "买家", "收货信息", "成交时间", "物流信息", "操作"),
]
NEVER = "260310-000000000000000"


@pytest.fixture(scope="module")
def plain() -> Iterator[MockShop]:
    with MockShop(layout="plain", orders=120) as shop:
        yield shop


@pytest.fixture
def site(plain: MockShop) -> Iterator[PlainPages]:
    """Logged in, with no filter saved; the shop's faults are cleared at the end."""
    site = PlainPages(plain.url)
    site.log_in()
    plain.save_filter("")
    yield site
    plain.clear_faults()


def _pending(mock: MockShop, **wanted: Any) -> list[str]:
    told = {"status": "pending", "audit": False, "after_sale": False, "virtual": False} | wanted
    return [sn for sn, order in mock.truth()["orders"].items() if told.items() <= order.items()]


@pytest.fixture
def sn(plain: MockShop, site: PlainPages) -> str:
    return _pending(plain, remark="", flag="")[0]


def _local(moment: str) -> str:
    return moment[:19].replace("T", " ")


def test_the_list_is_a_table_whose_header_tells_the_columns(plain: MockShop, site: PlainPages) -> None:
    came = site.get("/orders/list?tab=0")
    assert [node.text for node in came.tree.all("th")] == COLUMNS
    assert list(came.orders) == [node.text for node in came.tree.all("td", cls="o-no")]
    truth = plain.truth()["orders"]
    assert len(came.orders) == 20
    for sn, row in came.orders.items():
        order = truth[sn]
        assert row["承诺发货时间"].startswith(_local(order["ship_by"]))
        assert re.findall(r"ID: (\d+)", row["商品信息"]) == [item["goods_id"] for item in order["items"]]
        assert row["规格"] == " ".join(item["spec"] for item in order["items"])
        assert row["数量"] == " ".join(f"×{item['quantity']}" for item in order["items"])
        assert row["实收金额"] == f"{words.yuan(order['amount_fen'])} 元"
        assert (words.audit_in_list({}) in row["订单状态"]) == order["audit"]
        assert ("售后处理中" in row["订单状态"]) == order["after_sale"]
        assert ("发货" in row["操作"].split()) == (order["status"] == "pending")
        assert order["remark"] in row["商家备注"]
        assert (order["tracking_number"] or "") in row["物流信息"]


def test_tabs_and_pages_show_each_order_once(plain: MockShop, site: PlainPages) -> None:
    for tab, states in enumerate((None, {"pending"}, {"shipped", "received"})):
        wanted = {sn for sn, order in plain.truth()["orders"].items() if states is None or order["status"] in states}
        last = -(-len(wanted) // 20)
        came = site.get(f"/orders/list?tab={tab}")
        seen = list(came.orders)
        assert came.paging == f"第 1 / {last} 页 共 {len(wanted)} 条"
        for number in range(2, last + 1):
            came = site.get(came.link("下一页"))
            assert came.paging == f"第 {number} / {last} 页 共 {len(wanted)} 条"
            seen += came.orders
        assert (len(seen), set(seen)) == (len(wanted), wanted)
        again = site.get(came.link("下一页"))
        assert (again.paging, list(again.orders)) == (came.paging, list(came.orders))


def test_a_page_is_cut_to_what_the_site_allows_without_a_word(site: PlainPages) -> None:
    assert len(site.get("/orders/list?tab=0&size=100").orders) == 20
    assert len(site.get("/orders/list?tab=0&size=5").orders) == 5
    for odd in ("size=0", "size=-3", "size=x", "page=0", "page=99", "tab=9", "sort=?"):
        assert site.get(f"/orders/list?{odd}").status == 200


@pytest.mark.slow
def test_how_many_a_page_has_is_the_sites_choice() -> None:
    with MockShop(layout="plain", orders=30, most_a_page=7, saved_filter=f"order:{NEVER}") as mock:
        site = PlainPages(mock.url)
        site.log_in()
        came = site.get("/orders/list?tab=0")
        assert (came.orders, came.paging) == ({}, "第 1 / 1 页 共 0 条")
        assert words.NOTHING in came.html
        came = site.get("/orders/list?tab=0&orderSn=&size=100")
        assert (len(came.orders), came.paging) == (7, "第 1 / 5 页 共 30 条")


def test_sorting_is_a_link_with_a_mark_while_it_is_on(plain: MockShop, site: PlainPages) -> None:
    off = site.get("/orders/list?tab=1")
    on = site.get(off.link("按剩余发货时间排序"))
    marks = [[node.text for node in came.tree.all("a", cls="o-on")] for came in (off, on)]
    assert marks == [["待发货"], ["待发货", "按剩余发货时间排序 ↑"]]
    ship_by = [row["承诺发货时间"][:19] for row in on.orders.values()]
    assert ship_by == sorted(ship_by)
    assert site.get(on.link("下一页")).link("按剩余发货时间排序") == off.link("待发货")
    assert "按剩余发货时间排序" not in site.get("/orders/list?tab=2").html
    assert len(on.orders) == 20


def test_a_saved_filter_is_on_until_the_address_says_otherwise(plain: MockShop, site: PlainPages) -> None:
    goods = plain.order(_pending(plain)[0])["goods_id"]
    truth = plain.truth()["orders"]
    wanted = {sn for sn, order in truth.items() if goods in [item["goods_id"] for item in order["items"]]}
    plain.save_filter(f"goods:{goods}")
    came = site.get("/orders/list?tab=0")
    for again in (came, site.get("/orders/list?tab=0")):
        assert set(again.orders) == wanted
        assert again.paging.endswith(f"共 {len(wanted)} 条")
        assert [node.text for node in again.tree.all("p", cls="o-filter")] == [f"筛选：商品 {goods} 清除筛选"]
    cleared = site.get(came.link("清除筛选"))
    assert urlsplit(cleared.url).query == "tab=0"
    for came in (cleared, site.get("/orders/list?tab=0")):
        assert (came.paging, came.tree.all("p", cls="o-filter")) == ("第 1 / 6 页 共 120 条", [])
    plain.save_filter("goods:抽纸", user="clerk-1")
    assert "筛选：商品 抽纸" in site.get("/orders/list?tab=0").html
    assert "筛选" not in site.get("/orders/list?tab=0&orderSn=&goods=").html
    assert "筛选" not in site.get("/orders/list?tab=0").html


def test_the_last_search_is_remembered_for_the_account(plain: MockShop, site: PlainPages, sn: str) -> None:
    found = site.get(f"/orders/list?tab=0&orderSn={sn}&goods=")
    assert list(found.orders) == [sn]
    assert [f"筛选：订单号 {sn}" in site.get(path).html for path in ("/orders/list?tab=0", "/orders/list?tab=2")] == [
        True,
        True,
    ]
    with pytest.raises(MockError, match="no filter"):
        plain.save_filter("colour:red")


def test_an_orders_page_tells_everything_of_it(plain: MockShop, site: PlainPages) -> None:
    truth = plain.truth()["orders"]
    picked = [next(sn for sn, order in truth.items() if order["status"] == status) for status in ("pending", "shipped")]
    picked += _pending(plain, audit=True)[:1] + _pending(plain, after_sale=True)[:1]
    picked += [next(sn for sn, order in truth.items() if len(order["items"]) > 1)]
    for sn in picked:
        order, came = truth[sn], site.order(sn)
        facts = came.facts
        assert [node.text for node in came.tree.all("b", id="order-sn")] == [sn]
        assert facts["承诺发货时间"] == _local(order["ship_by"])
        assert facts["实收金额"] == f"{words.yuan(order['amount_fen'])} 元"
        assert facts["退款信息"] == ("售后处理中" if order["after_sale"] else "无售后")
        assert facts["收货人"] == ("" if order["audit"] else order["receiver"])
        assert facts["所在地区"].replace(" ", "") == ("" if order["audit"] else order["region"])
        assert facts["详细地址"] == ("" if order["audit"] else order["address"])
        assert order["remark"] in facts["商家备注"]
        goods = [[cell.text for cell in row.all("td")] for row in came.tree.all("table", cls="o-list")[0].all("tr")[1:]]
        assert [(row[0], row[2], row[3], row[5]) for row in goods] == [
            (item["goods_id"], item["spec"], str(item["quantity"]), "虚拟商品" if item["virtual"] else "实物")
            for item in order["items"]
        ]
        assert len(came.tree.all("section", id="ship")) == (order["status"] == "pending")
        assert came.html.count(words.audit_elsewhere({})) == (3 if order["audit"] else 0)
        assert ("disabled" in came.html) == order["audit"]
        if order["tracking_number"]:
            assert order["tracking_number"] in came.html
    assert site.order(NEVER).message == "订单不存在"


def test_the_form_ships_with_the_fields_of_the_classic_dialog(plain: MockShop, site: PlainPages, sn: str) -> None:
    seen = plain.last_event()
    came = site.ships(sn, trackingNumber=" YT1234567890123 ")
    assert (came.message, urlsplit(came.url).path, parse_qs(urlsplit(came.url).query)) == (
        "发货成功",
        "/orders/detail",
        {"sn": [sn]},
    )
    assert came.facts["订单状态"] == "已发货，待收货"
    assert site.order(sn).message == ""
    (sent,) = plain.order(sn)["shipments"]
    told = {name: sent[name] for name in ("courier", "tracking_number", "entry", "held_at_accept", "nth")}
    assert told == {
        "courier": "圆通快递",
        "tracking_number": "YT1234567890123",
        "entry": "dialog",
        "held_at_accept": False,
        "nth": 1,
    }
    written = plain.truth()["writes"][-1] | {"n": 0, "at": ""}
    assert written == {"n": 0, "at": "", "endpoint": SHIP, "order_sn": sn, "effect": True, "outcome": "accepted"}
    assert [event["kind"] for event in plain.events(after=seen) if event["endpoint"] == SHIP] == [
        "request",
        "effect",
        "answer",
    ]


def test_without_logistics_courier_and_number_are_not_looked_at(plain: MockShop, site: PlainPages) -> None:
    (sn, *_) = _pending(plain, virtual=True)
    assert site.order(sn).fields("ship")[1]["how"] == "none"
    came = site.ships(sn, how="none")
    assert (came.message, [sent["entry"] for sent in plain.order(sn)["shipments"]]) == ("发货成功", ["no_logistics"])
    assert "无物流发货" in site.get(f"/orders/list?tab=0&orderSn={sn}").orders[sn]["物流信息"]


def test_what_is_refused_is_refused_in_the_classic_words(plain: MockShop, site: PlainPages, sn: str) -> None:
    assert site.ships(sn, shippingId="").message == "快递公司不存在"
    assert site.ships(sn, trackingNumber="").message == "快递单号格式不正确"
    path, fields = site.filled(sn, "ship", how="express", shippingId="85", trackingNumber="YT1234567890123")
    assert site.send(path, fields | {"order_sn": NEVER}).message == "订单不存在"
    assert plain.order(sn)["shipments"] == []
    assert [write["outcome"] for write in plain.truth()["writes"][-3:]] == ["refused 202", "refused 203", "refused 207"]
    plain.fault("enforce-holds")
    for held, words_of_it in (
        ({"audit": True}, "审核中"),
        ({"after_sale": True}, "售后"),
        ({"status": "closed"}, "待发货"),
    ):
        path, fields = site.filled(sn, "ship", how="none")
        before = plain.order(sn)
        plain.patch(sn, **held)
        assert words_of_it in site.send(path, fields).message
        plain.patch(sn, **{name: before[name] for name in held})
    assert plain.order(sn)["shipments"] == []


def test_a_form_that_no_page_of_this_session_drew_is_refused(plain: MockShop, site: PlainPages, sn: str) -> None:
    path, fields = site.filled(sn, "ship", how="none")
    writes = len(plain.truth()["writes"])
    for wrong in ({"csrf_token": ""}, {"csrf_token": "0.0"}, {"csrf_token": "中"}):
        came = site.send(path, fields | wrong)
        assert (came.status, came.message) == (403, "非法请求")
    assert site.send(path, {}).status == 403
    assert site.send(CONFIRM, {"asks": "ship"}).status == 403
    site.log_in()
    assert site.send(path, fields).status == 403
    assert len(plain.truth()["writes"]) == writes


def test_a_remark_is_saved_with_its_flag_and_lines(plain: MockShop, site: PlainPages, sn: str) -> None:
    text = "\n客户要求周五送 <b>&amp;\n送小票"
    came = site.remarks(sn, text.replace("\n", "\r\n"), flag="GREEN")
    assert (came.message, urlsplit(came.url).query) == ("保存成功", f"sn={sn}")
    assert (plain.order(sn)["remark"], plain.order(sn)["flag"]) == (text, "GREEN")
    save = plain.truth()["remarks"][-1]
    assert (save["order_sn"], save["text"], save["flag"]) == (sn, text, "GREEN")
    (area,) = came.tree.all("textarea")
    assert "".join(map(str, area.children)) == f"\n{text}"
    assert came.fields("remark")[1]["remarkTag"] == "GREEN"
    row = site.get(f"/orders/list?tab=0&orderSn={sn}").tree.all("i", cls="o-green")
    assert [node.attrs["title"] for node in row] == ["绿色旗标"]
    assert site.remarks(sn, "长" * 301).message == "备注不能超过300字"
    assert site.remarks(sn, "x", flag="PINK").message == "参数错误"
    assert site.remarks(sn, "").message == "保存成功"
    assert (plain.order(sn)["remark"], plain.order(sn)["flag"]) == ("", "")


def test_without_a_session_each_page_leads_to_the_log_in_and_back(plain: MockShop, sn: str) -> None:
    stranger = PlainPages(plain.url)
    for path in ("/orders/list?tab=1", f"/orders/detail?sn={sn}"):
        query = parse_qs(urlsplit(stranger.get(path).url).query)
        assert query == {"redirectUrl": [path]}


def test_the_classic_calls_for_orders_are_not_there(plain: MockShop, site: PlainPages) -> None:
    for path in ("/mangkhut/mms/recentOrderList", "/mangkhut/mms/orderDetail", "/pizza/order/noteTag/query"):
        with pytest.raises(urllib.error.HTTPError, match="404") as missing:
            site.post(path, {})
        missing.value.close()
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        site.post(SHIP, {"orderShipRequestList": [{"orderSn": NEVER}], "functionType": 6})
    refused.value.close()
    assert site.post("/mars/app/order/statisticWithType", {})["success"]
    assert SAVE not in {write["endpoint"] for write in plain.truth()["writes"] if write["order_sn"] == NEVER}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("option", "words_of_it"), [("layout", "Known: classic, plain"), ("saved_filter", "no filter")]
)
def test_a_layout_or_filter_that_is_not_known_says_what_is(option: str, words_of_it: str) -> None:
    with pytest.raises(MockError) as refused:
        MockShop(**{option: "fancy"}).start()
    assert words_of_it in " ".join(re.sub("[^ -~]", "", str(refused.value)).split())


def test_the_words_are_those_of_the_classic_pages() -> None:
    static = Path(pages.LOOK) / "static"
    classic = "".join((static / name).read_text(encoding="utf-8") for name in ("order_words.js", "order_rows.js"))
    said = {words.audit_in_list({}), words.audit_elsewhere({}), words.HIDDEN, words.NOTHING, "售后处理中", "退款成功"}
    said |= {"待发货", "已发货，待收货", "已签收", "已取消"}
    assert [text for text in said if text not in classic] == []
