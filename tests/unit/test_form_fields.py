"""Forms as a profile describes them: what is filled in, and what its fields must hold."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from flows.orders.model import How, Shipment
from flows.procedure.form_fields import HELD, Put, refuse_not_held
from flows.remarks.model import Remark
from flows.remarks.words import RemarkWords
from flows.shipping.words import ShippingWords
from rpa.errors import InDoubt, Refused

STEP = {"form": "ship", "confirm": "ship.go", "done": ["Sent"]}
PARCEL = {"fill": "ship.number", "value": "{courier} {tracking_number}"}
SHIPMENT = Shipment(order_sn="1", how=How.DIALOG, courier="DHL", tracking_number="003401")


def shipping(*steps: dict[str, Any]) -> ShippingWords:
    return ShippingWords.model_validate({"steps": list(steps)})


@pytest.mark.parametrize(
    "put",
    [
        {},
        {"fill": "a", "click": "b", "value": "x"},
        {"fill": "a"},
        {"pick": "a"},
        {"click": "a", "value": "x"},
        {"fill": "a", "value": "x", "unheard_of": "y"},
        {"type": "a"},
        {"choose": "a", "field": "b"},
        {"fill": "a", "value": "x", "reads": "y"},
        {"click": "a", "field": "b"},
        {"click_one": {"x": "a"}, "value": "x"},
    ],
)
def test_what_is_filled_in_is_one_thing_and_has_a_value_where_it_takes_one(put: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Put.model_validate(put)


def test_an_empty_value_may_be_wanted() -> None:
    assert Put(fill="a", value="").is_held([""])


@pytest.mark.parametrize(
    ("put", "held", "well"),
    [
        (Put(fill="a", value="x y"), ["x  y "], True),
        (Put(fill="a", value="x"), [], False),
        (Put(fill="a", value="x"), ["xy"], False),
        (Put(select="a", value="DHL"), ["DHL"], True),
        (Put(tick="a"), ["true", "true"], True),
        (Put(tick="a"), ["true", "false"], False),
        (Put(pick="a", value="RED"), ["true"], True),
        (Put(pick="a", value="RED"), ["RED"], False),
        (Put(click="a"), ["false"], False),
        (Put(click="a", field="how", reads="dialog"), ["dialog"], True),
        (Put(type="a", value="中通", field="courier", reads="中通快递"), ["中通快递"], True),
        (Put(type="a", value="中通", field="courier", reads="中通快递"), ["中通"], False),
        (Put(click_one={"RED": "a"}, value="RED", field="flag"), ["RED"], True),
    ],
)
def test_each_field_must_hold_what_was_put_into_it(put: Put, held: list[str], *, well: bool) -> None:
    assert put.is_held(held) is well
    if well:
        refuse_not_held({HELD: {put: held}}, [put])
    else:
        with pytest.raises(InDoubt, match="a reads"):
            refuse_not_held({HELD: {put: held}}, [put])


def test_a_shipment_is_filled_in_by_its_way_and_refused_where_the_form_has_none() -> None:
    [step] = shipping({**STEP, "put": {"dialog": [PARCEL]}}).steps
    assert [put.value for put in step.puts(SHIPMENT)] == ["DHL 003401"]
    with pytest.raises(Refused, match="no way"):
        step.puts(Shipment(order_sn="1", how=How.NO_LOGISTICS))


def test_what_a_person_wrote_is_no_name_to_be_filled_in() -> None:
    put = {"fill": "remark.text", "value": "{text}"}
    [step] = RemarkWords.model_validate({"steps": [{**STEP, "put": [put]}]}).steps
    assert [each.value for each in step.puts(Remark(text="{flag} {x}", flag="RED"))] == ["{flag} {x}"]


@pytest.mark.parametrize("value", ["{receiver}", "{", "{}"])
def test_a_value_that_nobody_knows_is_a_mistake(value: str) -> None:
    with pytest.raises(ValidationError):
        shipping({**STEP, "put": {"dialog": [{"fill": "a", "value": value}]}})


def test_what_a_put_names_is_filled_in_wherever_it_stands() -> None:
    courier = {"type": "a", "value": "{type_in}", "field": "courier", "reads": "{courier}"}
    [step] = shipping({**STEP, "put": {"dialog": [courier]}}).steps
    [put] = step.puts(SHIPMENT, type_in="DH")
    assert (put.value, put.wanted, step.puts(SHIPMENT)[0].value) == ("DH", "DHL", "DHL")
    with pytest.raises(ValidationError, match="receiver"):
        shipping({**STEP, "put": {"dialog": [{**courier, "reads": "{receiver}"}]}})


def test_a_put_names_every_element_that_it_may_use() -> None:
    assert [*Put(choose="a", value="x").elements] == ["a", "a_option"]
    put = Put(click_one={"RED": "red", "BLUE": "blue"}, value="{flag}", field="flag")
    assert [*put.elements] == ["red", "blue"]
    assert put.filled({"flag": "BLUE"}).element == "blue"


@pytest.mark.parametrize(
    ("more", "well"),
    [
        ({"done": [], "answer": "ship"}, True),
        ({"done": []}, False),
        ({"answer": "ship"}, False),
        ({"told": "detail"}, False),
        ({"told": "detail", "open": "row.ship"}, True),
    ],
)
def test_a_step_says_what_proves_it_and_what_brings_its_data(more: dict[str, Any], *, well: bool) -> None:
    step = {**STEP, "put": {"dialog": [PARCEL]}, **more}
    if well:
        shipping(step)
    else:
        with pytest.raises(ValidationError):
            shipping(step)


def test_steps_are_told_apart_and_a_question_has_its_answer() -> None:
    step = {**STEP, "put": {"dialog": [PARCEL]}}
    for steps in ([step, step], [{**step, "part": "a"}, step], [{**step, "question": "asked"}], [{**step, "done": []}]):
        with pytest.raises(ValidationError):
            shipping(*steps)
    words = shipping({**step, "part": "a", "question": "asked", "go_on": "asked.yes"}, {**step, "part": "b"})
    assert words.steps[0].go_on == "asked.yes"


def test_what_a_step_names_is_used_as_it_is_named() -> None:
    choose = {"choose": "ship.place", "value": "here"}
    more = {"open": "row.ship", "told": "detail", "question": "asked", "go_on": "asked.yes"}
    [step] = shipping({**STEP, "put": {"dialog": [PARCEL, choose]}, **more}).steps
    uses = step.uses(step.put[How.DIALOG])
    assert uses.writes == ("row.ship", "ship.number", "ship.place", "ship.place_option")
    assert uses.commits == ("ship.go", "asked.yes")
    assert uses.within == {
        f"dialog:{step.form}": ("ship.number", "ship.place", "ship.go"),
        "dialog:asked": ("asked.yes",),
    }
