"""What a class uses of a profile it says whole, and what a profile lacks is refused by name before any browser."""

from __future__ import annotations

import ast
import functools
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from fixtures.mockshop.pinduoduo.plain.profile import plain_profile
from flows.orders.api import ReadsOrders
from flows.platforms.by_profile import BY_PROFILE
from flows.remarks.api import WritesRemarks
from flows.settings.api import KeepsSettings
from flows.shipping.api import ShipsOrders
from rpa.elements.fields import FieldSpec
from rpa.elements.profile import Profile
from rpa.elements.registry import load_profile, prepared, profile_model, profiles
from rpa.elements.uses import Uses
from rpa.platforms import Platform, uses_of
from rpa.plugins import platform_of, platforms

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = ("lists", "dialogs", "answers")
OTHER_WAY = {
    "ReadsOrders (answer order_list)": "orders are read from their own pages then, for which other things are missing",
    "ShipsOrders (answer order_list)": "the same",
    "WritesRemarks (answer order_list)": "the same",
    "ReadsOrders (list order_parcels)": "a site need not show parcels",
    "WritesRemarks (list order_parcels)": "the same",
    "ReadsSigns (answer order_detail)": "what the page shows is all there is then",
    "ReadsSigns (list order_detail)": "each sign is unreadable then, as an own profile, copied earlier, lacks it",
}
"""Without these a class goes another way, each with why."""
CODE = {
    "ReadsOrders": ("orders/web", "orders/web_page", "orders/web_check"),
    "ReadsSigns": ("orders/web_signs",),
    "ShipsOrders": ("shipping/web", "shipping/web_row", "shipping/step", "shipping/presubmit"),
    "WritesRemarks": ("remarks/web", "remarks/kind", "orders/web"),
    "ExportsOrders": ("exports/web",),
    "ReadsNotices": ("notices/web",),
    "KeepsSettings": ("settings/web", "settings/web_check"),
    "ImportsShipments": ("bulk_import/web", "bulk_import/web_records", "procedure/web_task"),
    "ShipsTicked": ("ticked/web", "ticked/web_tasks", "ticked/row_check", "procedure/web_task"),
}
"""The modules that look at pages for each capability."""
NAMED_BY_TABLE = {"KeepsSettings"}
"""Of these the code names nothing: their profile table does."""
SHARED = ("procedure/web", "procedure/web_form")
WAYS: dict[str, type] = {
    "ShipsOrders": ShipsOrders,
    "WritesRemarks": WritesRemarks,
    "KeepsSettings": KeepsSettings,
}
PLAIN = "plain"
"""The name here of the profile of the mock's plain layout, which tells of no data."""
WHERE_THERE = {"to_ship"}
"""Fields that the code uses only where a profile has them."""
ROLES = ("elements", "writes", "commits", "looks")
"""Where a class says what it does with an element."""
ELEMENTS = ("click", "fill", "present", "text", "disabled", "commit", "check_allowed", "found", "type_and_enter")
CALLS = {
    **dict.fromkeys((*ELEMENTS, "texts", "select", "tick", "holds", "choose", "choose_file"), "elements"),
    **dict.fromkeys(("open", "open_for", "go", "first", "whole", "pages", "_among"), "pages"),
    **dict.fromkeys(("rows", "row", "nth_row", "shows", "shows_empty", "comes_to_rest"), "lists"),
    **dict.fromkeys(("dialog", "question", "dialog_gone"), "dialogs"),
    **dict.fromkeys(("asking", "asked", "answered"), "answers"),
}
"""What the first argument of a method names."""
DONE_BY = {
    **dict.fromkeys(("fill", "type_and_enter", "select", "tick", "pick", "choose_file"), ("writes", "commits")),
    **dict.fromkeys(("commit", "check_allowed"), ("commits",)),
}
"""What is done to an element by a method, and what it must therefore be named among; by others, among any."""
NAMED = {"unless": "elements", "answer": "answers"}
"""The same of arguments that have a name."""


def shipped() -> Iterator[tuple[str, type]]:
    """Each bundled profile and the plain one, with each capability that its platform does with it."""
    for name in (*profiles(), PLAIN):
        platform, profile = chosen(name)
        yield from ((name, each) for each in platform.can if platform.way(each, profile=profile) is not None)


