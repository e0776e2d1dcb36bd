"""The dispatch panel, F2. The proposal is chosen already: Enter accepts it, a digit or some letters choose another
unit. Source: UX.md, 派遣."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from gridclient.domain.case import Case
from gridclient.domain.errors import GridClientError, RuleViolation
from gridclient.domain.roles import Action
from gridclient.services.desk import Desk, Outcome
from gridclient.services.rows import Changes
from gridclient.ui.dispatch.choice import (
    Choice,
    UnitItem,
    Units,
    consequence,
    dispatch_many,
    load_batch_units,
    load_units,
    proposed_units,
)
from gridclient.ui.dispatch.sheet import DispatchSheet
from gridclient.ui.dispatch.unit_list import digit_of
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import ENTER
from gridclient.ui.portions import AT_ONCE, BatchResult, Portions, words_of

_CONTROL: Final = Qt.KeyboardModifier.ControlModifier
_UNIT_KINDS: Final = frozenset({"units", "standards"})


class DispatchPanel(DispatchSheet):
    """Chooses units, says what a dispatch would mean, and dispatches.

    Signals:
        done(Changes): the case was dispatched, or of several all that could be.
        several_done(BatchResult, str): what became of several cases, with a sentence; emitted before ``done``.
        refused(Case, GridClientError): a dispatch was refused; the note says it if the case is still shown.
        cancelled(): Esc was pressed and nothing was typed.
    """

    done = Signal(object)
    several_done = Signal(object, str)
    refused = Signal(object, object)
    cancelled = Signal()

    def __init__(self, *, desk: Desk, jobs: Jobs, short: Callable[[str], str]) -> None:
        super().__init__()
        self._desk = desk
        self._jobs = jobs
        self._action = Action.DISPATCH
        self._case: Case | None = None
        self._batch: tuple[str, ...] = ()
        self._begun: tuple[str, ...] = ()  # the cases that are being dispatched
        self._units = Units()
        self.choice = Choice()
        self._reasons: dict[str, str] = {}
        self._accepting = False
        self._outside = 0  # of several cases, those for which the list names other units; known when they are read
        self._moved = False  # arrow keys left the chosen unit
        self._keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Up: partial(self._step, -1),
            Qt.Key.Key_Down: partial(self._step, 1),
            Qt.Key.Key_Space: self._toggle_current,
            Qt.Key.Key_Return: self.accept,
            Qt.Key.Key_Enter: self.accept,
            Qt.Key.Key_Escape: self._escape,
        }
        self._portions = Portions(desk=desk, jobs=jobs, short=short, parent=self)
        self._name()
        self.filter.installEventFilter(self)
        self.list.installEventFilter(self)
        self.filter.textEdited.connect(self._on_typed)
        self.list.lead_clicked.connect(self._lead)
        self.list.cooperating_clicked.connect(self._toggle)
        self.button.clicked.connect(self.accept)
        self.reason.textEdited.connect(self._on_reason)
        self._portions.progressed.connect(self._on_progressed)
        self._portions.finished.connect(self._on_batch)

    # -- what is dispatched -----------------------------------------------------------------------------------------

    def show_case(self, case: Case | None, *, action: Action = Action.DISPATCH) -> None:
        """Proposes units for a case. The same case, unchanged, keeps what was chosen."""
        same = self._same(case, action)
        self._case, self._action, self._batch = case, action, ()
        if case is None or same:
            return
        self._reset(self._reasons.get(case.id, ""))
        self.offer_contact(known=bool(case.facts.reporter_phone.strip()), secret=case.facts.keep_secret)
        read = partial(load_units, self._desk, case.id)
        self._jobs.read(self, read, self._on_units, self._on_failed, name="units")

    def show_batch(self, case_ids: Sequence[str]) -> None:
        """Shows several cases: each goes to its proposal, or all go to the chosen unit."""
        if tuple(case_ids) == self._batch:
            return
        self._case, self._action, self._batch = None, Action.DISPATCH, tuple(case_ids)
        self._reset("")
        each = UnitItem("", self.tr("各按建议派遣"), self.tr("每件派给责任清单所列、管辖当地的单位"))
        self._jobs.read(self, partial(load_batch_units, self._desk, each), self._on_units, name="units")

    def refresh(self, changes: Changes) -> None:
        """Proposes again when units or filing conditions have changed."""
        if self._case is not None and changes.kinds & _UNIT_KINDS:
            case, self._case = self._case, None
            self.show_case(case, action=self._action)

    # -- choosing ---------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the field and the list, digits, arrows, Space and Enter choose units; letters go into the field."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if self._acts(event):
            return True
        if watched is self.list:
            if event.text().isprintable() and event.text() and not event.modifiers() & _CONTROL:
                self.take_focus()
                self.filter.insert(event.text())
                self._on_typed()
            else:
                event.ignore()
            return True
        return False

    def _acts(self, event: QKeyEvent) -> bool:
        pressed = digit_of(event)
        if pressed is not None:
            self._press_digit(*pressed)
            return True
        act = self._keys.get(event.key())
        if act is None or (event.key() == Qt.Key.Key_Space and event.modifiers() & _CONTROL):
            return False
        if not (event.key() in ENTER and event.isAutoRepeat()):  # a held Enter must not dispatch case after case
            act()
        return True

    def accept(self) -> None:
        """Enter: takes the unit that was found or reached by arrows, else dispatches. Does nothing if no unit was
        found."""
        current = self.list.current_code
        if current is None and self.filter.text().strip():
            return
        stepped_away = self._moved and current is not None and self.choice.part_of(current) is None
        if current is not None and (self.filter.text().strip() or stepped_away):
            self._lead(current)
        else:
            self.dispatch()

    def dispatch(self) -> None:
        """Dispatches once to the chosen units, or asks for a reason that is missing."""
        if self._accepting or not (self._case or self._batch) or self._others_under_way:
            return
        if not self.choice.lead and not self._batch:
            self.note.say_error(RuleViolation("dispatch.no_proposal"))
        elif self._reason_needed and not self.reason.text().strip():
            self.note.say(self._reason_asked, "bad")
            self.reason.setFocus()
        else:
            self._accepting = True
            self.button.setEnabled(False)
            self.note.clear()
            self._write()

    @property
    def _others_under_way(self) -> bool:
        return bool(self._batch) and self._portions.running

    @property
    def _reason_needed(self) -> bool:
        if self._batch:
            return self._outside > 0
        return self._action is Action.REASSIGN or self._units.against_list(self.choice.lead)

    @property
    def _reason_asked(self) -> str:
        if self._action is Action.REASSIGN:
            return self.tr("请填写改派理由。")
        if self._batch and not self.choice.lead:
            words = self.tr("{count} 件的建议主办不在责任清单内，请填写理由。")
            return words.format(count=self._outside)
        return self.tr("所选主办单位不在责任清单内，请填写理由。")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.dispatch()
        elif event.key() == Qt.Key.Key_Escape:
            self.filter.setFocus() if self.reason.hasFocus() else self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _escape(self) -> None:
        if self._others_under_way:
            self._portions.stop()
        elif self.filter.text():
            self._chosen()
        else:
            self.cancelled.emit()

    def _press_digit(self, digit: int, shifted: bool) -> None:
        for item in self.list.units.values[digit - 1 : digit]:
            (self._toggle if shifted else self._lead)(item.code)

    def _step(self, by: int) -> None:
        self._moved = True
        self.list.step(by)

    def _lead(self, code: str) -> None:
        self._moved, self._outside = False, 0
        self.choice = self.choice.led_by(code)
        self._chosen()
        self.list.go_to(code)

    def _toggle(self, code: str) -> None:
        self._moved = False
        if not self._batch:
            self.choice = self.choice.toggled(code)
        self._chosen()

    def _toggle_current(self) -> None:
        current = self.list.current_code
        if current is not None:
            self._toggle(current)

    def _chosen(self) -> None:
        if self.filter.text():
            self.filter.clear()
        self.note.clear()
        self._show()

    def _on_typed(self) -> None:
        self._moved = False
        typed = self.filter.text()
        found = self._units.shown(typed, self.choice)
        self.list.show_items(found, self.choice)
        self.list.setCurrentIndex(self.list.units.index(0))
        words = self.tr("没有单位是“{words}”。改几个字再试，按 Esc 看建议的单位。")
        self.note.say(words.format(words=typed.strip()) if typed.strip() and not found else "", "bad")

    # -- showing ----------------------------------------------------------------------------------------------------

    def _same(self, case: Case | None, action: Action) -> bool:
        old = self._case
        if case is None or old is None or self._action is not action:
            return False
        return (case.id, case.version) == (old.id, old.version)

    def _reset(self, reason: str) -> None:
        self._units, self.choice = Units(), Choice()
        self._accepting, self._moved, self._outside = False, False, 0
        self.filter.clear()
        self.note.clear()
        self.foretold.clear()
        self.reason.setText(reason)
        self.offer_contact(known=False, secret=False)
        self._name()

    def _on_units(self, units: Units) -> None:
        self._units, self.choice = units, units.proposed
        self._show()
        self.list.go_to(self.choice.lead)  # not on the unit where the case before ended
        if not self.choice.lead and not self._batch:
            self.note.say_error(RuleViolation("dispatch.no_proposal"))

    def _show(self) -> None:
        self.list.show_items(self._units.shown(self.filter.text(), self.choice), self.choice)
        self._offer_reason()
        ready = bool(self.choice.lead or self._batch)
        self.button.setEnabled(ready and not self._accepting and not self._others_under_way)
        self._foretell()

    def _foretell(self) -> None:
        case = self._case
        if case is None:
            self._foretell_many()
            return
        read = partial(consequence, self._desk, case, self.choice, self._action)
        self._jobs.read(self, read, self.foretold.setText, name="foretell")

    def _foretell_many(self) -> None:
        unit, batch = self._units.row(self.choice.lead), self._batch
        text = self.tr("{count} 件全部派给 {unit}") if unit is not None else self.tr("{count} 件各按建议派遣")
        told = text.format(count=len(batch), unit=unit.name if unit is not None else "")
        self.foretold.setText(told)
        if unit is None and 0 < len(batch) <= AT_ONCE:
            read = partial(proposed_units, self._desk, batch)
            self._jobs.read(self, read, partial(self._on_foretold, batch, told), name="foretell")

    def _on_foretold(self, batch: tuple[str, ...], told: str, proposed: tuple[str, int]) -> None:
        if batch != self._batch or self.choice.lead:
            return
        units, outside = proposed
        self.foretold.setText(self.tr("{told}：{units}").format(told=told, units=units))
        self._ask_for_outside(outside)

    def _ask_for_outside(self, count: int) -> None:
        """Of several cases so many go to units outside the list, which needs a reason."""
        self._outside = count
        self.reason.setPlaceholderText(self._reason_asked)
        self._offer_reason()

    def _offer_reason(self) -> None:
        self.reason.setVisible(self._reason_needed or bool(self._batch and self.choice.lead))

    def _on_reason(self, text: str) -> None:
        if self._case is not None:
            self._reasons[self._case.id] = text

    def _name(self) -> None:
        word = self.tr("改派") if self._action is Action.REASSIGN else self.tr("派遣")
        if self._batch:
            word = self.tr("派遣 {count} 件").format(count=len(self._batch))
        self.name(word, reason_asked=self._reason_asked)

    # -- dispatching ------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        args: dict[str, Any] = {"lead": self.choice.lead, "reason": self.reason.text().strip()}
        if self._batch:
            given = {name: value for name, value in args.items() if value}
            self._begun = self._batch
            self._portions.run(self._batch, partial(dispatch_many, self._desk, given))
        elif self._case is not None:
            args |= {"cooperating": list(self.choice.cooperating), "contact": self.contact.isChecked()}
            case = self._case
            act = partial(self._desk.act, self._action, case.id, args, base=case.version)
            self._jobs.write(self, act, partial(self._on_dispatched, case.id), partial(self._on_refused, case))

    def _on_dispatched(self, case_id: str, changes: Changes) -> None:
        self._reasons.pop(case_id, None)
        if not changes and self._case is not None and self._case.id == case_id:
            self._accepting = False  # otherwise the case is read again; until then Enter does nothing
        self.done.emit(changes)

    def _on_progressed(self, done: int, total: int) -> None:
        if self._batch:
            words = self.tr("正在派遣 {done}/{total}，按 Esc 停止")
            self.note.say(words.format(done=done, total=total))

    def _on_batch(self, result: BatchResult) -> None:
        sentence = words_of(result, self.tr("派遣"))
        if self._batch == self._begun:  # otherwise something else is shown by now
            self._accepting = False
            self._batch = result.undone
            self._name()
            self._show()
            self.note.say(sentence, "warn" if self._batch else "muted")
            self._ask_for_outside(sum(_lacks_reason(outcome) for outcome in result.refused))
            if self._reason_needed and self.filter.hasFocus():
                self.reason.setFocus()
        elif self._batch:
            self._show()
        self.several_done.emit(result, sentence)
        self.done.emit(result.changes)

    def _on_refused(self, case: Case, error: GridClientError) -> None:
        self.refused.emit(case, error)
        if self._case is not None and self._case.id == case.id:
            self._on_failed(error)

    def _on_failed(self, error: GridClientError) -> None:
        self._accepting = False
        self.button.setEnabled(True)
        self.note.say_error(error)


def _lacks_reason(outcome: Outcome) -> bool:
    return outcome.error is not None and outcome.error.code == "dispatch.reason_missing"
