from __future__ import annotations

from pathlib import Path

import pytest

from rpa.elements.profile import Risk
from rpa.elements.registry import load_profile, profiles, selectors_folder
from rpa.errors import ConfigError

SMALL = """\
schema = 2
name = "tiny"
title = { en = "Tiny", zh = "小店" }
base_url = "https://shop.example"
[identity]
mall_id = ["a.b"]
[session]
login_path = "/login"
error_code = ["code"]
ok_codes = [0]
after_login = "home"
[session.login]
page = "home"
username = "home.name"
password = "home.name"
submit = "home.name"
error = "home.name"
challenge = "home.name"
[[session.login.forms]]
logins = "[^@]+@[^@]+"
account_tab = "home.tab"
username = "home.mail"
[pages.home]
path = "/home"
signature = ["home.name"]
source = "a test"
verified = "never"
[elements."home.name"]
page = "home"
locators = [{ css = "p" }]
source = "a test"
verified = "never"
[elements."home.tab"]
page = "home"
locators = [{ css = "b" }]
source = "a test"
verified = "never"
[elements."home.mail"]
page = "home"
locators = [{ css = "i" }]
source = "a test"
verified = "never"
[elements."home.buy"]
page = ["home"]
within = "dialog:sure"
locators = [{ test_id = "buy" }, { role = "button", name = "Buy" }]
expect = ["Buy"]
forbid = ["Sell"]
source = "a test"
verified = "never"
[lists.rows]
pages = ["home"]
rows = "tr"
key = "id"
[lists.rows.fields]
id = { css = "td", pattern = '\\d+' }
held = { words = "hold" }
[dialogs.sure]
container = ".sure"
close = "home.name"
[answers.rows]
url = "/rows"
rows = "result"
[answers.rows.fields]
id = "id"
goods = { path = "goods.*.id" }
[popups.news]
container = ".news"
close = { role = "button", name = "Close" }
[overlays]
candidates = [".mask"]
[overlays.kicked]
container = ".mask"
text = "elsewhere"
means = "kicked"
[words]
hold = ["hold"]
"""


def saved(folder: Path, text: str) -> Path:
    (folder / "tiny.toml").write_text(text, encoding="utf-8")
    return folder


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_profile("tiny", folder=saved(folder, text))
    return str(caught.value)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_every_shipped_profile_is_free_of_mistakes() -> None:
    assert profiles()
    for name in profiles():
        assert load_profile(name).elements


def test_no_destructive_element_of_a_shipped_profile_may_have_just_any_text() -> None:
    for name in profiles():
        destructive = [one for one in load_profile(name).elements.values() if one.needs_person]
        assert all(one.expect and one.forbid for one in destructive)


def test_a_profile_is_read_with_its_names_and_short_forms_written_out(tmp_path: Path) -> None:
    profile = load_profile("tiny", folder=saved(tmp_path, SMALL))
    buy = profile.element("home.buy")
    assert (buy.name, buy.pages, buy.within, buy.risk) == ("home.buy", ("home",), "dialog:sure", Risk.DESTRUCTIVE)
    assert [(each.kind, each.value, each.name) for each in buy.locators] == [
        ("test_id", "buy", None),
        ("role", "button", "Buy"),
    ]
    assert profile.element("home.name").pages == ("home",)
    assert profile.answers["rows"].fields["id"].path == "id"
    assert profile.lists["rows"].fields["held"].words == "hold"
    assert profile.overlays.candidates == (".mask",)
    assert profile.overlays.words == {"kicked": ("elsewhere",)}
    assert profile.popups["news"].close.name == "Close"


REACHED = """[elements."home.sell"]
page = "home"
irreversible = true
locators = [{ css = "b" }]
expect = ["Sell"]
source = "a test"
verified = "never"
[pages.far]
via = ["home.name"]
source = "a test"
verified = "never"
signature = ["home.far"]
[elements."home.far"]
page = "far"
locators = [{ css = "i" }]
source = "a test"
verified = "never"
[lists.rows]
"""


