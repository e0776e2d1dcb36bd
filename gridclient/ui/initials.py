"""Pinyin initials of names. They are worked out in the worker process, because the dictionary is large, and kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QObject, Signal

from gridclient.services.ports import DeskSettings
from gridclient.ui.jobs import Jobs
from gridclient.ui.worker_process import NamedTask

_KEPT: Final = "desk.initials"
_WORK_OUT: Final = NamedTask("gridclient.services.initials:work_out")


class NameInitials(QObject):
    """``known`` maps names to their initials.

    Signals:
        learnt(dict[str, str]): all known initials, by name.
    """

    learnt = Signal(object)

    def __init__(self, *, settings: DeskSettings, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._jobs = jobs
        self.known: dict[str, str] = {}
        self._asked: set[str] = set()

    def ask(self, names: Iterable[str]) -> None:
        """Works out the initials of the names that are not known yet; ``learnt`` follows."""
        self._asked |= set(names)
        if self.known:
            self._learn_missing(None)
        else:
            self._jobs.read(self, lambda: self._settings.value(_KEPT), self._learn_missing, name="kept")

    def _learn_missing(self, kept: str | None) -> None:
        if kept:
            self.known = json.loads(kept)
        missing = sorted(self._asked - set(self.known))
        if missing:
            self._jobs.in_process(self, _WORK_OUT, missing, done=self._keep)
        else:
            self.learnt.emit(self.known)

    def _keep(self, found: dict[str, str]) -> None:
        self.known |= found
        text = json.dumps(self.known, ensure_ascii=False)
        self._jobs.write(self, lambda: self._settings.keep_value(_KEPT, text))
        self.learnt.emit(self.known)
