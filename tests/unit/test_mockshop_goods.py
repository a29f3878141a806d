"""Goods at the mock: a save stores what the page sends and nothing else, but for what a fault does to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.pinduoduo.goods import DETAIL, LIST, SAVE, as_settings, as_told
from fixtures.mockshop.pinduoduo.page_script import PageScript
from fixtures.mockshop.shop.goods_settings import (
    ACCOUNT_KINDS,
    FIELDS,
    MODES,
    NOTICES,
    PROVINCES,
    TIMES,
    TYPES,
    GoodsSettings,
    as_json,
    from_json,
    settings_at_first,
)
from tests.support.batch_script import logged_in
from tests.support.goods_script import CARDS, OTHER, TOP_UP, read, save

AT_FIRST = settings_at_first(seed=1)
GENERATED = st.builds(
    replace,
    st.sampled_from(list(AT_FIRST.values())),
    title=st.text(min_size=1, max_size=60),
    description=st.text(max_size=200),
    type=st.sampled_from(TYPES),
    delivery=st.sampled_from(MODES),
    time=st.sampled_from(TIMES),
    agreed_days=st.integers(1, 30),
    notices=st.permutations(NOTICES).map(tuple),
    region_limited=st.booleans(),
    provinces=st.lists(st.sampled_from(PROVINCES), unique=True).map(tuple),
    account_input=st.booleans(),
    account_kind=st.sampled_from(ACCOUNT_KINDS),
)


@pytest.fixture(autouse=True)
def _as_before(mock: MockShop) -> Iterator[None]:
    before = mock.truth()["goods"]
    yield
    for goods_id in (CARDS, TOP_UP, OTHER):
        mock.change_goods(goods_id, **before[goods_id])


@given(settings=GENERATED)
def test_what_the_page_is_told_of_an_article_says_all_of_it(settings: GoodsSettings) -> None:
    assert from_json(as_settings(as_told(settings), settings=settings)) == settings
    assert from_json(as_json(settings)) == settings


@given(settings=GENERATED, name=st.sampled_from(FIELDS))
def test_another_value_of_one_field_leaves_all_others(settings: GoodsSettings, name: str) -> None:
    before, after = as_json(settings), as_json(settings.other_value(name))
    assert [each for each in FIELDS if before[each] != after[each]] == [name]


def test_the_same_seed_gives_the_same_goods_and_another_one_others() -> None:
    assert settings_at_first(seed=1) == AT_FIRST
    assert settings_at_first(seed=2) != AT_FIRST
    virtual = [settings for goods_id, settings in AT_FIRST.items() if goods_id.startswith("6888")]
    assert {settings.type for settings in virtual} == {"virtual", "ordinary"}
    assert {settings.delivery for settings in AT_FIRST.values()} == {"manual"}


def test_a_save_stores_what_was_changed_and_nothing_else(mock: MockShop, script: PageScript) -> None:
    before, seen = mock.truth()["goods"], mock.last_event()
    answer = save(script, CARDS, goods_type=15, delivery_mode=1, shipment_limit_second=0, delivery_notice=[3, 1])
    assert answer["result"] == {"goods_id": CARDS, "mall_id": "123456789"}
    wanted = {"type": "virtual", "delivery": "automatic", "time": "immediate", "notices": ["message", "sms"]}
    truth = mock.truth()
    assert truth["goods"] == before | {CARDS: before[CARDS] | wanted}
    told = truth["goods_saves"][-1]
    assert told["changed"] == {name: [before[CARDS][name], value] for name, value in wanted.items()}
    assert (told["goods_id"], told["user"]) == (CARDS, "clerk-1")
    kinds = [event["kind"] for event in mock.events(after=seen) if event["endpoint"] == SAVE]
    assert kinds == ["request", "effect", "answer"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"goods_type": 1, "delivery_mode": 1}, "普通商品不支持自动发货"),
        ({"goods_name": " "}, "标题"),
        ({"region_limit": True, "region_list": []}, "地区"),
        ({"delivery_mode": 7}, "参数错误"),
        ({"delivery_notice": [8]}, "参数错误"),
        ({"region_list": ["火星"]}, "参数错误"),
        ({"buy_limit": "1"}, "参数错误"),
        ({"skus": [{"sku_id": "1"}]}, "参数错误"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    mock: MockShop, script: PageScript, changed: dict[str, object], words: str
) -> None:
    before = mock.truth()["goods"], len(mock.truth()["goods_saves"])
    answer = save(script, CARDS, **changed)
    assert words in answer["errorMsg"]
    assert (mock.truth()["goods"], len(mock.truth()["goods_saves"])) == before


def test_a_field_that_is_missing_is_refused_not_kept(mock: MockShop, script: PageScript) -> None:
    told = read(script, OTHER)
    for name in as_told(AT_FIRST[OTHER]):
        sent = {key: value for key, value in told.items() if key != name}
        assert not script.post(SAVE, sent)["success"], name
    assert script.post(SAVE, told)["success"]


def test_automatic_delivery_needs_the_shops_permission(mock: MockShop, script: PageScript) -> None:
    mock.open_virtual_shipping("in_review")
    assert save(script, CARDS, goods_type=15, delivery_mode=1)["errorMsg"] == "请先开通虚拟发货"
    mock.open_virtual_shipping("opened")
    assert save(script, CARDS, goods_type=15, delivery_mode=1)["success"]


def test_goods_are_listed_page_by_page_and_found_by_their_id(script: PageScript) -> None:
    pages = [script.post(LIST, {"page": page, "size": 10})["result"] for page in (1, 2, 3)]
    ids = [each["goods_id"] for page in pages for each in page["goods_list"]]
    assert ids == list(AT_FIRST)
    assert [page["total"] for page in pages] == [25] * 3
    [found] = script.post(LIST, {"page": 1, "size": 10, "goods_id": TOP_UP})["result"]["goods_list"]
    assert (found["goods_id"], found["mall_id"]) == (TOP_UP, "123456789")
    assert script.post(LIST, {"page": 1, "size": 10, "goods_id": "1"})["result"]["goods_list"] == []
    assert script.post(DETAIL, {"goods_id": "1"})["errorMsg"] == "商品不存在"


def test_a_refused_save_has_the_words_of_its_fault(mock: MockShop, script: PageScript) -> None:
    before = mock.truth()["goods"]
    mock.fault("goods-save-refused", words="今日修改次数已达上限")
    assert save(script, OTHER, buy_limit=7)["errorMsg"] == "今日修改次数已达上限"
    assert mock.truth()["goods"] == before
    assert save(script, OTHER, buy_limit=7)["success"]


def test_a_lost_save_is_answered_and_not_stored(mock: MockShop, script: PageScript) -> None:
    before = mock.truth()["goods"]
    mock.fault("goods-save-lost")
    assert save(script, OTHER, buy_limit=7)["success"]
    assert mock.truth()["goods"] == before
    assert mock.truth()["goods_saves"][-1]["changed"] == {}


@pytest.mark.parametrize("field", ["seven_day_return", "skus", "images", "title"])
def test_a_save_may_store_another_field_as_well(mock: MockShop, script: PageScript, field: str) -> None:
    mock.fault("goods-save-adds", field=field)
    assert save(script, OTHER, buy_limit=7)["success"]
    assert set(mock.truth()["goods_saves"][-1]["changed"]) == {"buy_limit", field}


def test_another_hand_may_change_an_article_between_reading_and_saving(mock: MockShop, script: PageScript) -> None:
    mock.fault("goods-changed", field="title")
    assert save(script, OTHER, buy_limit=7)["success"]
    assert mock.truth()["goods_saves"][-1]["changed"]["title"][1] == AT_FIRST[OTHER].title, "and is overwritten"
    mock.fault("goods-changed", endpoint=DETAIL, field="title")
    assert read(script, OTHER)["goods_name"] == AT_FIRST[OTHER].title + "改"


def test_mistakes_at_the_control_interface_are_explained(mock: MockShop) -> None:
    with pytest.raises(MockError, match="no article 1"):
        mock.change_goods("1", title="x")
    with pytest.raises(MockError, match="Did you mean 'title'"):
        mock.change_goods(CARDS, titel="x")
    with pytest.raises(MockError, match="manual, automatic"):
        mock.change_goods(CARDS, delivery="by hand")
    with pytest.raises(MockError, match="int expected"):
        mock.change_goods(CARDS, buy_limit="3")
    with pytest.raises(MockError, match="Did you mean '月卡'"):
        mock.buy(CARDS, spec="月")
    with pytest.raises(MockError, match="opened"):
        mock.open_virtual_shipping("open")


@pytest.mark.slow
def test_goods_cards_and_deliveries_survive_a_restart(tmp_path: Path) -> None:
    names = ("goods", "goods_saves", "card_stock", "auto_deliveries", "virtual_shipping")
    with MockShop(orders=5, state=tmp_path / "shop.json") as mock:
        save(logged_in(mock), CARDS, goods_type=15, delivery_mode=1, shipment_limit_second=0)
        first, other = mock.buy(CARDS), mock.buy(CARDS)
        mock.fail_delivery(CARDS)
        mock.advance(1)
        mock.fail_delivery(OTHER)
        before, cards = mock.truth(), mock.cards()
    assert {before["orders"][sn]["status"] for sn in (first, other)} == {"pending", "shipped"}
    with MockShop(state=tmp_path / "shop.json") as mock:
        assert {name: mock.truth()[name] for name in names} == {name: before[name] for name in names}
        assert mock.cards() == cards
        mock.change_goods(OTHER, type="virtual", delivery="automatic", time="immediate")
        failing = mock.buy(OTHER)
        mock.advance(1)
        assert mock.order(failing)["status"] == "pending"
