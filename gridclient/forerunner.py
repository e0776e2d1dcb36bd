"""A process that opens the profile while this one still imports Qt, and answers what the first paint asks.

It is forked before anything else is imported, only reads, and asks the same services over the same store: it keeps no
copy that could be old. Where it cannot be had (another system, an import to finish, a store to upgrade, a fault) the
desk opens as ever. No key passes between the two.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, NoReturn

if TYPE_CHECKING:
    from gridclient.composition import OpenedDesk
    from gridclient.domain.roles import Actor

READS: Final = frozenset({"queries", "reference", "map_data"})
"""What it answers, by the parts of a desk: every call of these."""


class Ready(NamedTuple):
    """The profile is open: who writes here, who acts, whether there is a hub, and the settings.

    The settings come unasked: the window is built by them, while the forerunner is still reading ahead.
    """

    device: str
    actor: Actor
    enrolled: bool
    values: Mapping[str, str]


class Forerunner:
    """The handle on that process. Safe to use from any thread; close it."""

    def __init__(self, process: int, answers: BinaryIO, questions: BinaryIO) -> None:
        self._process, self._answers, self._questions = process, answers, questions
        self._turn = threading.Lock()

    @classmethod
    def begin(cls, profile: Path) -> Forerunner | None:
        """Forks; ``None`` where that is not possible, or not safe any more."""
        if sys.platform != "linux" or threading.active_count() > 1:
            return None
        (asked, ask), (told, tell) = os.pipe(), os.pipe()
        try:
            process = os.fork()
        except OSError:  # no room for another process
            for end in (asked, ask, told, tell):
                os.close(end)
            return None
        if not process:
            os.close(ask)
            os.close(told)
            _serve(profile, os.fdopen(asked, "rb"), os.fdopen(tell, "wb"))
        os.close(asked)
        os.close(tell)
        return cls(process, os.fdopen(told, "rb"), os.fdopen(ask, "wb"))

    def ready(self) -> Ready | None:
        """Waits until the profile is open; ``None`` when this desk has to open it by itself."""
        found: Ready | None = self._heard()
        return found

    def ask(self, part: str, call: str, args: tuple[Any, ...], given: Mapping[str, Any]) -> tuple[Any] | None:
        """The answer, alone in a tuple; ``None`` when the own store has to be asked."""
        if part not in READS:
            return None
        with self._turn:
            try:
                pickle.dump((part, call, args, given), self._questions, pickle.HIGHEST_PROTOCOL)
                self._questions.flush()
            except (OSError, ValueError):  # it ended, or is closed
                return None
            found: tuple[Any] | None = self._heard()
            return found

    def close(self) -> None:
        """Ends it; whoever waits for an answer gets it first."""
        with self._turn:
            if not self._questions.closed:
                with suppress(BrokenPipeError):
                    self._questions.close()
                self._answers.close()
                os.waitpid(self._process, 0)

    def _heard(self) -> Any:
        try:
            return pickle.load(self._answers)  # from our own process
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            return None


def _serve(profile: Path, questions: BinaryIO, answers: BinaryIO) -> NoReturn:
    """The other process: never returns to what called it, and ends with whoever asks."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the desk's
        gc.disable()
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's others would turn on the core that loads Qt
        _answer_all(profile, questions, answers)
        status = 0
    finally:
        os._exit(status)


def _answer_all(profile: Path, questions: BinaryIO, answers: BinaryIO) -> None:
    from gridclient.composition import open_desk
    from gridclient.domain.errors import GridClientError
    from gridclient.store.enrolment_file import read_enrolment
    from gridclient.store.schema import has_todays_rules
    from gridclient.store.settings import read_chosen
    from gridclient.store.unfinished import unfinished_imports

    def tell(what: object) -> None:
        answers.write(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))
        answers.flush()

    with suppress(EOFError, OSError, GridClientError), open_desk(profile, read_only=True) as opened:
        with opened.database.reader() as connection:
            if not has_todays_rules(connection) or unfinished_imports(opened.database):
                return
            values = read_chosen(connection)
        device = opened.device.id
        tell(Ready(device, opened.desk.actor, read_enrolment(profile, device) is not None, values))
        _read_ahead(opened)
        while True:
            part, call, args, given = pickle.load(questions)  # from our own process
            try:
                found = (getattr(getattr(opened.desk, part), call)(*args, **given),)
            except GridClientError:
                tell(None)  # the own store says what is wrong
            else:
                tell(found)


def _read_ahead(opened: OpenedDesk) -> None:
    opened.read_ahead()
    opened.desk.map_data.outlines()
    opened.desk.map_data.figures()
