"""Doing one thing to several cases, and taking the last thing back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from gridclient.domain.errors import GridClientError
from gridclient.domain.roles import Action
from gridclient.services.desk import Desk, Outcome
from gridclient.services.error_text import sentence_of
from gridclient.services.rows import Changes
from gridclient.ui.actions import word_of
from gridclient.ui.jobs import Jobs

TOGETHER: Final = frozenset({Action.SIGN, Action.URGE, Action.VERIFY, Action.CLOSE})
"""What can be done to several cases at once, because it need not ask anything; dispatch has its own panel."""
_LONGEST_STACK: Final = 50


class Batch(QObject):
    """Writes in the background and remembers what can be taken back in this session.

    Signals:
        done(Changes): what a write touched.
        told(str, str): a sentence for the banner and its kind.
        undo_possible(bool): whether there is something to take back.
        undone(tuple[str, ...]): the cases that are as they were before, to be shown.
    """

    done = Signal(object)
    told = Signal(str, str)
    undo_possible = Signal(bool)
    undone = Signal(object)

    def __init__(self, *, desk: Desk, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._jobs = desk, jobs
        self._stack: list[tuple[str, ...]] = []

    def remember(self, changes: Changes) -> None:
        """What was done elsewhere in the window and can be taken back."""
        if changes.cases:
            self._push(tuple(sorted(changes.cases)))

    def act(self, action: Action, case_ids: Sequence[str]) -> None:
        """Does ``action`` to each of the cases; where a rule forbids one, the rest goes on."""
        ids = tuple(case_ids)
        self._jobs.write(
            self,
            lambda: self._desk.act_on_many(action, ids),
            lambda result: self._tell_result(action, *result),
            self._tell_error,
        )

    def undo(self) -> None:
        """Takes back what was done last."""
        if self._stack:
            ids = self._stack.pop()
            self.undo_possible.emit(bool(self._stack))
            self._jobs.write(
                self,
                lambda: self._desk.act_on_many(Action.UNDO, ids),
                lambda result: self._tell_result(Action.UNDO, *result),
                self._tell_error,
            )

    def _tell_result(self, action: Action, changes: Changes, outcomes: Sequence[Outcome]) -> None:
        done = tuple(outcome.case_id for outcome in outcomes if outcome.error is None)
        errors = [outcome.error for outcome in outcomes if outcome.error is not None]
        if done and action is not Action.UNDO:
            self._push(done)
        if changes.cases:
            self.done.emit(changes)
        if done and action is Action.UNDO:
            self.undone.emit(done)
        word = word_of(action)
        if not errors:
            self.told.emit(self.tr("已{word} {count} 件。").format(word=word, count=len(done)), "info")
        elif len(outcomes) == 1:
            self.told.emit(sentence_of(errors[0]), "bad")
        else:
            words = self.tr("{word}：{done} 件完成，{failed} 件没有：{reason}")
            told = words.format(word=word, done=len(done), failed=len(errors), reason=sentence_of(errors[0]))
            self.told.emit(told, "warn")

    def _tell_error(self, error: GridClientError) -> None:
        self.told.emit(sentence_of(error), "bad")

    def _push(self, case_ids: tuple[str, ...]) -> None:
        self._stack = [*self._stack, case_ids][-_LONGEST_STACK:]
        self.undo_possible.emit(True)
