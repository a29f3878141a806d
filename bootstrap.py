#!/usr/bin/env python3
"""Sets the project up on this machine, then runs something in it. Standard library only.

python3 bootstrap.py demo [--headed] [--reset]   the mock back office, and one run of a shop in it
python3 bootstrap.py test [--long] [pytest's]    lint, types and tests: what CI runs
python3 bootstrap.py test --quick [pytest's]     the same without the slow tests: three minutes
python3 bootstrap.py lint                        lint and types alone
python3 bootstrap.py docs                        the manual as a site, in build/docs
python3 bootstrap.py setup                       set up for development, run nothing
python3 bootstrap.py COMMAND ...                 any other command of rpa: run, login, doctor ...
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - people start this file with whatever Python they have
    sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. Install it, then start this again.")

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "bootstrap.json"
WINDOWS = sys.platform == "win32"
SCRIPTS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = SCRIPTS / ("python.exe" if WINDOWS else "python")
STEP_LIMIT_S = 1800
DOWNLOAD_LIMIT_S = 300
SAY_SO_EVERY_S = 15
Words = Sequence[str | Path]

NAMES = ("google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge", "chromium", "chromium-browser")
ON_WINDOWS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
MAC_APPS = ("Google Chrome", "Microsoft Edge", "Chromium")
PLAYWRIGHTS_OWN = ("chrome-linux*/chrome", "chrome-win*/chrome.exe", "chrome-mac*/*.app/Contents/MacOS/*")


class CannotGoOnError(Exception):
    """Something is missing that only a person can provide; the message says what."""


def main(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code: the worst one, if it has several steps."""
    command, *rest = arguments or ["help"]
    if command in {"help", "-h", "--help"}:
        print((__doc__ or "").strip())
        return 0
    install({"dev"} if command in {"setup", "lint", "test"} else {"docs"} if command == "docs" else set())
    if command == "setup":
        print(f"Ready. Browser: {browser()}. Python: {PYTHON}", flush=True)
        return 0
    if command == "lint":
        return max(style(), step(types()))
    if command == "test":
        found = style()
        with beside(types()) as ended:
            return max(found, test(rest), ended())
    if command == "docs":
        return docs(ROOT / "build" / "docs")
    return become([SCRIPTS / "rpa", command, *rest])


def style() -> int:
    """The worst exit code of ruff and import-linter over the whole tree: a few seconds."""
    python = [str(PYTHON), "-m"]
    steps = (
        [*python, "ruff", "check", "."],
        [*python, "ruff", "format", "--check", "."],
        [str(SCRIPTS / "lint-imports"), "--no-logo", "--no-cache"],
    )
    return max([step(words) for words in steps])


def types() -> Words:
    """How the types of the whole tree are checked: the first time a minute, on one core."""
    return [str(PYTHON), "-m", "mypy"]


def test(arguments: Sequence[str]) -> int:
    """The exit code of pytest. Headed runs are tested too, so Linux needs a virtual screen."""
    if sys.platform == "linux" and not shutil.which("Xvfb") and not apt_install("xvfb"):
        print("Xvfb is missing, so headed runs cannot be tested. Install it with: apt install xvfb", flush=True)
    workers = min(2 * (os.cpu_count() or 2), 8)  # a test waits half of its time, for pages and for processes
    words = [str(PYTHON), "-m", "pytest", "-n", str(workers), "--dist", "worksteal", *arguments]
    # What was compiled once is not compiled again by each of the many processes that tests start.
    keeps = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    keeps.setdefault("NODE_COMPILE_CACHE", str(VENV / "node"))
    return step(words, environment={**keeps, "RPA_BROWSER": browser()})


def docs(folder: Path) -> int:
    """The exit code of building the manual into this folder; a link or picture that leads nowhere fails it."""
    code = step([PYTHON, "-m", "sphinx", "-W", "--keep-going", "-q", "-E", "-b", "html", "docs", folder])
    if not code:
        print(f"Open {folder / 'index.html'}", flush=True)
    return code


