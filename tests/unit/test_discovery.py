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
        ("rpa.shop_settings", "shop_settings()", {"rpa_extra.py": "x = 1"}, "not a pydantic model"),
        ("rpa.profile_sections", "profile_sections()", {"rpa_extra.py": "y = 1"}, "has no attribute 'x'"),
        ("rpa.commands", "load(commands()['a-plug-in'])", {"rpa_extra.py": "x = ("}, "was never closed"),
    ],
)
def test_a_broken_plug_in_names_itself(
    tmp_path: Path, group: str, call: str, modules: dict[str, str], why: str
) -> None:
    target = "rpa_extra" if group in {"rpa.flows", "rpa.platforms"} else "rpa_extra:x"
    plugin = installed(tmp_path, entry_points=f"[{group}]\na-plug-in = {target}\n", modules=modules)
    said = python(f"from rpa.discovery import *; from rpa.plugins import *; {call}", plugin=plugin)
    assert f'rpa.errors.ConfigError: rpa-extra (entry point {group}: a-plug-in = "{target}") cannot be loaded' in said
    assert why in said


@pytest.mark.slow
def test_a_plug_in_adds_settings_to_shops_tables_to_profiles_and_a_command(tmp_path: Path) -> None:
    plugin = installed(
        tmp_path,
        entry_points="[rpa.shop_settings]\nextra = rpa_extra:Extra\n"
        "[rpa.profile_sections]\ncolours = rpa_extra:Colours\n"
        "[rpa.commands]\nextra = rpa_extra_command:main\n",
        modules={
            "rpa_extra.py": "from pydantic import BaseModel\n"
            "class Extra(BaseModel, frozen=True):\n    colour: str = 'red'\n"
            "class Colours(BaseModel, frozen=True):\n    red: str = ''\n",
            "rpa_extra_command.py": "print('loaded')\ndef main(): pass\n",
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
        "import rpa_extra\n"
        "print(config.shop('a').settings(rpa_extra.Extra).colour)\n"
        "print(load_profile('pinduoduo', folder=config.selectors).section(rpa_extra.Colours).red)\n"
        "from rpa.discovery import commands\nprint(commands()['extra'].name)",
        plugin=plugin,
    )
    assert said.split() == ["blue", "f00", "extra"]


def test_a_setting_that_exists_already_is_refused_before_it_hides_the_other(tmp_path: Path) -> None:
    plugin = installed(
        tmp_path,
        entry_points="[rpa.shop_settings]\nextra = rpa_extra:Extra\n",
        modules={"rpa_extra.py": "from pydantic import BaseModel\nclass Extra(BaseModel):\n    live: bool = True\n"},
    )
    said = python("from rpa.plugins import config_model; config_model()", plugin=plugin)
    assert 'The shop setting "live" of Extra exists already (rpa itself)' in said


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
