"""Sandbox: a process with little memory and time for what strangers made; its death ends nothing else."""

from __future__ import annotations

import atexit
import faulthandler
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from rpa.errors import TryAgain
from rpa.language import Text

_FRAME: Final = struct.Struct(">Q")
_READY: Final = b"ready"
_LOOK_S: Final = 0.1
"""So often it is looked at how much memory the process has: Linux alone keeps to the limit that it is given."""
_IDLE_S: Final = 30.0
"""So long it is kept for the next question: the files of a run come close together, and it needs 40 MB."""
_ENDS_IN_S: Final = 5.0
_OWN_END_S: Final = 10
"""So much later it ends itself, where nobody is left to end it."""
_OUT_OF_TIME: Final = {-signal.SIGXCPU} if sys.platform != "win32" else set[int]()
_NEEDED: Final = frozenset(
    {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONHOME", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP"}
)
"""What it gets of the environment: no key, no address, no password."""
_NOT_STARTED = Text(
    en="The process that reads files did not start; see that the machine has memory left, and run again",
    zh="读取文件的子进程无法启动；请确认内存充足后重新运行",
)


class Died(Exception):
    """The process did not live to answer: it took more than it may have, or what it read broke it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one answer may cost."""

    memory_bytes: int
    cpu_s: int
    wall_s: int
    """For what only waits, and for systems that limit no processor time."""
    answer_bytes: int


class Sandbox:
    """Asks a module of ours that ends in `serve`: started with the first question, and anew once it has died."""

    def __init__(self, module: str, *, limits: Limits) -> None:
        self._module = module
        self._limits = limits
        self._asking = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._was_asked = False
        self._idle: threading.Timer | None = None

    def ask(self, question: bytes) -> bytes:
        """The answer. Raises Died; TryAgain when there is no process to ask.

        The death of one that earlier questions may have used up is not blamed on this one: another is asked.
        """
        with self._kept():
            was_asked = self._was_asked
            exchange = self._exchanged(question)
            if exchange.answer is None and was_asked and not exchange.took_its_time:
                exchange = self._exchanged(question)
        if exchange.answer is None:
            raise Died
        return exchange.answer

    def start(self) -> None:
        """Have the process get ready for a question that will come soon."""
        with self._kept():
            self._started()

    def close(self) -> None:
        """End the process."""
        with self._asking:
            process, self._process, self._was_asked = self._process, None, False
            if process is not None:
                _end(process)

    @contextmanager
    def _kept(self) -> Iterator[None]:
        """Nobody else asks, and the process is not given up for being idle until a while after this."""
        with self._asking:
            if self._idle is not None:
                self._idle.cancel()
            try:
                yield
            finally:
                self._idle = threading.Timer(_IDLE_S, self.close)
                self._idle.daemon = True
                self._idle.start()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        limits = self._limits
        words = [str(each) for each in (limits.memory_bytes, limits.cpu_s, limits.wall_s)]
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-S", "-m", self._module, *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                **_apart(),
            )
        except OSError as error:
            raise TryAgain(_NOT_STARTED) from error
        atexit.unregister(self.close)
        atexit.register(self.close)
        return self._process

    def _exchanged(self, question: bytes) -> _Exchange:
        """One that the process did not survive has no answer, and the process is gone."""
        process = self._started()
        exchange = _Exchange(process=process, question=question, limits=self._limits, is_first=not self._was_asked)
        try:
            exchange.make()
        except BaseException:
            self.close()
            raise
        self._was_asked = exchange.answer is not None
        if exchange.answer is None:
            self.close()
        return exchange


@dataclass(slots=True, kw_only=True)
class _Exchange:
    """One question and its answer."""

    process: subprocess.Popen[bytes]
    question: bytes
    limits: Limits
    is_first: bool
    was_ready: bool = field(default=False, init=False)
    answer: bytes | None = field(default=None, init=False)
    was_late: bool = field(default=False, init=False)

    def make(self) -> None:
        """Ask, and wait for the answer, or for the end of the process. Raises TryAgain when it was never ready."""
        talking = threading.Thread(target=self._talk, daemon=True)
        talking.start()
        deadline = time.monotonic() + self.limits.wall_s
        talking.join(_LOOK_S)
        while talking.is_alive():
            self.was_late = time.monotonic() > deadline
            if self.was_late or _memory_of(self.process.pid) > self.limits.memory_bytes:
                self.process.kill()
            talking.join(_LOOK_S)
        if self.answer is None and not self.was_ready:
            raise TryAgain(_NOT_STARTED)

    @property
    def took_its_time(self) -> bool:
        """Whether it was ended for the time that it took: another process would take the same."""
        return self.was_late or self.process.returncode in _OUT_OF_TIME

    def _talk(self) -> None:
        with suppress(OSError, ValueError, EOFError):
            said = _pipe(self.process.stdout)
            self.was_ready = not self.is_first or _received(said, most=len(_READY)) == _READY
            _send(_pipe(self.process.stdin), self.question)
            self.answer = _received(said, most=self.limits.answer_bytes)


def serve(answer: Callable[[bytes], bytes]) -> None:
    """Answer whoever started this process until they are gone, within the limits that they gave."""
    memory_bytes, cpu_s, wall_s = (int(word) for word in sys.argv[1:])
    asked, told = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _confine(memory_bytes=memory_bytes)
    _send(told, _READY)
    with suppress(EOFError):
        while True:
            question = _received(asked, most=sys.maxsize)
            _give_time(cpu_s)
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                faulthandler.dump_traceback_later(wall_s + _OWN_END_S, exit=True, file=nowhere)
                _send(told, answer(question))
                faulthandler.cancel_dump_traceback_later()


def _confine(*, memory_bytes: int) -> None:
    """Little memory, no file written, and the first to go where the machine has none left."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    if sys.platform == "win32":
        return
    import resource

    for limit, most in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        with suppress(OSError, ValueError):  # macOS takes no limit of memory: whoever asks looks at it
            resource.setrlimit(limit, (most, most))


def _give_time(cpu_s: int) -> None:
    """So much processor time from now on."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + cpu_s + 1, hard))


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(_FRAME.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def _received(pipe: IO[bytes], *, most: int) -> bytes:
    """The next message. Raises EOFError when no whole one comes, ValueError for one that is longer."""
    (length,) = _FRAME.unpack(_exactly(pipe, _FRAME.size))
    if length > most:
        raise ValueError("The answer is longer than it may be.")
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    message = pipe.read(length)
    if len(message) < length:
        raise EOFError
    return message


def _memory_of(pid: int) -> int:
    """Bytes that this process has in memory; 0: it is gone."""
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_ENDS_IN_S)
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # what could not be sent to it
            _pipe(pipe).close()


def _environment() -> dict[str, str]:
    """Our own modules are where they are for us; OpenBLAS takes memory for each processor that it may use."""
    known = {name: value for name, value in os.environ.items() if name.upper() in _NEEDED}
    return {**known, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}


def _apart() -> dict[str, Any]:
    """Ctrl-C and a closed window reach it through us only."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("A process was started without its pipes.")
    return pipe
