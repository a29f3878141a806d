"""Profiles of the schema before: what they mean stays, each comment too, and what people have confirmed of them."""

from __future__ import annotations

import json
import lzma
import re
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa.elements.approvals import Approvals
from rpa.elements.facts import digest_of, without_roles
from rpa.elements.profile import Profile, Risk
from rpa.elements.registry import load_profile, selectors_folder, upgrade_of
from rpa.errors import ConfigError
from rpa.language import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

OLD: Final = Path(__file__).parents[1] / "support" / "schema1"
"""Profiles as the last release with schema 1 had them, and what it wrote down when all of them was confirmed."""
ORIGIN: Final = "https://shop.example"
PROFILES: Final = ("pinduoduo", "oscar")
MINE: Final = """\
# My own site.
schema = 1 # as it is
name = "mine"
title = { en = "Mine", zh = "我的" }
base_url = "https://shop.example"
identity = { mall_id = ["id"] } # the shop
overlays = { candidates = [".mask"] }

[session]
login_path = "/login"
after_login = "orders"
login = { page = "orders", username = "list.user", password = "list.user", submit = "list.enter" }

[pages.orders] # the list
path = "/orders"
signature = ["list.user"]
source = "looked at"
verified = "never"

# --- elements

[elements."list.user"]
page = "orders"
risk = "read" # only looked at
locators = [
    { css = "p" }, # the first
    # { css = "b" },
]
source = "looked at"
verified = "never"

[elements."list.enter"]
page = "orders" # "risk" is missing, so it was destructive
locators = [{ css = "a" }]
expect = ["Enter"]
source = "looked at"
verified = "never"

# --- what sends

[elements."ship.confirm"]
page = "orders"
risk = "destructive" # for good
within = "dialog:ship"
locators = [{ css = "i" }]
expect = ["Ship"]
source = "looked at"
verified = "never"

[dialogs.ship]
container = ".dialog" # of the ship button
key = { css = "b" }

[[shipping.steps]]
form = "ship"
confirm = "ship.confirm"
done = ["Sent"]
put.dialog = [{ tick = "list.other" }] # what is sent

[elements]
"list.other" = { page = "orders", risk = "write", locators = [{ css = "u" }], source = "looked at", verified = "never" }
# the end
"""


def old(name: str) -> str:
    return lzma.decompress((OLD / f"{name}.toml.xz").read_bytes()).decode()


def confirmed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(lzma.decompress((OLD / "approvals.json.xz").read_bytes()))
    return found


def upgraded(folder: Path, name: str, text: str) -> Profile:
    """The profile of this text, upgraded."""
    path = folder / f"{name}.toml"
    path.write_bytes(text.encode())
    path.write_bytes(upgrade_of(path).after.encode())
    return load_profile(name, folder=folder)


def meaning_before(profile: Profile) -> Mapping[str, Any]:
    """What it says, but for the steps that releases with schema 1 did not have in Pinduoduo's profile."""
    new = ("shipping.", "remarks.") if profile.name == "pinduoduo" else ()
    return {place: told for place, told in profile.facts.items() if not place.startswith(new)}


@pytest.mark.parametrize("name", PROFILES)
def test_an_upgraded_profile_means_what_it_meant(tmp_path: Path, name: str) -> None:
    profile = upgraded(tmp_path, name, old(name))
    facts = {facts["name"]: facts for facts in confirmed()["profiles"].values()}[name]
    assert meaning_before(profile) == without_roles(facts)
    for element in profile.elements.values():
        before = facts.get(f'elements."{element.name}".risk', "destructive")
        assert not element.irreversible
        assert (element.risk is Risk.DESTRUCTIVE) >= (before == "destructive"), element.name


