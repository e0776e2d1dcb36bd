"""What the window remembers on this machine: one text in the settings, written shortly after a change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from gridclient.services.ports import DeskSettings
from gridclient.ui.jobs import Jobs

_KEY: Final = "desk.window"
_SETTLED_MS: Final = 1_000


class WindowMemory(QObject):
    """Read once, before the window is made: ``kept`` has the texts by name. Each part says how it is remembered."""

    def __init__(self, *, settings: DeskSettings, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._jobs = settings, jobs
        self._written = settings.value(_KEY)
        self.kept = texts_in(self._written)
        self._parts: dict[str, Callable[[], str]] = {}
        self._settling = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settling.timeout.connect(self.write)

    def part(self, name: str, told_by: Callable[[], str]) -> str:
        """The text that was kept under ``name``. From now on ``told_by`` gives the text to keep."""
        self._parts[name] = told_by
        return self.kept.get(name, "")

    def touch(self, *_: object) -> None:
        """Something changed: writes the parts a second after the last change."""
        self._settling.start()

    def write(self) -> None:
        """Writes the parts now, if they have changed."""
        self._settling.stop()
        text = json.dumps(self.kept | {name: told_by() for name, told_by in self._parts.items()}, ensure_ascii=False)
        if text != self._written:
            self._written = text
            self._jobs.write(self, lambda: self._settings.keep_value(_KEY, text))


def kept_part(settings: DeskSettings, name: str) -> str:
    """The text that was kept under ``name``, for code that runs before there is a window."""
    return texts_in(settings.value(_KEY)).get(name, "")


def texts_in(text: str) -> dict[str, str]:
    """The texts by name in a JSON object; empty for a text of another form, as another version may have kept."""
    try:
        parts = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in parts.items()} if isinstance(parts, dict) else {}
