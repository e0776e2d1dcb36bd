"""Buttons and fields that can do nothing while something works, and the keyboard's way back to them."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


class Resting:
    """Qt takes the keyboard from a part that is disabled; when ``parts`` work again it is back where it was, unless the
    person took it elsewhere. ``passing`` is what stands there only meanwhile, such as a button that stops the work."""

    def __init__(self, *parts: QWidget, passing: QWidget | None = None) -> None:
        self._parts, self._passing = parts, passing
        self._had: QWidget | None = None
        self._landed: QWidget | None = None

    def rest(self, resting: bool) -> None:
        """Whether the parts rest. What passes goes after this."""
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
