"""Pinyin initials of names. They are worked out in the worker process, because the dictionary is large, and kept."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal

from gridclient.services.ports import DeskSettings
from gridclient.ui.jobs import Jobs

_KEPT = "desk.initials"


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
            self._jobs.in_process(self, work_out, missing, done=self._keep)
        else:
            self.learnt.emit(self.known)

    def _keep(self, found: dict[str, str]) -> None:
        self.known |= found
        text = json.dumps(self.known, ensure_ascii=False)
        self._jobs.write(self, lambda: self._settings.keep_value(_KEPT, text))
        self.learnt.emit(self.known)


def work_out(report: Callable[..., None], names: list[str]) -> dict[str, str]:
    """The initials of each name. To be called in the worker process."""
    pinyin = importlib.import_module("pypinyin")  # takes 0.4 s and 60 MB, so not in the desk's process
    report(0, len(names))
    return {name: "".join(_letters(pinyin, name)).lower() for name in names}


def _letters(pinyin: Any, name: str) -> Iterable[str]:
    lazy, style = pinyin.lazy_pinyin, pinyin.Style.FIRST_LETTER
    return (sign for part in lazy(name, style=style) for sign in part if sign.isascii() and sign.isalnum())