@functools.cache
def chosen(name: str) -> tuple[Platform, Profile]:
    platform = platform_of("pinduoduo" if name == PLAIN else name, folder=None)
    assert platform is not None
    plain = prepared(tomllib.loads(plain_profile()))
    return platform, profile_model().model_validate(plain) if name == PLAIN else load_profile(name)


def used(name: str, capability: type) -> Uses:
    platform, profile = chosen(name)
    way = platform.way(capability, profile=profile)
    assert way is not None
    return uses_of(way, profile=profile)


def without(profile: Profile, group: str, name: str, field: str | None = None) -> Profile:
    """The profile with one thing left out."""
    kept = {key: each for key, each in getattr(profile, group).items() if key != name or field is not None}
    if field is not None:
        fields = {key: each for key, each in kept[name].fields.items() if key != field}
        kept[name] = kept[name].model_copy(update={"fields": fields})
    return profile.model_copy(update={group: kept})


def told_nowhere(profile: Profile, uses: Uses) -> Iterator[tuple[str, Profile]]:
    """What some place must tell, and the profile in which none does."""
    for field, places in uses.told_by.items():
        silent = profile
        for place in places:
            kind, _, name = place.partition(" ")
            silent = without(silent, f"{kind}s", name, field)
        yield f"field {field} of {' or '.join(places)}", silent


def each_left_out(profile: Profile, uses: Uses) -> Iterator[tuple[str, Profile]]:
    """What is used, one after the other, and the profile without it."""
    whole = dict.fromkeys(("pages", *BLOCKS), ()) | {"elements": (*uses.elements, *uses.writes, *uses.commits)}
    for group, names in whole.items():
        for name in names or getattr(uses, group):
            yield f"{group[:-1]} {name}", without(profile, group, name)
    for group in BLOCKS:
        for name, fields in getattr(uses, group).items():
            for field in fields:
                yield f"field {field} of {group[:-1]} {name}", without(profile, group, name, field)
    for key, name in [*(("key", each) for each in uses.named), *(("close", each) for each in uses.closed)]:
        poorer = profile.dialogs[name].model_copy(update={key: None})
        yield f"{key} of dialog {name}", profile.model_copy(update={"dialogs": {**profile.dialogs, name: poorer}})
    for name in uses.counted:
        silent = profile.answers[name].model_copy(update={"total": None})
        yield f"total of answer {name}", profile.model_copy(update={"answers": {**profile.answers, name: silent}})
    for table in uses.tables:
        yield f"table [{table}]", profile.model_copy(update={table: None})
    yield from told_nowhere(profile, uses)
    for names in uses.one_of:
        rest = {key: each for key, each in profile.elements.items() if key not in names}
        yield f"element {' or '.join(names)}", profile.model_copy(update={"elements": rest})


@pytest.mark.parametrize(("name", "capability"), list(shipped()), ids=lambda each: getattr(each, "__name__", each))
def test_each_thing_that_a_profile_lacks_is_refused_by_name(name: str, capability: type) -> None:
    platform, profile = chosen(name)
    assert list(platform.lacking(capability, profile=profile)) == []
    tried = dict(each_left_out(profile, used(name, capability)))
    assert len(tried) > 5
    for thing, poorer in tried.items():
        lacks = [*platform.lacking(capability, profile=poorer)]
        wanted = f"{capability.__name__} ({thing})"
        assert (wanted in lacks) != (wanted in OTHER_WAY), (wanted, lacks)


@pytest.mark.parametrize("block", ["dialog ship", "answer order_detail"])
@pytest.mark.parametrize("platform_name", ["pinduoduo", "douyin"])
def test_a_form_and_its_data_must_tell_the_goods_and_the_signs_that_are_always_told(
    platform_name: str, block: str
) -> None:
    platform, profile = chosen(platform_name)
    kind, _, name = block.partition(" ")
    assert platform.signs >= {"audit", "after_sale"}
    for field in (*platform.signs, "goods_ids", "specs", "quantities"):
        poorer = without(profile, f"{kind}s", name, field)
        assert f"ShipsOrders (field {field} of {block})" in [*platform.lacking(ShipsOrders, profile=poorer)]


