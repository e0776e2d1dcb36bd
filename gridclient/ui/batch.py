"""Doing one action to several cases, and undoing the last step of this session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from gridclient.domain.errors import RuleViolation, StoreUnavailable
from gridclient.domain.roles import Action
from gridclient.services.desk import Desk
from gridclient.services.error_text import sentence_of
from gridclient.services.timeline_text import word_taken_back
from gridclient.ui.actions import word_of
from gridclient.ui.jobs import Jobs
from gridclient.ui.portions import BatchResult, Portions, words_of
from gridclient.ui.present import undoable

_LONGEST_STACK: Final = 50
_Step = tuple[str, ...] | Callable[[], object]
"""The cases of a step, each as often as it takes to undo it, or what Ctrl+Z does instead."""


class Batch(QObject):
    """Writes in the background and remembers the steps of this session that can be undone, at most 50.

    Signals:
        done(Changes): what was written.
        told(str, str): a sentence for the banner, and its kind.
        undo_possible(bool): whether there is a step that can be undone.
        undone(tuple[str, ...]): these cases are as they were before.
        said(str): what was done, for the status line.
    """

    done = Signal(object)
    told = Signal(str, str)
    undo_possible = Signal(bool)
    undone = Signal(object)
    said = Signal(str)

    def __init__(self, *, desk: Desk, jobs: Jobs, short: Callable[[str], str], parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._jobs, self._short = desk, jobs, short
        self._portions = Portions(desk=desk, jobs=jobs, short=short, parent=self)
        self._portions.progressed.connect(self._tell_progress)
        self._portions.finished.connect(self._tell_result)
        self._action = Action.UNDO
        self._stack: list[_Step] = []
        self._registration: _Step = ()

    def remember(self, case_ids: tuple[str, ...]) -> None:
        """Remembers a step that was done elsewhere in the window and can be undone: these cases, each as often as
        something was done to it."""
        if case_ids:
            self._push(case_ids)

    def remember_registration(self, case_id: str) -> None:
        """Remembers a registration. It stays: Ctrl+Z says so, once for several in a row, and undoes nothing before."""
        if self._stack and self._stack[-1] is self._registration:
            self._stack.pop()
        self._registration = partial(self._say_it_stays, case_id)
        self._push(self._registration)

    def remember_way_back(self, done: str, undone: str, back: Callable[[], object]) -> None:
        """Remembers a step that changed no case; ``back`` undoes it. ``done`` and ``undone`` are the sentences about
        both."""

        def take_back() -> None:
            back()
            self.said.emit(undone)

        self._push(take_back)
        self.said.emit(undoable(done))

    def forget(self, case_ids: Iterable[str]) -> None:
        """Removes the last step of these cases, which was undone; a case that stands there several times, as often."""
        undone = Counter(case_ids)

        def stands(case_id: str) -> bool:
            undone[case_id] -= 1
            return undone[case_id] < 0

        self._keep_cases(stands)

    def _keep_cases(self, stands: Callable[[str], bool]) -> None:
        """Keeps those cases of the steps, the last step first, that still stand to be undone."""
        left = [step if callable(step) else tuple(filter(stands, step)) for step in reversed(self._stack)]
        self._stack = [step for step in reversed(left) if step]
        self.undo_possible.emit(bool(self._stack))

    def act(self, action: Action, case_ids: Sequence[str], args: Mapping[str, Any] | None = None) -> bool:
        """Does ``action`` to each of the cases; those that a rule refuses are left out. Returns whether it began: it
        does not while other cases are worked on."""
        if self._portions.running:
            self._tell_busy()
            return False
        self._action = action
        self._portions.run(tuple(case_ids), partial(self._desk.act_on_many, action, args=args))
        return True

    def stop(self) -> None:
        """Esc: begins no further case. What was done stays done."""
        self._portions.stop()

    def undo(self) -> None:
        """Undoes the last step for all its cases."""
        last = self._stack[-1] if self._stack else ()
        if self._portions.running:
            self._tell_busy()
        elif callable(last):
            self._stack.pop()
            self.undo_possible.emit(bool(self._stack))
            last()
        elif last:
            self.act(Action.UNDO, last)
        else:
            self.told.emit(sentence_of(RuleViolation("case.nothing_to_undo")), "info")

    def _tell_busy(self) -> None:
        self.told.emit(self.tr("正在{word}，请办完再试。").format(word=word_of(self._action)), "info")

    def _tell_progress(self, done: int, total: int) -> None:
        words = self.tr("正在{word} {done}/{total}，按 Esc 停止")
        self.told.emit(words.format(word=word_of(self._action), done=done, total=total), "info")

    def _tell_result(self, result: BatchResult) -> None:
        action, done = self._action, result.done
        if action is Action.UNDO:
            self.forget(done)
            acted_on = {one.case_id for one in result.refused if not isinstance(one.error, StoreUnavailable)}
            self._keep_cases(lambda case_id: case_id not in acted_on)
        elif done:
            self._push(done)
        if result.changes.cases:
            self.done.emit(result.changes)
        if done and action is Action.UNDO:
            self.undone.emit(tuple(dict.fromkeys(done)))
        first = next((outcome.error for outcome in result.refused), None)
        if first is not None and not done and len({outcome.case_id for outcome in result.outcomes}) == 1:
            number = "".join(result.numbers.values()) if action is Action.UNDO else ""  # another case may be shown
            self.told.emit(f"{number} {sentence_of(first)}".strip(), "bad")
        elif result.outcomes or result.error is not None:
            words = words_of(result, word_of(action))
            if result.refused or result.left:
                self.told.emit(words, "warn")
            elif action is Action.UNDO:
                self._say_undone(done)
            else:
                self.said.emit(undoable(words))

    def _say_undone(self, case_ids: Sequence[str]) -> None:
        """Says which step was taken back: the list may show none of these cases any more."""
        queries, first, count = self._desk.queries, case_ids[0], len(set(case_ids))
        words = self.tr("已撤销“{step}” {which}")
        if len(case_ids) > count:
            words = self.tr("已撤销“{step}” {times} 份 {which}")  # files that were attached at once

        def read() -> tuple[str, str]:
            return word_taken_back(queries.timeline(first)), queries.case(first).number

        def say(found: tuple[str, str]) -> None:
            step, number = found
            which = self._short(number) if count == 1 else self.tr("{count} 件").format(count=count)
            self.said.emit(words.format(step=step, which=which, times=len(case_ids)))

        self._jobs.read(self, read, say, name="undone")

    def _say_it_stays(self, case_id: str) -> None:
        def say(number: str) -> None:
            self.told.emit(f"{self._short(number)} {sentence_of(RuleViolation('case.not_undoable'))}", "bad")

        self._jobs.read(self, lambda: self._desk.queries.case(case_id).number, say, name="undone")

    def _push(self, step: _Step) -> None:
        self._stack = [*self._stack, step][-_LONGEST_STACK:]
        self.undo_possible.emit(True)