def install(extras: set[str]) -> None:
    """Make `.venv` hold this project with these extras; nothing to do when it does already."""
    stamp = read_stamp()
    python = f"{sys.version} in {ROOT}"
    if stamp.get("python") != python or not PYTHON.exists():
        make_venv()
        stamp = write_stamp({"python": python})
    present = set(filter(None, stamp.get("extras", "").split(",")))
    files = b"\0".join((ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt"))
    packages = hashlib.sha256(files).hexdigest()
    if stamp.get("packages") == packages and extras <= present:
        return
    wanted = ",".join(sorted(extras | present))
    pip: Words = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-c", "constraints.txt"]
    quietly([*pip, "-e", f".[{wanted}]" if wanted else "."], doing="Installing packages (once; a minute or two)")
    write_stamp({**stamp, "packages": packages, "extras": wanted})


def make_venv() -> None:
    """An empty `.venv` with pip in it."""
    if not has_ensurepip() and not (apt_install("python3-venv") and has_ensurepip()):
        raise CannotGoOnError("This Python cannot make virtual environments. Install: apt install python3-venv")
    quietly([sys.executable, "-m", "venv", "--clear", VENV], doing=f"Making {VENV}")


def has_ensurepip() -> bool:
    """Whether Python can bring its own pip; Debian keeps that in a package of its own."""
    return subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0


def read_stamp() -> dict[str, str]:
    """What `.venv` was made from; empty when there is none, or making it was cut off."""
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def write_stamp(stamp: dict[str, str]) -> dict[str, str]:
    """Remember what `.venv` was made from."""
    STAMP.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    return stamp


def browser() -> str:
    """A browser that starts: RPA_BROWSER, an installed one, Playwright's own, or one installed now."""
    named = os.environ.get("RPA_BROWSER")
    if named:
        found = shutil.which(named)
        if found is None:
            raise CannotGoOnError(f"RPA_BROWSER names {named}, which is not an executable. Unset it, or correct it.")
        return found
    stamp = read_stamp()
    if Path(stamp.get("browser", "-")).is_file():
        return stamp["browser"]
    found = working_browser() or install_browser()
    add_chinese_font()
    write_stamp({**stamp, "browser": found})
    return found


def browsers() -> Iterator[str]:
    """Executables to try, in order: installed browsers, then Playwright's own, newest first."""
    if WINDOWS:
        roots = filter(None, map(os.environ.get, ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")))
        yield from (str(Path(root, place)) for root in roots for place in ON_WINDOWS)
    yield from (f"/Applications/{app}.app/Contents/MacOS/{app}" for app in MAC_APPS)
    yield from filter(None, map(shutil.which, NAMES))
    caches = {"win32": "AppData/Local/ms-playwright", "darwin": "Library/Caches/ms-playwright"}
    cache = Path.home() / caches.get(sys.platform, ".cache/ms-playwright")
    folders = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or cache).glob("chromium-*")
    for folder in sorted(folders, key=lambda folder: (len(folder.name), folder.name), reverse=True):
        yield from (str(path) for place in PLAYWRIGHTS_OWN for path in folder.glob(place))


def starts(executable: str) -> bool:
    """Whether it is there and runs; on Ubuntu `chromium-browser` may be a script that only names a snap."""
    if not Path(executable).is_file():
        return False
    if WINDOWS:  # chrome.exe --version would open a window
        return True
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run([executable, "--version"], capture_output=True, check=False, timeout=60).returncode == 0
    return False


def install_browser() -> str:
    """Install a browser and give its path: Playwright's download, else the distribution's Chromium."""
    playwright: Words = [PYTHON, "-m", "playwright"]
    downloaded = tried([*playwright, "install", "chromium"], doing="Downloading a browser", limit_s=DOWNLOAD_LIMIT_S)
    if downloaded and not working_browser() and apt():
        tried([*playwright, "install-deps", "chromium"], doing="Installing the libraries that it needs")
    found = working_browser() or (working_browser() if apt_install("chromium") else None)
    if found:
        return found
    raise CannotGoOnError(
        "No browser was found, and none could be installed. Install Chrome, Edge or Chromium"
        + (" (apt install chromium fonts-noto-cjk)" if shutil.which("apt-get") else "")
        + ", or name one: RPA_BROWSER=/path/to/chrome"
    )


def working_browser() -> str | None:
    """The first browser of this machine that starts."""
    return next(filter(starts, browsers()), None)


def add_chinese_font() -> None:
    """On Linux, a font for Chinese, or pages are empty boxes; without it everything still runs."""
    lister = shutil.which("fc-list")
    if sys.platform == "linux" and not (lister and subprocess.check_output([lister, ":lang=zh"], text=True).strip()):
        apt_install("fonts-noto-cjk")


def apt() -> list[str] | None:
    """How apt-get is called here without asking for a password; None: it may not, or there is none."""
    if sys.platform == "win32" or not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    sudo = shutil.which("sudo")
    allowed = sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n", "apt-get"] if allowed else None


def apt_install(package: str) -> bool:
    """Whether this package could be installed; a fresh machine may need apt's lists first."""
    command = apt()
    if command is None:
        return False
    words = [*command, "install", "-y", "--no-install-recommends", package]
    doing = f"Installing {package}"
    return tried(words, doing=doing) or (
        tried([*command, "update"], doing="Updating apt") and tried(words, doing=doing)
    )


def quietly(words: Words, *, doing: str) -> None:
    """Run a step whose output matters only when it fails; then it is shown, and the program ends."""
    output, code = captured(words, doing=doing, limit_s=STEP_LIMIT_S)
    if code:
        sys.stderr.write(output)
        raise CannotGoOnError(f"{doing}: failed; what it said is above. Correct that, then start this again.")


def tried(words: Words, *, doing: str, limit_s: float = STEP_LIMIT_S) -> bool:
    """Whether a step worked that something else can stand in for."""
    _, code = captured(words, doing=doing, limit_s=limit_s)
    if code:
        print("  that did not work here", flush=True)
    return code == 0


def captured(words: Words, *, doing: str, limit_s: float) -> tuple[str, int]:
    """A step's output and exit code, with a sign of life for people; past its limit it is ended."""
    print(f"{doing} ...", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryFile(mode="w+", encoding="utf-8", errors="replace") as file:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        process = subprocess.Popen(
            words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
        try:
            while process.poll() is None and time.monotonic() - started < limit_s:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=min(SAY_SO_EVERY_S, limit_s))
                    break
                print(f"  still at it, {time.monotonic() - started:.0f} s", flush=True)
        finally:
            end(process)
        file.seek(0)
        return file.read(), process.returncode


def end(process: subprocess.Popen[bytes]) -> None:
    """End a step and what it started, if it is still running."""
    if process.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/PID", str(process.pid), "/T", "/F"], capture_output=True, check=False)
        else:
            os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
        return
    process.kill()
    process.wait()


def step(words: Words, *, environment: Mapping[str, str] | None = None) -> int:
    """Run a step in the open and give its exit code. Ctrl-C reaches it too; it is left to end by itself."""
    print(f"== {' '.join(map(str, words[2:]))}", flush=True)
    process = subprocess.Popen(words, cwd=ROOT, env=environment)
    try:
        return abs(process.wait())
    except KeyboardInterrupt:
        process.wait()
        raise


@contextlib.contextmanager
def beside(words: Words) -> Iterator[Callable[[], int]]:
    """A step that goes on beside others: asked for its end, it shows what it said and gives its exit code."""
    with tempfile.TemporaryFile(mode="w+", encoding="utf-8", errors="replace") as file:
        process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=file, stderr=file)

        def ended() -> int:
            code = abs(process.wait())
            file.seek(0)
            print(f"== {' '.join(map(str, words[2:]))}\n{file.read()}", end="", flush=True)
            return code

        try:
            yield ended
        finally:
            process.kill()
            process.wait()


def become(words: Words) -> int:
    """Hand this process over to rpa, so that its signals and exit code are rpa's own."""
    environment = {**os.environ, "RPA_BROWSER": browser()}
    if not WINDOWS:
        os.execve(words[0], [str(word) for word in words], environment)  # noqa: S606 - no shell is meant to see this
    process = subprocess.Popen(words, env=environment)
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            return process.wait()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotGoOnError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("\nStopped.")
        sys.exit(130)