def test_a_page_without_a_path_is_reached_by_what_changes_nothing(tmp_path: Path) -> None:
    reached = SMALL.replace("[lists.rows]\n", REACHED)
    profile = load_profile("tiny", folder=saved(tmp_path, reached))
    assert (profile.pages["far"].via, profile.pages["far"].path) == (("home.name",), "")
    for written, instead, why in (
        ('via = ["home.name"]', "", 'needs a "path", or the elements that lead to it'),
        ('via = ["home.name"]', 'via = ["home.name"]\npath = "/far"', 'needs a "path", or the elements'),
        ('via = ["home.name"]', 'from = "home"\npath = "/far"', '"from" goes with "via"'),
        ('via = ["home.name"]', 'via = ["home.nam"]', 'there is no "home.nam" in [elements]'),
        ('via = ["home.name"]', 'via = ["home.name"]\nfrom = "hom"', 'there is no "hom" in [pages]'),
        ('via = ["home.name"]', 'via = ["home.sell"]', "home.sell changes something, so it leads to no page"),
        ('via = ["home.name"]', 'via = ["home.far"]', "is not on the page home, from which it leads here"),
        ('via = ["home.name"]', 'via = ["home.far"]\nfrom = "far"', "leads back to this page"),
        ('path = "/home"', 'via = ["home.name"]', "leads back to this page"),
    ):
        assert why in complaint(tmp_path, reached.replace(written, instead)), instead


@pytest.mark.parametrize(
    ("identity", "why"),
    [
        ("single_shop = true", None),
        ('single_shop = true\nlogin_name = ["css:b"]', None),
        ('mall_id = ["a.b"]\nlogin_name = ["css:b"]', None),
        ("", 'needs "mall_id", or single_shop = true'),
        ('single_shop = true\nmall_id = ["a.b"]', 'needs "mall_id", or single_shop = true, and not both'),
        ('single_shop = true\nmall_name = ["a.b"]', '"mall_name" does not go with "single_shop"'),
        ('single_shop = true\nlogin_name = ["answer:row.id"]', 'there is no "row" in [answers]'),
    ],
)
def test_a_shop_has_an_id_or_is_the_only_one_of_its_site(tmp_path: Path, identity: str, why: str | None) -> None:
    text = SMALL.replace('mall_id = ["a.b"]', identity)
    if why is None:
        assert load_profile("tiny", folder=saved(tmp_path, text)).identity.single_shop == ("single" in identity)
    else:
        assert why in complaint(tmp_path, text)


def test_all_mistakes_of_a_profile_are_reported_at_once_each_with_its_line(tmp_path: Path) -> None:
    changes = {
        'after_login = "home"': 'after_login = "hom"',
        'account_tab = "home.tab"': 'account_tab = "home.tub"',
        'username = "home.mail"': 'username = "home.male"',
        '"[^@]+@[^@]+"': '"[^@"',
        'signature = ["home.name"]': 'signature = ["home.nam", "home.buy"]\nready = "row"\nno_right = "home.now"',
        "locators = [{ css": "locators = [{ csss",
        'within = "dialog:sure"': 'within = "row:sure"',
        'expect = ["Buy"]': "expect = []",
        '{ role = "button", name = "Buy" }': '{ text = "Buy", name = "Buy" }',
        'key = "id"': 'key = "sn"',
        "'\\d+'": "'(\\d+'",
        '{ words = "hold" }': '{ words = "hodl", quotes = ["idd", "held"] }',
        'close = "home.name"': 'close = "home.nane"',
        '"goods.*.id" }': '"goods.*.id", join = ["a"] }',
        'means = "kicked"': 'means = "kickd"',
        "[popups.news]": "[popup.news]",
        'mall_id = ["a.b"]': "mall_id = []",
    }
    text = SMALL
    for old, new in changes.items():
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    message = complaint(tmp_path, text)
    told = {
        '"home.tub"': 'session.login.forms.0.account_tab: there is no "home.tub" in [elements]',
        '"home.male"': 'session.login.forms.0.username: there is no "home.male" in [elements]',
        '"[^@"': "session.login.forms.0.logins: is not a regular expression",
        '"hom"': 'session.after_login: there is no "hom" in [pages]; did you mean "home"?',
        'signature = ["home.nam"': 'signature.0: there is no "home.nam" in [elements]; did you mean "home.name"?',
        'ready = "row"': 'pages.home.ready: there is no "row" in [lists]; did you mean "rows"?',
        'no_right = "home.now"': 'pages.home.no_right: there is no "home.now" in [elements]',
        "csss": 'elements.home.name.locators.0.csss: unknown key; did you mean "css"?',
        "row:sure": 'elements.home.buy.within: must be "list:NAME" or "dialog:NAME"',
        'text = "Buy"': '"name" goes with "role" only',
        'key = "sn"': 'lists.rows.key: there is no "sn" in [fields]',
        "(\\d+": "lists.rows.fields.id.pattern: is not a regular expression",
        "hodl": 'there is no "hodl" in [words]; did you mean "hold"?',
        '"idd"': 'lists.rows.fields.held.quotes: there is no "idd" in [fields]; did you mean "id"?',
        '"held"]': 'lists.rows.fields.held.quotes: "held" has no "css"',
        "home.nane": 'dialogs.sure.close: there is no "home.nane" in [elements]',
        "join = ": 'needs exactly one of "path", "join" and "any"',
        "kickd": "overlays.kicked.means: input should be 'kicked', 'challenge' or 'locked'",
        "[popup.news]": 'popup: unknown key; did you mean "popups"?',
        "[identity]": 'identity: needs "mall_id", or single_shop = true, and not both',
    }
    assert len(message.splitlines()) == 1 + len(told), message
    for part, words in told.items():
        row = next((each for each in message.splitlines() if words in each), "")
        assert f"tiny.toml:{line_of(text, part)}  " in row, (words, message)


