"""Disables buttons and fields while something works, and gives the keyboard back to them afterwards."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gridclient.ui.jobs import Failed, Jobs

T = TypeVar("T")


class Resting:
    """Qt takes the keyboard from a widget that is disabled. When ``parts`` are enabled again it goes back to the one
    that had it, unless the operator has moved it.

    ``passing`` is a widget that is there only meanwhile, such as a button that stops the work.
    """

    def __init__(self, *parts: QWidget, passing: QWidget | None = None) -> None:
        self._parts, self._passing = parts, passing
        self._had: QWidget | None = None
        self._landed: QWidget | None = None

    def rest(self, resting: bool) -> None:
        """Disables or enables the parts. ``passing`` must be hidden after this call."""
        window = self._parts[0].window()
        before = window.focusWidget()
        for part in self._parts:
            part.setEnabled(not resting)
        if resting and before is not None and not before.isEnabled():
            self._had, self._landed = before, window.focusWidget()
        elif not resting and self._had is not None:
            if before in (None, self._landed, self._passing) and self._had.isVisible():
                self._had.setFocus()
            self._had = None

    def while_read(
        self, jobs: Jobs, owner: QObject, task: Callable[[], T], done: Callable[[T], object], failed: Failed
    ) -> None:
        """Runs ``task`` on a reader thread; the parts rest until ``done`` or ``failed`` gets its answer."""

        def over(hears: Callable[..., object], answer: object) -> None:
            self.rest(False)
            hears(answer)

        self.rest(True)
        jobs.read(owner, task, partial(over, done), partial(over, failed))
