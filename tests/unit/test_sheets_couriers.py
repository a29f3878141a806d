"""Couriers of the profile, and mistakes in its tables."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from flows.orders.couriers import CourierTable
from flows.orders.words import SheetProfile, read_sheet_profile

PROFILE = Path(__file__).parents[2] / "selectors" / "pinduoduo.toml"


@pytest.fixture(name="table")
def _table() -> CourierTable:
    return read_sheet_profile(PROFILE).couriers.table


@pytest.fixture(name="tables")
def _tables() -> dict[str, Any]:
    whole = tomllib.loads(PROFILE.read_text(encoding="utf-8"))
    return {name: whole[name] for name in SheetProfile.model_fields}


@pytest.mark.parametrize("written", ["中通快递", "中通", " 中 通 速递", "zto", "ＺＴＯ", "ZhongTong"])
def test_a_courier_is_known_by_all_its_names_whatever_case_and_width(written: str, table: CourierTable) -> None:
    courier = table.named(written)
    assert courier is not None
    assert courier.name == "中通快递"


def test_a_name_that_two_couriers_could_mean_is_not_guessed(table: CourierTable) -> None:
    assert table.named("邮政") is None
    assert set(table.suggest("邮政")) == {"邮政快递包裹", "EMS"}


def test_a_misspelt_courier_is_suggested(table: CourierTable) -> None:
    assert table.suggest("中捅快递")[0] == "中通快递"
    assert table.suggest("shunfen")[0] == "顺丰速运"


def test_only_letters_tell_a_courier_by_its_number(table: CourierTable) -> None:
    told = {number: table.by_prefix(number) for number in ("SF1234567890123", "yt1234567890123", "DPK123456789012")}
    assert [courier and courier.name for courier in told.values()] == ["顺丰速运", "圆通快递", "德邦快递"]
    assert table.by_prefix("73123456789012") is None
    assert table.by_prefix("SF12") is None


def test_an_alias_of_two_couriers_is_a_mistake_of_the_profile(tables: dict[str, Any]) -> None:
    tables["couriers"]["known"][0]["aliases"].append("ｚｔｏ")
    with pytest.raises(ValidationError, match='"ｚｔｏ" names 申通快递 and 中通快递'):
        SheetProfile.model_validate(tables)


def test_a_prefix_of_two_couriers_is_a_mistake_of_the_profile(tables: dict[str, Any]) -> None:
    tables["couriers"]["known"][0]["prefixes"] = ["SFX"]
    with pytest.raises(ValidationError, match='prefix "SFX" of 申通快递 is also 顺丰速运'):
        SheetProfile.model_validate(tables)


def test_what_is_typed_into_the_select_must_find_one_courier(tables: dict[str, Any]) -> None:
    tables["couriers"]["known"][0]["type_in"] = "快递"
    with pytest.raises(ValidationError, match='type_in "快递" of 申通快递 finds 申通快递, 圆通快递'):
        SheetProfile.model_validate(tables)


def test_a_header_word_of_two_fields_is_a_mistake_of_the_profile(tables: dict[str, Any]) -> None:
    tables["sheets"]["courier"].append("运单 号")
    with pytest.raises(ValidationError, match="headers that mean two fields: 运单 号"):
        SheetProfile.model_validate(tables)


def test_a_pattern_that_is_none_is_named(tables: dict[str, Any]) -> None:
    tables["identifiers"]["order_sn"] = "(["
    with pytest.raises(ValidationError, match="not a regular expression"):
        SheetProfile.model_validate(tables)
