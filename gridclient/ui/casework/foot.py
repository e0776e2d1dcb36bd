"""The foot of the panel: the dispatch panel, the form of an action, or buttons for the possible actions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, Protocol, cast

from PySide6.QtCore import QPoint, Signal, SignalInstance
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QSizePolicy, QWidget

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
    """Buttons for the first actions, and a menu with the others.

    Signals:
        chosen(Action): an action was chosen.
        going(QWidget): the buttons in this widget are about to be replaced.
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
        """Shows actions; the same ones again keep the buttons and the focus. ``kept`` are words of actions that only
        others may do."""
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
        button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # it may shrink
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
    """What the foot needs of the dispatch panel, which belongs to another feature and is handed in by the window."""

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
    """Shows one of the three at a time.

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
        """Shows nothing: there is no case."""
        self._lay()
        self.note.clear()
        self.dispatch.show_case(None)

    def show_case(
        self, case: Case, open_actions: Sequence[Offer], *, dispatch: Action | None, kept: Sequence[str] = ()
    ) -> None:
        """Shows the actions of a case, with the dispatch panel if ``dispatch`` is 派遣 or 改派. ``kept``: see
        :meth:`ActionBar.show_offers`."""
        if dispatch is None:
            self._lay_buttons(open_actions, kept)
        else:
            self._lay(dispatch=True)
            rest = [offer for offer in open_actions if offer.action is not dispatch]
            self.bar.show_offers(rest, primary=False, most=_BESIDE, kept=kept)
            self.dispatch.place_beside(self.bar)
            self.dispatch.show_case(case, action=dispatch)

    def show_batch(self, case_ids: Sequence[str]) -> None:
        """Shows the dispatch panel for several cases."""
        self._lay(dispatch=True)
        self.note.clear()
        self.bar.hide()
        self.dispatch.show_batch(case_ids)

    def show_together(self, open_actions: Sequence[Offer]) -> None:
        """Shows the actions that can be done to several cases at once."""
        self._lay_buttons(open_actions)
        self.note.clear()

    def open_form(self, spec: FormSpec, lists: Lists) -> ActionForm:
        """Shows the form of an action."""
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
        """Closes the form."""
        if self.form is not None:
            self._free(self.form)
            self._rows.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None

    def _free(self, part: QWidget) -> None:
        """Gives the keyboard back to the panel before ``part`` goes. Qt would give it to some other panel, where the
        next key would act."""
        here, case = QApplication.focusWidget(), self.parentWidget()
        if here is not None and part.isAncestorOf(here) and case is not None:
            case.setFocus()

    def refuse(self, error: GridClientError) -> None:
        """Shows an error in the form, or in the note without one."""
        if self.form is not None:
            self.form.refuse(error)
        else:
            self.note.say_error(error)

    def take_focus(self) -> None:
        """Puts the cursor where the operator goes on: into the form, the list of units or the first button."""
        if self.form is not None:
            self.form.start()
        elif self.can_dispatch():
            self.dispatch.take_focus()
        elif self.bar.buttons:
            next(iter(self.bar.buttons.values())).setFocus()

    def can_dispatch(self) -> bool:
        """Whether the dispatch panel is shown."""
        return self._widget.isVisible()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens().panel))
        if self.height() > 1:  # something is shown
            painter.fillRect(0, 0, self.width(), 1, QColor(tokens().line))