def with_a_sign(profile: Profile, list_name: str, field: str) -> Profile:
    """The profile with a sign more in this list."""
    listed = profile.lists[list_name]
    sign = FieldSpec(css="i", map={"yes": "set", "no": "clear"})
    listed = listed.model_copy(update={"fields": {**listed.fields, field: sign}})
    return profile.model_copy(update={"lists": {**profile.lists, list_name: listed}})


@pytest.mark.parametrize(
    ("name", "place", "field", "said"),
    [
        ("oscar", "order_detail", "adress_change", '; did you mean "address_change"?'),
        ("oscar", "order_goods", "refund", ""),
        ("oscar", "order_parcels", "refund", ""),
        ("oscar", "orders", "hold", "; known: "),
        ("douyin", "orders", "hold", "; known: "),
    ],
)
def test_a_sign_that_nothing_would_read_is_refused_with_its_place(name: str, place: str, field: str, said: str) -> None:
    platform, profile = chosen(name)
    [lack] = platform.lacking(ReadsOrders, profile=with_a_sign(profile, place, field))
    assert lack.startswith(f"ReadsOrders (what reads field {field} of list {place}{said}")


@pytest.mark.parametrize(("name", "place"), [("oscar", "order_detail"), ("oscar", "orders"), ("douyin", "orders")])
def test_a_sign_more_that_is_read_is_refused_nowhere(name: str, place: str) -> None:
    platform, profile = chosen(name)
    assert [*platform.lacking(ReadsOrders, profile=with_a_sign(profile, place, "locked"))] == []


def test_what_a_platform_always_tells_must_be_in_the_list_or_in_its_data() -> None:
    platform, profile = chosen("douyin")
    lists, answers = without(profile, "lists", "orders", "refund"), without(profile, "answers", "order_list", "refund")
    for half in (lists, answers):
        assert [*platform.lacking(ReadsOrders, profile=half)] == []
    neither = without(lists, "answers", "order_list", "refund")
    assert "ReadsOrders (field refund of list orders or answer order_list)" in [
        *platform.lacking(ReadsOrders, profile=neither)
    ]


def test_a_copy_of_pinduoduo_s_profile_from_before_is_told_the_tables_that_it_lacks() -> None:
    platform, profile = chosen("pinduoduo")
    older = profile.model_copy(update={"shipping": None, "remarks": None})
    lacks = [lack for each in (ShipsOrders, WritesRemarks) for lack in platform.lacking(each, profile=older)]
    assert lacks == ["ShipsOrders (table [shipping])", "WritesRemarks (table [remarks])"]


def test_a_profile_that_no_platform_is_called_like_has_the_common_one() -> None:
    assert "oscar" not in platforms()
    platform, profile = chosen("oscar")
    assert (platform.name, platform.can) == ("oscar", BY_PROFILE.can)
    bare = profile.model_copy(update={"shipping": None})
    assert [*platform.lacking(ShipsOrders, profile=bare)] == ["ShipsOrders (table [shipping])"]
    assert platform_of("nowhere", folder=None) is None
    assert platform_of("*", folder=None) is None


# What the code names


@functools.cache
def tree(module: str) -> ast.Module:
    return ast.parse((ROOT / "flows" / f"{module}.py").read_text(encoding="utf-8"))


def constants(modules: tuple[str, ...]) -> dict[str, set[str]]:
    """Texts by the name that stands for them: of a module or of a class, one or several."""
    found: dict[str, set[str]] = {}
    for module in modules:
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in (each for each in targets if isinstance(each, ast.Name)):
                    found.setdefault(target.id, set()).update(texts(node.value, known=found))
    return found


