"""What the import contracts of pyproject.toml cannot say of the rooms of the project."""

from __future__ import annotations

import ast
import functools
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_ROOMS = {"utils", "helpers", "manager", "handler", "common", "base"}
"""Names that would take any line of code."""
PYTHONS_OWN = {"schedule", "selectors", "secrets", "trace", "platform", "csv", "html"}
"""Names of libraries that a module of ours must not be mistaken for."""
LONGEST_NAME = 80
CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
SPEAKS_CHINESE = {
    "flows/orders/reasons.py": "the table of reasons, in both languages",
    "flows/notices/reasons.py": "the same for notices",
    "flows/remarks/reasons.py": "the same for remarks",
    "flows/settings/reasons.py": "the same for settings",
    "flows/codes/reasons.py": "the same for rows of codes",
    "flows/orders/settings.py": "an example of a sender's own header",
    "flows/sheets/rows.py": "names of columns, put into sentences for people",
}
"""Files with Chinese for people that cannot stand in a Text(...), each with why. UI words of sites never qualify."""


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file of the product."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.path)

    def imports(self) -> Iterator[str]:
        """What is imported, as dotted names down to the imported value."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


@functools.cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def sources(*folders: str) -> list[Source]:
    found = [Source(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found, f"no Python file in {folders}"
    return found


def offences(files: list[Source], wrong: Callable[[str], bool]) -> list[str]:
    return [f"{file.name} imports {name}" for file in files for name in file.imports() if wrong(name)]


def inside(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_the_product_knows_no_test() -> None:
    assert offences(sources("rpa", "flows", "fixtures"), lambda name: inside(name, "tests")) == []


def test_the_top_of_flows_is_the_menu_a_file_a_flow() -> None:
    files = [Source(path) for path in sorted((ROOT / "flows").glob("*.py")) if path.name != "__init__.py"]
    assert files
    assert [file.name for file in files if not any(_makes_a_flow(node) for node in file.tree.body)] == []


def test_the_import_contracts_place_each_flow_of_the_menu() -> None:
    menu = {path.stem for path in (ROOT / "flows").glob("*.py") if path.name != "__init__.py"}
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    contracts = {contract["id"]: contract for contract in linter["contracts"]}
    placed = contracts["capabilities"]["layers"][1].split(" : ")
    kept_from = contracts["platforms"]["forbidden_modules"]
    assert (sorted(placed), sorted(kept_from)) == (sorted(menu), sorted(f"flows.{name}" for name in menu))


def _makes_a_flow(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "Flow"


def test_flows_use_public_names_of_the_engine_only() -> None:
    assert offences(sources("flows"), lambda name: inside(name, "rpa") and "._" in name) == []


def test_product_code_does_not_know_the_mocks_controls() -> None:
    files = [path for folder in ("rpa", "flows", "selectors") for path in (ROOT / folder).rglob("*") if path.is_file()]
    texts = {path: path.read_bytes() for path in files if path.suffix != ".pyc"}
    assert [str(path) for path, text in texts.items() if b"__mock__" in text] == []


def test_selectors_hold_no_python_which_would_hide_pythons_own_module() -> None:
    assert list((ROOT / "selectors").rglob("*.py")) == []


def test_fixtures_are_a_package_of_ours() -> None:
    assert (ROOT / "fixtures" / "__init__.py").is_file()


def test_module_names_say_what_is_inside() -> None:
    parts = {file.name: set(file.module.split(".")) for file in sources("rpa", "flows", "fixtures")}
    assert {name: found for name, words in parts.items() if (found := words & (NOT_ROOMS | PYTHONS_OWN))} == {}


def test_words_of_sites_stand_in_the_profiles_only() -> None:
    assert [found for name, found in chinese().items() if name not in SPEAKS_CHINESE] == []


def test_only_files_with_chinese_are_excused_for_it() -> None:
    assert SPEAKS_CHINESE.keys() - chinese().keys() == set()


def chinese() -> dict[str, list[str]]:
    """Chinese strings by file, each with its line."""
    found: dict[str, list[str]] = {}
    for file in sources("rpa", "flows"):
        for node in _strings(file.tree):
            if isinstance(node.value, str) and CHINESE.search(node.value):
                found.setdefault(file.name, []).append(f"{file.name}:{node.lineno} {node.value[:30]!r}")
    return found


def _strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """String literals, without docstrings and without what is said to people in both languages."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Constant):
            yield node
        elif not _is_docstring(node) and not _is_text(node):
            yield from _strings(node)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"Text", "option"}


def test_only_the_clock_waits() -> None:
    waits = {"sleep", "wait_for_timeout"}
    found = [
        f"{file.name}:{node.lineno}"
        for file in sources("rpa", "flows")
        if file.name != "rpa/clock.py"
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Attribute | ast.Name) and _last(node) in waits
    ]
    assert found == []


def test_words_are_let_out_only_through_what_makes_them_printable() -> None:
    """The console, the log, JSON for programs: each has one place."""
    ways = {"Console": "rpa/cli/console.py", "logger.add": "rpa/log.py"} | dict.fromkeys(
        ("print", "typer.echo", "click.echo"), ""
    )
    found = [
        f"{file.name}:{node.lineno} {way}"
        for file in sources("rpa", "flows")
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
        if (way := ast.unparse(node.func)) in ways
        or (way == "json.dumps" and "/cli/" in file.name.replace("commands", "cli"))
        if file.name != ways.get(way)
    ]
    assert found == []


def test_texts_in_two_languages_are_filled_in_one_way() -> None:
    """By `Text.of(language, ...)` and `with_words`: a Text among the words is told in the same language."""
    found = [
        f"{file.name}:{node.lineno}"
        for file in sources("rpa", "flows")
        if file.name != "rpa/language.py"
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and re.search(r"(\.of\(.*\)|\.(en|zh))\.format$", ast.unparse(node.func))
    ]
    assert found == []


def _last(node: ast.Attribute | ast.Name) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


def test_what_the_platforms_do_for_good_is_named_in_their_commits() -> None:
    """`commit` does what cannot be undone; that an element is destructive follows from nothing else."""
    done, listed = set(), set()
    for file in sources("flows"):
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
                done |= _committed(node.args[0])
            if isinstance(node, ast.keyword) and node.arg == "commits":
                listed |= {each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant)}
    assert done
    assert done == listed


def _committed(name: ast.expr) -> set[str]:
    """The elements that this expression names: one, or that of each kind of form (`flows.procedure.web_form`)."""
    if isinstance(name, ast.Constant):
        return {str(name.value)}
    if "_spec." in ast.unparse(name):
        return set()  # named by a step of the profile: `FormStep.uses` names each of them
    assert isinstance(name, ast.Attribute)
    assert ast.unparse(name.value) == "self"
    found: set[str] = set()
    for file in sources("flows"):
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Assign) and name.attr in map(ast.unparse, node.targets):
                found.add(ast.literal_eval(node.value))
            if isinstance(node, ast.AnnAssign) and node.value is not None and ast.unparse(node.target) == name.attr:
                found.add(ast.literal_eval(node.value))
    return {each for each in found if each}


def test_a_tests_name_can_be_read_in_a_line() -> None:
    nodes = (node for file in sources("tests") for node in ast.walk(file.tree))
    names = [node.name for node in nodes if isinstance(node, ast.FunctionDef)]
    assert [name for name in names if name.startswith("test_") and len(name) > LONGEST_NAME] == []
