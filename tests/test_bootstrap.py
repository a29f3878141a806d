"""The first minute on a machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import bootstrap

ROOT = Path(__file__).resolve().parent.parent


def test_a_browser_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPA_BROWSER", "no-such-browser")
    with pytest.raises(bootstrap.CannotGoOnError, match="no-such-browser"):
        bootstrap.browser()


def test_a_browser_named_by_a_person_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPA_BROWSER", sys.executable)
    assert bootstrap.browser() == sys.executable


def test_a_command_that_only_names_a_browser_is_passed_over(tmp_path: Path) -> None:
    assert not bootstrap.starts(str(executable(tmp_path / "chromium-browser", "exit 1")))
    assert bootstrap.starts(sys.executable)


def test_playwrights_own_browser_is_found_newest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    for version in ("999", "1200", "1199"):
        place = tmp_path / f"chromium-{version}" / "chrome-linux64" / "chrome"
        place.parent.mkdir(parents=True)
        place.touch()
    found = [path for path in bootstrap.browsers() if path.startswith(str(tmp_path))]
    assert [Path(path).parts[-3] for path in found] == ["chromium-1200", "chromium-1199", "chromium-999"]


def test_the_distributions_browser_is_installed_where_no_download_is_reachable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = tmp_path / "chromium"
    executable(
        tmp_path / "apt-get",
        f'[ "$1 $4" = "install chromium" ] && echo "#!/bin/sh" > {browser}; /bin/chmod +x {browser}',
    )
    executable(tmp_path / "sudo", 'shift; exec "$@"')
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr(bootstrap, "PYTHON", executable(tmp_path / "python", "exit 1"))
    assert bootstrap.install_browser() == str(browser)


def test_without_any_way_to_a_browser_a_person_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setattr(bootstrap, "PYTHON", executable(tmp_path / "python", "exit 1"))
    with pytest.raises(bootstrap.CannotGoOnError, match="Install Chrome, Edge or Chromium"):
        bootstrap.install_browser()


def executable(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_a_step_that_failed_shows_what_it_said(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(bootstrap.CannotGoOnError, match="Trying"):
        bootstrap.quietly([sys.executable, "-c", "import sys; sys.exit('the disk is full')"], doing="Trying")
    assert "the disk is full" in capfd.readouterr().err


def test_a_step_past_its_limit_is_ended() -> None:
    hang = "import threading; threading.Event().wait()"
    _, code = bootstrap.captured([sys.executable, "-c", hang], doing="Hanging", limit_s=0.2)
    assert code != 0


def test_ending_a_step_ends_what_it_started() -> None:
    child = "import threading; print('up', flush=True); threading.Event().wait()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"up"
        bootstrap.end(process)
        assert process.stdout.read() == b"", "the pipe closes when the last process that holds it has ended"


def test_a_step_that_was_killed_did_not_succeed() -> None:
    assert max(0, bootstrap.step([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"])) > 0


def test_a_step_beside_others_says_what_it_has_to_say_when_it_is_asked(capfd: pytest.CaptureFixture[str]) -> None:
    with bootstrap.beside([sys.executable, "-c", "import sys; sys.exit('a type is wrong')"]) as ended:
        bootstrap.step([sys.executable, "-c", "print('tested')"])
        assert "a type is wrong" not in capfd.readouterr().out
        assert ended() == 1
    assert "a type is wrong" in capfd.readouterr().out


def test_a_step_beside_others_that_were_stopped_ends_with_them() -> None:
    hang, begun = "import threading; threading.Event().wait()", []

    def stopped() -> None:
        begun.extend(psutil.Process().children())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), bootstrap.beside([sys.executable, "-c", hang]):
        stopped()
    assert [each.is_running() for each in begun] == [False]


def test_a_stamp_that_was_cut_off_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp.json")
    assert bootstrap.write_stamp({"extras": "dev"}) == bootstrap.read_stamp()
    bootstrap.STAMP.write_text('{"extras": "d', encoding="utf-8")
    assert bootstrap.read_stamp() == {}


THREE_TESTS = """
from pathlib import Path

import pytest

RAN = Path(__file__).parent / "ran"


def test_of_no_mark() -> None:
    (RAN / "plain").touch()


@pytest.mark.slow
def test_marked_slow() -> None:
    (RAN / "slow").touch()


@pytest.mark.long
def test_marked_long() -> None:
    (RAN / "long").touch()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "ran"),
    [
        ([], {"plain", "slow"}),
        (["--quick"], {"plain"}),
        (["--long"], {"plain", "slow", "long"}),
        (["--quick", "-k", "slow"], set()),
    ],
)
def test_quick_leaves_out_slow_and_long_tests_and_the_rest_goes_to_pytest(
    arguments: list[str], ran: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pyproject.toml", "tests/conftest.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "tests" / "test_three.py").write_text(THREE_TESTS, encoding="utf-8")
    (tmp_path / "tests" / "ran").mkdir()
    executable(tmp_path / "Xvfb", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("RPA_BROWSER", sys.executable)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", sys.executable)
    bootstrap.test(["-n", "0", *arguments])
    assert {path.name for path in (tmp_path / "tests" / "ran").iterdir()} == ran


@pytest.mark.long
def test_a_fresh_clone_with_an_empty_home_sets_itself_up_once(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns(".git", ".venv", "var", "demo", ".*_cache", "__pycache__")
    clone = Path(shutil.copytree(ROOT, tmp_path / "clone", ignore=ignored))
    env = {**os.environ, "HOME": str(tmp_path)}
    words = [sys.executable, str(clone / "bootstrap.py")]
    subprocess.run([*words, "setup"], env=env, check=True, timeout=900)
    started = time.monotonic()
    again = subprocess.run([*words, "setup"], env=env, check=True, capture_output=True, text=True, timeout=300)
    assert time.monotonic() - started < 20, "the first time takes minutes"
    assert [line.partition(".")[0] for line in again.stdout.splitlines()] == ["Ready"]
    answer = subprocess.run(
        [*words, "flows"], env=env, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=300
    )
    assert "pending-orders" in answer.stdout
