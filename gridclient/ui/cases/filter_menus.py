"""The menus that narrow the list: state, level, unit, channel, and the saved views. Filled when they are opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu

from gridclient.domain.codes import township_of
from gridclient.services.rows import GridRow, SavedView, UnitRow
from gridclient.services.words import CHANNELS, STATES, UNIT_KINDS
from gridclient.ui.state import with_state

translate = QCoreApplication.translate
Narrow = Callable[[Mapping[str, Any]], None]
_LEVELS = range(1, 5)
_MOST_LISTED = 30


def fill_states(menu: QMenu, narrow: Narrow) -> None:
    """Every state, and all cases with those that have ended."""
    for state, word in STATES.items():
        menu.addAction(word, partial(narrow, with_state(state)))
    menu.addSeparator()
    everything: dict[str, Any] = {"states": frozenset(), "box": None, "only_open": False}
    menu.addAction(translate("CaseList", "全部（含已办结）"), partial(narrow, everything))


def fill_levels(menu: QMenu, narrow: Narrow) -> None:
    """The four levels."""
    for level in _LEVELS:
        menu.addAction(translate("CaseList", "{level}级").format(level=level), partial(narrow, {"level": level}))


def fill_channels(menu: QMenu, narrow: Narrow) -> None:
    """Every channel."""
    for channel, word in CHANNELS.items():
        menu.addAction(word, partial(narrow, {"channel": channel}))


def fill_units(menu: QMenu, units: Iterable[UnitRow], townships: Sequence[GridRow], grid: str, narrow: Narrow) -> None:
    """The units of the chosen township (of all, where none is chosen) by kind, many of one kind by township."""
    township = township_of(grid)
    near = [unit for unit in units if not township or not unit.township or unit.township == township]
    for kind, word in UNIT_KINDS.items():
        members = sorted((unit for unit in near if unit.kind == kind), key=lambda unit: unit.name)
        if members:
            below = menu.addMenu(word)
            for place in townships if len(members) > _MOST_LISTED else ():
                there = [unit for unit in members if unit.township == place.code]
                members = [unit for unit in members if unit not in there]
                if there:
                    _list_units(below.addMenu(place.name), there, narrow)
            _list_units(below, members, narrow)


def _list_units(menu: QMenu, units: Iterable[UnitRow], narrow: Narrow) -> None:
    for unit in units:
        menu.addAction(unit.name, partial(narrow, {"unit": unit.code}))


def fill_views(
    menu: QMenu, views: Sequence[SavedView], *, show: Callable[[SavedView], None], drop: Callable[[str], None]
) -> None:
    """The saved views, and which to drop."""
    for view in views:
        menu.addAction(view.name, partial(show, view))
    menu.addSeparator()
    dropping = menu.addMenu(translate("CaseList", "删除视图"))
    for view in views:
        dropping.addAction(view.name, partial(drop, view.name))
