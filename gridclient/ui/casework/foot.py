"""The foot of the panel: the dispatch panel, an action's form or the buttons of what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gridclient.domain.case import Case
from gridclient.domain.errors import GridClientError
from gridclient.domain.roles import Action
from gridclient.services.rows import Changes
from gridclient.ui.casework.action_bar import ActionBar
from gridclient.ui.casework.action_form import ActionForm
from gridclient.ui.casework.form_spec import FormSpec
from gridclient.ui.casework.offers import Offer
from gridclient.ui.choice_lists import Lists
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.laid_out import down
from gridclient.ui.theme import tokens

_BESIDE = 2


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
    """One of three at a time."""

    def __init__(self, *, dispatch: DispatchPlace) -> None:
        super().__init__()
        self.dispatch, self._widget = dispatch, cast("QWidget", dispatch)
        self.form: ActionForm | None = None
        self.note = InlineNote(parent=self)
        self.note.setContentsMargins(12, 4, 12, 4)
        self.bar = ActionBar()
        self._bar_place = QWidget(self)
        self._bar_rows = down(self.bar, on=self._bar_place, edges=(12, 8, 12, 10))
        self._rows = down(self._widget, self._bar_place, self.note, on=self, edges=(0, 1, 0, 0), gap=0)
        self.clear()

    def clear(self) -> None:
        """Nothing can be done: no case is shown."""
        self.close_form()
        self._widget.hide()
        self.dispatch.show_case(None)
        self._bar_place.hide()
        self.note.clear()

    def show_case(
        self, case: Case, open_actions: Sequence[Offer], *, dispatch: Action | None, kept: Sequence[str] = ()
    ) -> None:
        """The buttons of a case, beside the dispatch panel where it can be dispatched; ``kept`` is said, not done."""
        self.close_form()
        if dispatch is not None:
            rest = [offer for offer in open_actions if offer.action is not dispatch]
            self.bar.show_offers(rest, primary=False, most=_BESIDE, kept=kept)
            self.dispatch.place_beside(self.bar)
            self.dispatch.show_case(case, action=dispatch)
        else:
            self._bar_rows.addWidget(self.bar)
            self.bar.show_offers(open_actions, kept=kept)
        self._bar_place.setVisible(dispatch is None and bool(open_actions))
        self.bar.show()
        self._widget.setVisible(dispatch is not None)

    def show_batch(self, case_ids: Sequence[str]) -> None:
        """The dispatch panel for several cases."""
        self.close_form()
        self._bar_place.hide()
        self.bar.hide()
        self.note.clear()
        self.dispatch.show_batch(case_ids)
        self._widget.show()

    def show_together(self, open_actions: Sequence[Offer]) -> None:
        """The buttons of what can be done to several cases at once."""
        self.close_form()
        self.note.clear()
        self._widget.hide()
        self._bar_rows.addWidget(self.bar)
        self.bar.show_offers(open_actions)
        self.bar.show()
        self._bar_place.setVisible(bool(open_actions))

    def open_form(self, spec: FormSpec, lists: Lists) -> ActionForm:
        """An action's form in place of the rest."""
        self.close_form()
        self.note.clear()
        self._widget.hide()
        self._bar_place.hide()
        self.form = ActionForm(spec, lists=lists, parent=self)
        self._rows.insertWidget(0, self.form)
        self.form.show()
        return self.form

    def close_form(self) -> None:
        """Puts the form away."""
        if self.form is not None:
            self._rows.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None

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