def test_what_a_person_has_confirmed_of_the_old_file_counts_for_the_new_one(tmp_path: Path) -> None:
    name = "oscar"
    [digest] = [digest for digest, facts in confirmed()["profiles"].items() if facts["name"] == name]
    assert digest_of(confirmed()["profiles"][digest]) == digest
    path = tmp_path / "approvals.json"
    path.write_text(json.dumps(confirmed()), encoding="utf-8")
    profile, approvals = upgraded(tmp_path, name, old(name)), Approvals.load(path)
    approved = {each["element"] for each in confirmed()["approvals"] if each["platform"] == name}
    assert approved
    assert all(approvals.allows(ORIGIN, element, profile) for element in approved)
    assert not approvals.allows(ORIGIN, "orders.next", profile)
    [earlier] = {each.signature for each in approvals.all if each.platform == name}
    assert earlier == profile.digest != digest


def test_of_steps_that_came_a_person_is_asked_and_of_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "approvals.json"
    path.write_text(json.dumps(confirmed()), encoding="utf-8")
    profile, approvals = upgraded(tmp_path, "pinduoduo", old("pinduoduo")), Approvals.load(path)
    assert not approvals.allows(ORIGIN, "ship.confirm", profile)
    earlier = approvals.earlier(ORIGIN, profile, element="ship.confirm")
    assert earlier is not None
    told = [each.said.en for each in approvals.changes_since(earlier, profile) or ()]
    assert told
    assert all(each.startswith(("shipping.", "remarks.")) and each.endswith("→ added") for each in told)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("schema", [1, 2])
def test_a_copy_without_the_steps_of_the_bundled_file_is_given_them(tmp_path: Path, schema: int, ends: str) -> None:
    bundled = (selectors_folder() / "pinduoduo.toml").read_text(encoding="utf-8")
    start, end = bundled.index("# --- shipping: in the dialog"), bundled.index("# --- the page's own answers")
    copy = old("pinduoduo") if schema == 1 else bundled[:start] + bundled[end:]
    path = tmp_path / "pinduoduo.toml"
    path.write_bytes(f"# mine\n{copy}".replace("\n", ends).encode())
    upgrade = upgrade_of(path)
    assert upgrade.left == ()
    assert upgrade.after.endswith(bundled[start:end].rstrip().replace("\n", ends) + ends)
    assert "\n" not in upgrade.after.replace("\r\n", "") or ends == "\n"
    path.write_bytes(upgrade.after.encode())
    assert load_profile("pinduoduo", folder=tmp_path).own == ()
    assert re.findall("#.*", upgrade.after)[0].strip() == "# mine"
    assert upgrade_of(path).lines == []


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_what_a_list_and_its_answer_both_tell_becomes_one_line_each(tmp_path: Path, ends: str) -> None:
    copy = old("pinduoduo_pairs")
    for before, after in (
        (
            "amount = { css = '[class*=\"order-row_amount",
            "# what it costs\namount = { css = '[class*=\"order-row_amount",
        ),
        ('amount = { path = "order_amount", unit = "fen" }', 'amount = { path = "order_amount", unit = "fen" } # fen'),
        ("receiver\"]' }", "receiver\"]', optional = true } # a name"),
        ('address = { path = "address" }', 'address = { path = "street" }'),
    ):
        assert before in copy
        copy = copy.replace(before, after, 1)
    path = tmp_path / "pinduoduo.toml"
    path.write_bytes(copy.replace("\n", ends).encode())
    after = upgrade_of(path).after
    path.write_bytes(after.encode())
    assert {each.place for each in load_profile("pinduoduo", folder=tmp_path).own} == {
        "lists.orders.fields.receiver.optional",
        "answers.order_list.fields.address.path",
    }
    data = tomllib.loads(after)
    told = {name: one["answer"] for name, one in data["lists"].items() if "answer" in one}
    assert len(told) > 4
    for name, answer in told.items():
        assert not data["lists"][name]["fields"].keys() & data["answers"][answer].get("fields", {}).keys()
    assert 'type = "money", told = "order_amount" }' in after
    assert 'told = { path = "receive_name", optional = false } } # a name' in after
    assert sorted(re.findall("# .*", after)) == sorted(
        [*re.findall("# .*", copy.replace("\n", ends)), *steps_remarks(ends)]
    )
    assert upgrade_of(path).lines == []


