"""What the case's panel tells the desk; the panel's parts tell it themselves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal


class CaseNews(QObject):
    """``short`` gives a number as the list shows it, for what is told outside the panel.

    Signals:
        changes(Changes): an action was carried out in the panel.
        taken_back(tuple[str, ...]): the action was to take the last one back; ``changes`` came before.
        open_wanted(str): the operator wants another case, a likely duplicate.
        conflict_wanted(str): the choice between two sides that a case waits for.
        together_wanted(Action, dict, tuple[str, ...]): to be done to several cases, with what was asked for it, and to
            which of them; none are named where it is for all.
        pick_wanted(bool): the next click on the map is for the panel's form; ``False`` gives that up.
        staying(str): what follows changes this case, and the operator goes on with it.
        told(str): what was done, in one sentence.
        some_refused(str, tuple): what could not be done where it is not shown (any more): the sentence and the cases.
    """

    changes = Signal(object)
    taken_back = Signal(object)
    open_wanted = Signal(str)
    conflict_wanted = Signal(str)
    together_wanted = Signal(object, object, object)
    pick_wanted = Signal(bool)
    staying = Signal(str)
    told = Signal(str)
    some_refused = Signal(str, object)

    def __init__(self, *, short: Callable[[str], str], parent: QObject) -> None:
        super().__init__(parent)
        self.short = short
