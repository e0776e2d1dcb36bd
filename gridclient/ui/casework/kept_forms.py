"""What was typed into the forms of a case, kept on every pause: neither a change of case nor a kill loses it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer

from gridclient.domain.frozen import frozen
from gridclient.domain.roles import Action
from gridclient.services.ports import DeskSettings
from gridclient.ui.casework.case_view import draft_name
from gridclient.ui.jobs import Jobs

_PAUSE_MS: Final = 400


@frozen
class Kept:
    """The form that is open and the values of each form that was begun."""

    opened: str = ""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def as_text(self) -> str:
        """For the settings; empty when there is nothing to keep."""
        if not self.opened and not self.values:
            return ""
        return json.dumps({"open": self.opened, "values": self.values}, ensure_ascii=False)


def kept_of(text: str) -> Kept:
    """Reads :meth:`Kept.as_text`; text of another version is passed over."""
    try:
        given = json.loads(text) if text else {}
        return Kept(str(given.get("open", "")), {str(k): dict(v) for k, v in given.get("values", {}).items()})
    except (ValueError, AttributeError, TypeError):
        return Kept()


class KeptForms(QObject):
    """The forms begun at this desk, by case; written down 0.4 s after the last key and when it is told to."""

    def __init__(self, *, settings: DeskSettings, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._jobs = jobs
        self._kept: dict[str, Kept] = {}
        self._unwritten: set[str] = set()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.write)

    def of(self, case_id: str, stored: str) -> Kept:
        """What is kept for a case; ``stored`` is what the store has, which counts until this desk knows better."""
        return self._kept.setdefault(case_id, kept_of(stored))

    def open(self, case_id: str, action: Action | None) -> None:
        """Remembers which form is open; ``None`` for none."""
        kept = self._kept.get(case_id, Kept())
        self._keep(case_id, Kept(action.value if action is not None else "", kept.values))

    def edit(self, case_id: str, action: Action, values: Mapping[str, Any]) -> None:
        """Remembers what stands in a form."""
        kept = self._kept.get(case_id, Kept())
        self._keep(case_id, Kept(action.value, {**kept.values, action.value: dict(values)}))

    def forget(self, case_id: str, action: Action) -> None:
        """The action was done."""
        kept = self._kept.get(case_id, Kept())
        rest = {name: values for name, values in kept.values.items() if name != action.value}
        self._keep(case_id, Kept("" if kept.opened == action.value else kept.opened, rest))

    def write(self) -> None:
        """Writes down what is not yet."""
        self._pause.stop()
        texts = {case_id: self._kept[case_id].as_text() for case_id in self._unwritten}
        self._unwritten = set()
        for case_id, text in texts.items():
            self._jobs.write(self, partial(self._settings.keep_draft, draft_name(case_id), text))

    def _keep(self, case_id: str, kept: Kept) -> None:
        if kept != self._kept.get(case_id):
            self._kept[case_id] = kept
            self._unwritten.add(case_id)
            self._pause.start()