def steps_remarks(ends: str) -> list[str]:
    """The remarks that come with the steps."""
    bundled = (selectors_folder() / "pinduoduo.toml").read_text(encoding="utf-8")
    start, end = bundled.index("# --- shipping: in the dialog"), bundled.index("# --- the page's own answers")
    return re.findall("# .*", bundled[start:end].replace("\n", ends))


@pytest.mark.parametrize("schema", [1, 2])
def test_steps_that_name_what_the_copy_has_not_are_told_with_their_lines(tmp_path: Path, schema: int) -> None:
    copy = re.sub(r"(?m)^how = .*\n", "", old("pinduoduo"))
    path = tmp_path / "pinduoduo.toml"
    path.write_text(copy, encoding="utf-8")
    if schema == 2:
        path.write_text(upgrade_of(path).after, encoding="utf-8")
    upgrade = upgrade_of(path)
    [left] = upgrade.left
    assert "lacks the table [shipping]" in left.en
    assert "the file has no field how of dialog ship. Add that" in left.en
    assert left.en.endswith('reads = "no_logistics"')
    assert "[[shipping.steps]]" not in upgrade.after
    assert "[[remarks.steps]]" in upgrade.after


def test_a_copy_that_only_reads_is_used_as_it_is(tmp_path: Path) -> None:
    bundled = (selectors_folder() / "oscar.toml").read_text(encoding="utf-8")
    start = bundled.index("[[shipping.steps]]")
    rest = bundled[start:]
    after = min(rest.index(f"\n[{table}") for table in ("overlays", "evidence", "words") if f"\n[{table}" in rest)
    path = tmp_path / "oscar.toml"
    path.write_text(bundled[:start] + rest[after:], encoding="utf-8")
    assert getattr(load_profile("oscar", folder=tmp_path), "shipping", None) is None
    path.write_text(path.read_text(encoding="utf-8") + "\n[nonsense]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="nonsense"):
        load_profile("oscar", folder=tmp_path)


def test_another_meaning_than_the_confirmed_one_is_asked_anew(tmp_path: Path) -> None:
    path = tmp_path / "approvals.json"
    path.write_text(json.dumps(confirmed()), encoding="utf-8")
    other = old("oscar").replace('expect = ["Go!"]', 'expect = ["Go"]')
    profile, approvals = upgraded(tmp_path, "oscar", other), Approvals.load(path)
    assert not approvals.allows(ORIGIN, "ship.go", profile)
    earlier = approvals.earlier(ORIGIN, profile, element="ship.go")
    assert earlier is not None
    told = [each.said.en for each in approvals.changes_since(earlier, profile) or ()]
    assert told == ['elements."ship.go".expect: Go! → removed', 'elements."ship.go".expect: Go → added']


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_every_comment_stays_and_all_else_that_does_not_follow_from_code(tmp_path: Path, ends: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(MINE.replace("\n", ends).encode())
    after = upgrade_of(path).after
    comments = re.compile(r"#[^\n\r]*")
    assert comments.findall(after) == comments.findall(MINE)
    wanted = (
        MINE.replace("schema = 1 ", "schema = 2 ")
        .replace('risk = "read" # only', "# only")
        .replace('risk = "destructive" # for', "# for")
        .replace('within = "dialog:ship"\n', "")
        .replace('risk = "write",', "")
        .replace('expect = ["Enter"]\n', 'expect = ["Enter"]\nirreversible = true\n')
    )
    assert after.replace("  ", " ") == wanted.replace("\n", ends).replace("  ", " ")


def test_a_risk_that_was_raised_stays_raised_and_one_of_no_use_is_dropped(tmp_path: Path) -> None:
    profile = upgraded(tmp_path, "mine", MINE)
    assert {each.name for each in profile.elements.values() if each.irreversible} == {"list.enter"}
    assert profile.element("list.enter").risk is Risk.DESTRUCTIVE
    assert profile.element("list.user").risk is Risk.READ
    assert profile.element("ship.confirm").needs_person
    text = old("pinduoduo").replace('risk = "write"', 'risk = "destructive"').replace('risk = "read"', 'risk = "write"')
    path = tmp_path / "pinduoduo.toml"
    path.write_text(text, encoding="utf-8")
    raised = {name: each for name, each in tomllib.loads(upgrade_of(path).after)["elements"].items() if len(each) > 0}
    assert raised["export.make"]["irreversible"] is True
    assert "irreversible" not in raised["orders.next"]
    assert "irreversible" not in raised["detail.ship"], "no class uses it"


@settings(max_examples=30, deadline=None)
@given(st.permutations(["page", "risk", "within", "locators", "expect", "source", "verified"]), st.sampled_from(Risk))
def test_wherever_the_keys_stand_the_file_is_upgraded(keys: list[str], risk: Risk) -> None:
    told = dict.fromkeys(keys, '"never"')
    told |= {"page": '"orders"', "within": '"dialog:ship"', "locators": "[{ css = 'u' }]", "expect": '["Other"]'}
    told["risk"] = f'"{risk.value}"'
    rows = [f"{key} = {told[key]}" for key in keys]
    line, table = f'[elements]\n"list.line" = {{ {", ".join(rows)} }}', "\n".join(['[elements."list.table"]', *rows])
    head = MINE.partition("[elements]\n")[0].replace('tick = "list.other"', 'tick = "list.line"')
    text = f"{head}{line}\n{table}\n"
    with TemporaryDirectory() as folder:
        found = upgraded(Path(folder), "mine", text).elements
        after = tomllib.loads((Path(folder) / "mine.toml").read_text(encoding="utf-8"))["elements"]
    raised = {"irreversible"} if risk is Risk.DESTRUCTIVE else set()
    assert after["list.line"].keys() == {*told} - {"risk", "within"} | raised
    assert after["list.table"].keys() == {*told} - {"risk"}
    assert (found["list.line"].within, found["list.line"].irreversible) == ("dialog:ship", bool(raised))


@pytest.mark.parametrize("name", [*PROFILES, "mine"])
def test_a_second_upgrade_changes_nothing(tmp_path: Path, name: str) -> None:
    upgraded(tmp_path, name, MINE if name == "mine" else old(name))
    again = upgrade_of(tmp_path / f"{name}.toml")
    assert again.after == again.before
    assert again.lines == []


def test_an_old_profile_is_refused_with_what_would_change_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_profile("mine", folder=tmp_path)
    for language, words in ((Language.EN, "changes these 10 lines"), (Language.ZH, "只改动以下 10 行")):
        said = caught.value.in_words(language)
        assert str(tmp_path / "mine.toml") in said
        assert "rpa selectors upgrade" in said
        assert words in said
        assert "\n  -schema = 1 # as it is\n  +schema = 2 # as it is\n  -risk" in said


def test_of_many_changes_the_first_are_told_and_how_many_there_are(tmp_path: Path) -> None:
    path = tmp_path / "pinduoduo.toml"
    path.write_text(old("pinduoduo"), encoding="utf-8")
    upgrade = upgrade_of(path)
    count = len([line for line in upgrade.lines if line.startswith(("-", "+"))])
    assert f"these {count} lines" in upgrade.refusal.en
    assert upgrade.refusal.en.endswith('risk = "read"\n  …')
    assert len(upgrade.refusal.en.splitlines()) < 20 < count


def test_mistakes_of_an_old_profile_are_told_before_it_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINE.replace('css = "u"', 'csss = "u"'), encoding="utf-8")
    for ask in (lambda: upgrade_of(path), lambda: load_profile("mine", folder=tmp_path)):
        with pytest.raises(ConfigError, match=r"mine\.toml:\d+  elements\.list\.other\.locators.*did you mean") as told:
            ask()
        assert "risk" not in str(told.value)


def test_what_is_no_toml_at_all_is_no_old_profile(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(f"{MINE}\n???", encoding="utf-8")
    with pytest.raises(ConfigError, match="has a mistake"):
        load_profile("mine", folder=tmp_path)
    assert upgrade_of(tmp_path / "mine.toml").lines == []