def test_what_cannot_be_undone_must_name_its_text(tmp_path: Path) -> None:
    raised = SMALL.replace('[elements."home.name"]', '[elements."home.name"]\nirreversible = true')
    step = 'form = "sure"\nconfirm = "home.buy"\ndone = ["Bought"]\nput.dialog = [{ tick = "home.buy" }]'
    for text, name in ((f"{SMALL}[[shipping.steps]]\n{step}\n", "home.buy"), (raised, "home.name")):
        message = complaint(tmp_path, text.replace('expect = ["Buy"]\n', "").replace('close = "home.name"\n', ""))
        line = line_of(text, f'[elements."{name}"]')
        assert f"tiny.toml:{line}  elements.{name}: cannot be undone" in message


def test_what_no_class_uses_is_destructive_and_nobody_is_asked_for_it(tmp_path: Path) -> None:
    profile = load_profile("tiny", folder=saved(tmp_path, SMALL.replace('expect = ["Buy"]\n', "")))
    buy = profile.element("home.buy")
    assert (buy.role, buy.risk, buy.needs_person) == (None, Risk.DESTRUCTIVE, False)
    assert profile.element("home.name").risk is Risk.READ


def test_an_element_that_expects_a_forbidden_word_is_refused(tmp_path: Path) -> None:
    assert "forbids a word in it" in complaint(tmp_path, SMALL.replace('forbid = ["Sell"]', 'forbid = ["Bu"]'))


def test_a_signature_may_only_name_elements_of_its_page(tmp_path: Path) -> None:
    other = SMALL.replace('page = "home"\nlocators', 'page = "other"\nlocators') + SMALL[
        SMALL.index("[pages.home]") :
    ].split("[elements", maxsplit=1)[0].replace("home]", "other]")
    assert 'element "home.name" is not on this page' in complaint(tmp_path, other)


def test_a_table_cannot_give_itself_another_name(tmp_path: Path) -> None:
    message = complaint(tmp_path, SMALL.replace('rows = "tr"', 'rows = "tr"\nname = "x"'))
    assert "lists.rows.name: unknown key" in message


def test_an_unknown_element_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'no element "home\.by"; did you mean "home\.buy"'):
        load_profile("tiny", folder=saved(tmp_path, SMALL)).element("home.by")


def test_an_unknown_platform_is_answered_with_the_nearest_profile(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='platform "tinny"; did you mean "tiny"'):
        load_profile("tinny", folder=saved(tmp_path, SMALL))


def test_the_users_own_profile_goes_before_the_shipped_one(tmp_path: Path) -> None:
    text = (selectors_folder() / "pinduoduo.toml").read_text(encoding="utf-8")
    (tmp_path / "pinduoduo.toml").write_text(text.replace('en = "Pinduoduo"', 'en = "Mine"'), encoding="utf-8")
    assert load_profile("pinduoduo", folder=tmp_path).title.en == "Mine"
    assert load_profile("pinduoduo", folder=tmp_path / "absent").title.en == "Pinduoduo"


def test_a_profile_is_called_like_its_file(tmp_path: Path) -> None:
    assert 'name is "other"' in complaint(tmp_path, SMALL.replace('name = "tiny"', 'name = "other"', 1))


def test_a_file_that_begins_with_an_underscore_is_no_profile(tmp_path: Path) -> None:
    (tmp_path / "_tiny.toml").write_text(SMALL.replace('"tiny"', '"_tiny"', 1), encoding="utf-8")
    assert "_tiny" not in profiles(folder=tmp_path)
    with pytest.raises(ConfigError, match=r"“_tiny” begins with _: .* is no profile"):
        load_profile("_tiny", folder=tmp_path)
