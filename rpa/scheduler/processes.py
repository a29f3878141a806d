"""Processes of ours that are spoken to in lines of JSON, and how a process is ended with its family."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

import psutil

from rpa.language import Text
from rpa.log import speak

_NO_MESSAGE = Text(
    en="A process of the scheduler said what is no message: {line:.200}",
    zh="调度程序的子进程输出了无法识别的内容：{line:.200}",
)
_NOT_ENDED = Text(en="Processes {pids} could not be ended.", zh="进程 {pids} 无法结束。")

_LAST_LINES = 12
_LONGEST_LINE = 500
_ERROR = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception)\b")
"""How Python begins the line that names an error."""
_ENDS_IN_S = 5.0
_LAST_WORDS_IN_S = 1.0

_PRIVATE = 0o077
"""What it makes is for this user's eyes alone."""
_IN_UTF8 = {"PYTHONIOENCODING": "utf-8"}
"""Not what this machine or its person has set: on a Chinese Windows a pipe would be read as GBK. Names of files stay as
the system has them, as they would not under `-X utf8`."""

Message = dict[str, Any]


class Child:
    """A program of ours, apart from the terminal: Ctrl-C and a closed window reach it through its parent only."""

    def __init__(
        self, module: str, *, mark: str, folder: Path, env: Mapping[str, str], hear: Callable[[Message | None], None]
    ) -> None:
        """Start `python -m MODULE MARK` in this folder, without taking anything in it for a module.

        `hear` is called in another thread with each message, and with None when no more can come: the program has ended
        or is about to.
        """
        command = [sys.executable, "-P", "-X", "faulthandler", "-m", module, mark]
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**env, **_IN_UTF8},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            **_apart(),
        )
        self.pid = self._process.pid
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        readers = (self._listen, hear), (self._remember,)
        self._readers = [threading.Thread(target=each[0], args=each[1:], daemon=True) for each in readers]
        for reader in self._readers:
            reader.start()

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    @property
    def last_words(self) -> str:
        """The last lines of its standard error; the error that ended it, if they have it, comes first."""
        lines = list(self._last)
        errors = [line for line in lines if _ERROR.match(line)]
        return "\n".join([*errors[-1:], *lines])

    def tell(self, message: Message) -> None:
        """Send this; who has ended hears nothing."""
        with suppress(OSError, ValueError):
            pipe = _pipe(self._process.stdin)
            pipe.write(_line(message))
            pipe.flush()

    def ended_within(self, seconds: float) -> bool:
        """Whether the process has ended by then."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End it at once with all that it started, and wait until they are gone."""
        end([*family(self.pid), psutil.Process(self.pid)] if self.alive else [])
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDS_IN_S)
        with suppress(OSError):  # what could not be sent to it
            _pipe(self._process.stdin).close()
        for reader in self._readers:
            reader.join(_LAST_WORDS_IN_S)

    def _listen(self, hear: Callable[[Message | None], None]) -> None:
        # Each reader closes its own pipe: closing one that is being read waits for whoever else holds its other end.
        with _pipe(self._process.stdout) as said:
            for line in said:
                message = _message(line)
                if message is None:
                    speak("WARNING", _NO_MESSAGE, line=line.strip())
                else:
                    hear(message)
        hear(None)

    def _remember(self) -> None:
        with _pipe(self._process.stderr) as said:
            while line := said.readline(_LONGEST_LINE):
                self._last.append(line.rstrip())


class Parent:
    """The parent's end of the line, in the child: what it says comes in, standard output is kept for answers alone."""

    def __init__(self) -> None:
        """Whatever is printed from now on goes to standard error."""
        self._answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self.said: SimpleQueue[Message | None] = SimpleQueue()
        """None: the parent is gone."""
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self, message: Message) -> None:
        """Send this; a parent that is gone hears nothing."""
        with suppress(OSError, ValueError):
            self._answers.write(_line(message))
            self._answers.flush()

    def _listen(self) -> None:
        with suppress(OSError, ValueError):
            for line in sys.stdin:
                self.said.put(json.loads(line))
        self.said.put(None)


def family(pid: int) -> list[psutil.Process]:
    """All that this process has started and that still is, the youngest first."""
    try:
        children: list[psutil.Process] = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return children[::-1]


def end(processes: Iterable[psutil.Process]) -> None:
    """Kill these and wait until they are gone. A process id that was given to another since is left alone."""
    killed = list(processes)
    for process in killed:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            process.kill()
    _, alive = psutil.wait_procs([each for each in killed if not _is_dead(each)], timeout=_ENDS_IN_S)
    left = [str(each.pid) for each in alive if not _is_dead(each)]
    if left:
        speak("ERROR", _NOT_ENDED, pids=", ".join(left))


def _is_dead(process: psutil.Process) -> bool:
    """Gone, or waiting only for whoever adopted it to take note."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def _apart() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True, "umask": _PRIVATE}


def _line(message: Message) -> str:
    """This message in ASCII: a file's name may have bytes that no encoding has."""
    return json.dumps(message) + "\n"


def _message(line: str) -> Message | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise ValueError("A process was started without its pipes.")
    return pipe
