"""The signals by which the parts of the case's panel tell the window what happened."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal


class CaseNews(QObject):
    """``short`` gives a case's number as the list shows it.

    Signals:
        changes(Changes): an action was carried out in the panel, or a case was registered in its place.
        done(tuple[str, ...]): that action is a step of these cases that can be undone; a case stands there as often as
            something was added to it at once.
        taken_back(tuple[str, ...]): that action was an undo; ``changes`` came before.
        open_wanted(str): another case is to be shown, a likely duplicate.
        conflict_wanted(str): the page where the conflict of this case is resolved is to be opened.
        together_wanted(Action, dict, tuple[str, ...]): an action for several cases, its arguments, and these cases;
            none stand for all that are chosen.
        pick_wanted(bool): the next click on the map is for the panel's form; ``False`` ends that.
        staying(str): the next change is about this case, and the operator goes on with it.
        told(str): what was done, in one sentence.
        some_refused(str, tuple[str, ...]): what was refused for cases that the panel does not show any more: sentence,
            cases.
    """

    changes = Signal(object)
    done = Signal(object)
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