def texts(node: ast.expr, *, known: Mapping[str, set[str]]) -> set[str]:
    """The texts that an expression may stand for, as far as they stand in the code."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, ast.Name | ast.Attribute):
        return known.get(node.id if isinstance(node, ast.Name) else node.attr, set())
    if isinstance(node, ast.Subscript):
        return texts(node.value, known=known)
    if isinstance(node, ast.Dict):
        return {text for value in node.values for text in texts(value, known=known)}
    if isinstance(node, ast.IfExp):
        return texts(node.body, known=known) | texts(node.orelse, known=known)
    return set()


def asked_for(modules: tuple[str, ...]) -> set[tuple[str, str]]:
    """What these modules name of a profile: the kind, and the name."""
    known, found = constants((*SHARED, *modules)), set()
    for node in (node for module in modules for node in ast.walk(tree(module))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        kind = CALLS.get(node.func.attr)
        if kind is not None and node.args:
            names = texts(node.args[0], known=known)
            found |= {(kind, name) for name in names}
            if node.func.attr == "choose":
                found |= {(kind, f"{name}_option") for name in names}
        for each in node.keywords:
            if each.arg in NAMED:
                found |= {(NAMED[each.arg], name) for name in texts(each.value, known=known)}
    return found


def touched(modules: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each element that these modules write into or commit with, and what it must be named among."""
    known = constants((*SHARED, *modules))
    for node in (node for module in modules for node in ast.walk(tree(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DONE_BY:
            yield from ((name, DONE_BY[node.func.attr]) for name in texts(node.args[0], known=known))


def read_fields(modules: tuple[str, ...]) -> set[str]:
    """The names by which these modules take a value out of what was read."""
    nodes = [node for module in modules for node in ast.walk(tree(module))]
    subscripts = [node for node in nodes if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)]
    named = [each for each in subscripts if not (isinstance(each.value, ast.Attribute) and each.value.attr in BLOCKS)]
    found = [each.slice.value for each in named if isinstance(each.slice, ast.Constant)]
    return {each for each in found if isinstance(each, str)}


def said(capability: str) -> tuple[set[tuple[str, str]], set[str]]:
    """What a capability's classes say that they use of any bundled profile: things by kind, and fields."""
    things: set[tuple[str, str]] = set()
    fields: set[str] = set()
    for name, each in shipped():
        if each.__name__ == capability:
            uses = used(name, each)
            things |= {("elements", one) for role in ROLES for one in getattr(uses, role)}
            things |= {(group, one) for group in ("pages", *BLOCKS) for one in getattr(uses, group)}
            fields |= {field for group in BLOCKS for names in getattr(uses, group).values() for field in names}
    return things, fields


def test_every_capability_of_the_platforms_is_looked_at() -> None:
    offered = [*platforms().values(), BY_PROFILE]
    assert {capability.__name__ for platform in offered for capability in platform.can} == CODE.keys()


@pytest.mark.parametrize("capability", [each for each in CODE if each not in NAMED_BY_TABLE])
def test_what_the_code_names_of_a_profile_is_in_its_uses(capability: str) -> None:
    asked, (things, _) = asked_for(CODE[capability]), said(capability)
    assert len(asked) > 2
    assert {(kind, name) for kind, name in asked - things if name not in WHERE_THERE} == set()


def test_what_the_code_does_with_an_element_is_what_its_uses_say() -> None:
    done = {each for modules in CODE.values() for each in touched(modules)}
    uses = [used(name, each) for name, each in shipped()]
    named = {role: {one for each in uses for one in getattr(each, role)} for role in ROLES}
    assert len(done) > 3
    for element, roles in done:
        assert any(element in named[role] for role in roles), element


def test_what_a_form_is_sent_by_is_in_the_uses_of_each_kind_of_form() -> None:
    for capability, table in (("ShipsOrders", "shipping"), ("WritesRemarks", "remarks"), ("KeepsSettings", "settings")):
        for name in (name for name, each in shipped() if each.__name__ == capability):
            _, profile = chosen(name)
            uses = used(name, WAYS[capability])
            for step in getattr(profile, table).steps:
                assert {each for each in (step.confirm, step.go_on) if each is not None} <= {*uses.commits}
                assert step.open is None or step.open in uses.writes, (name, capability)
                assert {each for each in (step.form, step.question) if each is not None} <= uses.dialogs.keys()
                assert {each for each in (step.told, step.answer) if each is not None} <= uses.answers.keys()
                assert step.form in uses.named
                assert (step.form in uses.closed) == (step.open is not None)


@pytest.mark.parametrize("capability", CODE)
def test_each_field_that_the_code_reads_is_in_its_uses(capability: str) -> None:
    _, fields = said(capability)
    assert read_fields(CODE[capability]) - fields - WHERE_THERE == set()
