"""What the program writes about itself: a rotating log and, after a fault, a crash file. Neither holds personal data.

Messages name ids only. What slips in all the same (a name, a telephone number, the text of a case, a folder's Chinese
name) is blotted out when a line is written, and of a fault only its kind, its code and its place are told: an
exception's own words and the values of variables stay out.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Final

from gridclient import __version__
from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import GridClientError

KEPT_RECORDS: Final = 200
KEPT_CRASHES: Final = 20
_LOG_BYTES: Final = 1 << 20
_LOG_FILES: Final = 5
_LAYOUT: Final = "%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s"
_PERSONAL: Final = (  # compiled when the first line is written
    r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]+"  # words of people
    r"|(?<![0-9A-Za-z-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z-])"  # mobiles
    r"|(?<![0-9A-Za-z-])0\d{2,3}[ -]\d{7,8}(?![0-9A-Za-z-])"  # telephones
    r"|(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])"  # identity cards
)
_BLOT: Final = "▇"
_OWN_WORDS: Final = (AttributeError, ImportError, NameError, NotImplementedError, RecursionError, TypeError)
"""Faults whose message speaks of the program and not of what it worked on."""


def without_personal_data(text: str) -> str:
    """The text with everything blotted out that may be about a person."""
    return re.sub(_PERSONAL, _BLOT, text)


def told(error: BaseException) -> str:
    """A fault's kind, with its code where it has one."""
    kind = type(error).__qualname__
    if isinstance(error, GridClientError):
        return f"{kind} {error.code}"
    if isinstance(error, OSError):
        return f"{kind} errno {error.errno}"
    return without_personal_data(f"{kind}: {error}") if isinstance(error, _OWN_WORDS) else kind


def trace(error: BaseException) -> str:
    """Where a fault came from, its causes first, without values and messages."""
    parts = []
    for link in reversed(list(_causes(error))):
        places = (f"  {_place(f.filename)}:{f.lineno} in {f.name}" for f in traceback.extract_tb(link.__traceback__))
        parts.append("\n".join([told(link), *places]))
    return "\n-> ".join(parts)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _place(file: str) -> str:
    """The last parts of a source file's path: what comes before may name a person."""
    return "/".join(Path(file).parts[-3:])


class _Lines(logging.Formatter):
    """One record as it is written."""

    def format(self, record: logging.LogRecord) -> str:
        return without_personal_data(super().format(record))

    def formatException(self, ei: object) -> str:
        error = ei[1] if isinstance(ei, tuple) else None
        return trace(error) if isinstance(error, BaseException) else ""


class _KeptLog(logging.Handler):
    """A rotating file that is opened at the first record: a start has nothing to say, and half of what ``logging``
    takes to import is its handlers."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.INFO)
        self._path = path

    @cached_property
    def _file(self) -> logging.Handler:
        from logging.handlers import RotatingFileHandler

        try:
            file: logging.Handler = RotatingFileHandler(
                self._path, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8"
            )
        except OSError:
            file = logging.NullHandler()
        file.setFormatter(_Lines(_LAYOUT))
        return file

    def emit(self, record: logging.LogRecord) -> None:
        self._file.handle(record)

    def close(self) -> None:
        if "_file" in vars(self):
            self._file.close()
        super().close()


@contextmanager
def kept_log(folder: Path) -> Iterator[None]:
    """A rotating log in ``folder`` while the block lasts; for the one process that holds the profile.

    A folder that cannot be written costs the log, not the desk.
    """
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    root, before = logging.getLogger(), logging.getLogger().level
    handler = _KeptLog(folder / "gridclient.log")
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        handler.close()


class CrashWatch(logging.Handler):
    """Keeps the last records in memory and writes them to a file when something was not foreseen.

    ``folder`` is where crash files go, ``None`` while no profile is known. ``install`` and ``remove`` come in pairs.
    As a context it tells of a fault that would leave the block, and the block ends there.
    """

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(logging.INFO)
        self.folder = folder
        self._records: deque[str] = deque(maxlen=KEPT_RECORDS)
        self.setFormatter(_Lines(_LAYOUT))

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(self.format(record))

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, where: object) -> bool:
        if not isinstance(error, Exception):
            return False
        self._tell(error, threading.current_thread().name)
        return True

    def install(self) -> None:
        """From now on faults of every thread are told here."""
        self._before = (sys.excepthook, threading.excepthook)
        logging.getLogger().addHandler(self)
        sys.excepthook = self._on_fault
        threading.excepthook = self._on_thread_fault

    def remove(self) -> None:
        """The hooks of before."""
        sys.excepthook, threading.excepthook = self._before
        logging.getLogger().removeHandler(self)

    def record(self, error: BaseException, *, where: str) -> Path | None:
        """Writes a crash file; gives its path, ``None`` where none can be written."""
        if self.folder is None:
            return None
        now = datetime.now(CHINA_TIME)
        path = self.folder / f"crash-{now:%Y%m%d-%H%M%S-%f}.txt"
        lines = [
            f"gridclient {__version__}, {_versions()}",
            f"{now.isoformat(timespec='seconds')} in {where}",
            "",
            trace(error),
            "",
            *self._records,
        ]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            for old in sorted(self.folder.glob("crash-*.txt"))[:-KEPT_CRASHES]:
                old.unlink(missing_ok=True)
        except OSError:
            return None
        return path

    def _on_fault(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, where)
            return
        self._tell(error, threading.current_thread().name)

    def _on_thread_fault(self, fault: threading.ExceptHookArgs) -> None:
        if fault.exc_value is not None and not issubclass(fault.exc_type, SystemExit):
            self._tell(fault.exc_value, fault.thread.name if fault.thread else "a thread")

    def _tell(self, error: BaseException, where: str) -> None:
        path = self.record(error, where=where)
        if sys.stderr is not None:  # a program with a window may have nowhere to print
            sys.stderr.write(f"{trace(error)}\n程序出错了{f'，情况已记入 {path}' if path else ''}。\n")


def _versions() -> str:
    import platform

    qt = sys.modules.get("PySide6")
    return f"Python {platform.python_version()}, PySide6 {getattr(qt, '__version__', '-')}, {platform.platform()}"
