from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def installed(folder: Path, *, entry_points: str, modules: dict[str, str]) -> Path:
    """A plug-in as pip leaves it: modules, and the metadata that names its entry points."""
    metadata = folder / "rpa_extra-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: rpa-extra\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(entry_points)
    for name, text in modules.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def python(code: str, *, plugin: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(plugin), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("group", "call", "modules", "why"),
    [
        ("rpa.flows", "flows()", {}, "No module named 'rpa_extra'"),
        ("rpa.platforms", "platforms()", {"rpa_extra/__init__.py": "", "rpa_extra/a.py": "import nowhere"}, "nowhere"),
    ],
)
def test_a_broken_plug_in_names_itself(
    tmp_path: Path, group: str, call: str, modules: dict[str, str], why: str
) -> None:
    plugin = installed(tmp_path, entry_points=f"[{group}]\na-plug-in = rpa_extra\n", modules=modules)
    said = python(f"from rpa.discovery import *; from rpa.plugins import *; {call}", plugin=plugin)
    assert f'rpa.errors.ConfigError: rpa-extra (entry point {group}: a-plug-in = "rpa_extra") cannot be loaded' in said
    assert why in said


def capable(folder: Path, *, modules: dict[str, str], **parts: object) -> Path:
    """A plug-in with a capability that has these parts."""
    told = ", ".join(f"{name}={value!r}" for name, value in parts.items())
    init = f"from rpa.capability import Capability\nCAPABILITY = Capability(name='extra', {told})\n"
    points = "[rpa.flows]\na-plug-in = rpa_extra\n"
    return installed(folder, entry_points=points, modules={"rpa_extra/__init__.py": init, **modules})


@pytest.mark.parametrize(
    ("parts", "call", "text", "why"),
    [
        ({"shop_settings": ("rpa_extra.a:x",)}, "shop_settings()", "x = 1", "not a pydantic model"),
        ({"profile_tables": {"t": "rpa_extra.a:x"}}, "profile_tables()", "y = 1", "has no attribute 'x'"),
        ({"commands": {"do": "rpa_extra.b:x"}}, "commands()['do'].load()", "", "No module named 'rpa_extra.b'"),
        ({"commands": {"do": "rpa_extra.a:x"}}, "commands()['do'].load()", "x = (", "was never closed"),
        ({"background_jobs": {"do": "no place"}}, "background_jobs()['do'].load()", "", "no place"),
        ({"alerts": ("rpa_extra.a:x",)}, "[each.load() for each in alerts()]", "y = 1", "has no attribute 'x'"),
        ({"kind_words": {"do": "rpa_extra.a:x"}}, "words_of(['do'])", "x = 1", "not a KindWords"),
        ({"starter": ("rpa_extra.a:x",)}, "starter_parts()", "x = 1", "not a StarterPart"),
        ({"advice": {"late": "rpa_extra.a:x"}}, "advice()", "x = 1", "not a Text"),
        ({"after_acceptance": ("rpa_extra.a:x",)}, "after_acceptance()", "x = 1", "not a Text"),
    ],
)
def test_a_broken_part_of_a_capability_names_plug_in_and_place(
    tmp_path: Path, parts: dict[str, object], call: str, text: str, why: str
) -> None:
    plugin = capable(tmp_path, modules={"rpa_extra/a.py": text}, **parts)
    said = python(f"from rpa.discovery import *; {call}", plugin=plugin)
    assert 'rpa.errors.ConfigError: rpa-extra (entry point rpa.flows: a-plug-in = "rpa_extra")' in said
    assert 'of its capability "extra"' in said
    assert why in said


@pytest.mark.slow
def test_a_capability_adds_settings_profile_tables_and_commands(tmp_path: Path) -> None:
    plugin = capable(
        tmp_path,
        shop_settings=("rpa_extra.model:Extra",),
        profile_tables={"colours": "rpa_extra.model:Colours"},
        commands={"extra": "rpa_extra.command:main"},
        modules={
            "rpa_extra/model.py": "from pydantic import BaseModel\n"
            "class Extra(BaseModel, frozen=True):\n    colour: str = 'red'\n"
            "class Colours(BaseModel, frozen=True):\n    red: str = ''\n",
            "rpa_extra/command.py": "print('loaded')\ndef main(): pass\n",
        },
    )
    config, profile = tmp_path / "rpa.toml", tmp_path / "selectors" / "pinduoduo.toml"
    config.write_text('[shops.a]\nplatform = "pinduoduo"\nmall_id = "1"\ncolour = "blue"\n')
    profile.parent.mkdir()
    shipped = (ROOT / "selectors" / "pinduoduo.toml").read_text(encoding="utf-8")
    profile.write_text(shipped + '\n[colours]\nred = "f00"\n', encoding="utf-8")
    said = python(
        "from pathlib import Path\nfrom rpa.plugins import load_config\n"
        "from rpa.elements.registry import load_profile\n"
        f"config = load_config(Path({str(config)!r}))\n"
        "from rpa_extra.model import Colours, Extra\n"
        "print(config.shop('a').settings(Extra).colour)\n"
        "print(load_profile('pinduoduo', folder=config.selectors).section(Colours).red)\n"
        "from rpa.discovery import commands\nprint(commands()['extra'].place)",
        plugin=plugin,
    )
    assert said.split() == ["blue", "f00", "rpa_extra.command:main"]


def test_a_setting_that_exists_already_is_refused(tmp_path: Path) -> None:
    """It would hide the other."""
    plugin = capable(
        tmp_path,
        shop_settings=("rpa_extra.model:Extra",),
        modules={
            "rpa_extra/model.py": "from pydantic import BaseModel\nclass Extra(BaseModel):\n    live: bool = True\n"
        },
    )
    said = python("from rpa.plugins import config_model; config_model()", plugin=plugin)
    assert 'The shop setting "live" of Extra exists already (rpa itself)' in said


def test_two_commands_of_one_name_are_refused(tmp_path: Path) -> None:
    plugin = capable(tmp_path, modules={}, commands={"holds": "rpa_extra:x"})
    said = python("from rpa.discovery import commands; commands()", plugin=plugin)
    assert 'have a command called "holds"; one is from' in said


def test_two_platforms_of_one_name_are_refused(tmp_path: Path) -> None:
    one = "from rpa.platforms import Platform\nplatform = Platform(name='same', can={})\n"
    plugin = installed(
        tmp_path,
        entry_points="[rpa.platforms]\nextra = rpa_extra\n",
        modules={"rpa_extra/__init__.py": "", "rpa_extra/a.py": one, "rpa_extra/b.py": one},
    )
    said = python("from rpa.plugins import platforms; platforms()", plugin=plugin)
    assert 'Two platforms are called "same"; one is from rpa-extra' in said


def test_the_flows_are_known_without_loading_what_takes_long() -> None:
    """It would be loaded before the browser is started, not while it starts."""
    libraries = ["sqlalchemy", "pandas", "openpyxl", "cryptography", "apprise", "keyring"]
    program = f"import sys; from rpa.plugins import flows; flows(); print([*sys.modules.keys() & {set(libraries)}])"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT)
    assert loaded.stdout.strip() == "[]"
