"""The foot of the panel: the dispatch panel, an action's form or the buttons of what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, Protocol, cast

from PySide6.QtCore import QPoint, Signal, SignalInstance
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from gridclient.domain.case import Case
from gridclient.domain.errors import GridClientError
from gridclient.domain.roles import Action
from gridclient.services.rows import Changes
from gridclient.ui.casework.action_form import ActionForm
from gridclient.ui.casework.form_spec import FormSpec
from gridclient.ui.casework.offers import Offer
from gridclient.ui.choice_lists import Lists
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, down
from gridclient.ui.theme import tokens

_MOST: Final = 3
_BESIDE: Final = 2


class ActionBar(QWidget):
    """Three buttons and a menu.

    Signals:
        chosen(Action): what the operator wants to do.
        going(QWidget): its buttons, in this widget, give way to others.
    """

    chosen = Signal(object)
    going = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._row = across(on=self, gap=6)
        self.offers: tuple[Offer, ...] = ()
        self._shown: tuple[object, ...] = ()
        self.buttons: dict[Action, QPushButton] = {}

    def show_offers(
        self, offers: Sequence[Offer], *, primary: bool = True, most: int = _MOST, kept: Sequence[str] = ()
    ) -> None:
        """Other actions; the same ones again leave the buttons, and the focus on them, alone. ``kept`` are the words of
        what somebody else may do."""
        asked = (*offers, primary, *kept)
        if asked == self._shown:
            return
        self.going.emit(self)
        self.offers, self._shown, self.buttons = tuple(offers), asked, {}
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, offer in enumerate(offers[:most]):
            self._row.addWidget(self._make(offer, primary=primary and number == 0))
        if offers[most:] or kept:
            self._row.addWidget(self._make_more(offers[most:], kept))
        self._row.addStretch()

    def _make(self, offer: Offer, *, primary: bool) -> QPushButton:
        button = KeyButton(offer.word, key=offer.key, kind="primary" if primary else "plain", parent=self)
        button.clicked.connect(partial(self.chosen.emit, offer.action))
        self.buttons[offer.action] = button
        return button

    def _make_more(self, offers: Sequence[Offer], kept: Sequence[str]) -> QPushButton:
        button = KeyButton(self.tr("更多"), parent=self)
        menu = QMenu(button)
        for offer in offers:
            entry = menu.addAction(f"{offer.word}\t{offer.key}" if offer.key else offer.word)
            entry.triggered.connect(partial(self.chosen.emit, offer.action))
        for words in kept:
            menu.addAction(words).setEnabled(False)
        button.clicked.connect(lambda: menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height()))))
        return button


class DispatchPlace(Protocol):
    """What the panel needs of the dispatch panel, which is a widget of another feature and handed in by the window."""

    done: SignalInstance
    several_done: SignalInstance
    refused: SignalInstance
    cancelled: SignalInstance

    def show_case(self, case: Case | None, *, action: Action = Action.DISPATCH) -> None: ...
    def show_batch(self, case_ids: Sequence[str]) -> None: ...
    def take_focus(self) -> None: ...
    def place_beside(self, widget: QWidget) -> None: ...
    def refresh(self, changes: Changes) -> None: ...


class Foot(QWidget):
    """One of three at a time.

    Signals:
        pick_requested(bool): see :class:`ActionForm`.
    """

    pick_requested = Signal(bool)

    def __init__(self, *, dispatch: DispatchPlace) -> None:
        super().__init__()
        self.dispatch, self._widget = dispatch, cast("QWidget", dispatch)
        self.form: ActionForm | None = None
        self.note = InlineNote(parent=self)
        self.note.setContentsMargins(12, 4, 12, 4)
        self.bar = ActionBar()
        self.bar.going.connect(self._free)
        self._bar_place = QWidget(self)
        self._bar_rows = down(self.bar, on=self._bar_place, edges=(12, 8, 12, 10))
        self._rows = down(self._widget, self._bar_place, self.note, on=self, edges=(0, 1, 0, 0), gap=0)
        self.clear()

    def clear(self) -> None:
        """Nothing can be done: no case is shown."""
        self._lay()
        self.note.clear()
        self.dispatch.show_case(None)

    def show_case(
        self, case: Case, open_actions: Sequence[Offer], *, dispatch: Action | None, kept: Sequence[str] = ()
    ) -> None:
        """The buttons of a case, beside the dispatch panel where it can be dispatched; ``kept`` is said, not done."""
        if dispatch is None:
            self._lay_buttons(open_actions, kept)
        else:
            self._lay(dispatch=True)
            rest = [offer for offer in open_actions if offer.action is not dispatch]
            self.bar.show_offers(rest, primary=False, most=_BESIDE, kept=kept)
            self.dispatch.place_beside(self.bar)
            self.dispatch.show_case(case, action=dispatch)

    def show_batch(self, case_ids: Sequence[str]) -> None:
        """The dispatch panel for several cases."""
        self._lay(dispatch=True)
        self.note.clear()
        self.bar.hide()
        self.dispatch.show_batch(case_ids)

    def show_together(self, open_actions: Sequence[Offer]) -> None:
        """The buttons of what can be done to several cases at once."""
        self._lay_buttons(open_actions)
        self.note.clear()

    def open_form(self, spec: FormSpec, lists: Lists) -> ActionForm:
        """An action's form in place of the rest."""
        self._lay()
        self.note.clear()
        self.form = ActionForm(spec, lists=lists, parent=self)
        self.form.pick_requested.connect(self.pick_requested)
        self._rows.insertWidget(0, self.form)
        self.form.show()
        return self.form

    def _lay(self, *, dispatch: bool = False, buttons: bool = False) -> None:
        self.close_form()
        for part, shown in ((self._widget, dispatch), (self._bar_place, buttons)):
            if not shown:
                self._free(part)
            part.setVisible(shown)

    def _lay_buttons(self, offers: Sequence[Offer], kept: Sequence[str] = ()) -> None:
        self._lay(buttons=bool(offers))
        self._bar_rows.addWidget(self.bar)
        self.bar.show_offers(offers, kept=kept)
        self.bar.show()

    def close_form(self) -> None:
        """Puts the form away."""
        if self.form is not None:
            self._free(self.form)
            self._rows.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None

    def _free(self, part: QWidget) -> None:
        """Before it goes the keyboard goes back to the case: Qt would give it to some other panel, where the next key
        would do something else."""
        here, case = QApplication.focusWidget(), self.parentWidget()
        if here is not None and part.isAncestorOf(here) and case is not None:
            case.setFocus()

    def refuse(self, error: GridClientError) -> None:
        """Says an error where the action was asked for."""
        if self.form is not None:
            self.form.refuse(error)
        else:
            self.note.say_error(error)

    def take_focus(self) -> None:
        """The cursor to where the operator goes on."""
        if self.form is not None:
            self.form.start()
        elif self.can_dispatch():
            self.dispatch.take_focus()
        elif self.bar.buttons:
            next(iter(self.bar.buttons.values())).setFocus()

    def can_dispatch(self) -> bool:
        """Whether the dispatch panel is what is shown."""
        return self._widget.isVisible()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens().panel))
        painter.fillRect(0, 0, self.width(), 1, QColor(tokens().line))
