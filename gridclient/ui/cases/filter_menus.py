"""The menus of state, level, unit, channel and saved views, filled when they open, and the words of active
conditions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QLineEdit, QMenu, QWidgetAction

from gridclient.domain.codes import township_of
from gridclient.domain.frozen import frozen
from gridclient.services.rows import CaseFilter, GridRow, SavedView, UnitRow, count_of
from gridclient.services.words import BOXES, CHANNELS, STATES, UNIT_KINDS
from gridclient.ui.laid_out import literal
from gridclient.ui.present import level_word
from gridclient.ui.state import with_state

translate = QCoreApplication.translate
Narrow = Callable[[Mapping[str, Any]], None]
_MOST_LISTED = 30
_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


def fill_states(menu: QMenu, narrow: Narrow) -> None:
    """Offers every state, and all cases including those that have ended."""
    for state, word in STATES.items():
        menu.addAction(word, partial(narrow, with_state(state)))
    menu.addSeparator()
    everything: dict[str, Any] = {"states": frozenset(), "box": None, "only_open": False}
    menu.addAction(translate("CaseList", "全部（含已办结）"), partial(narrow, everything))


def fill_one_of(menu: QMenu, field: str, words: Mapping[Any, str], narrow: Narrow) -> None:
    """Offers every value of a field of the filter."""
    for value, word in words.items():
        menu.addAction(literal(word), partial(narrow, {field: value}))


def fill_units(menu: QMenu, units: Iterable[UnitRow], townships: Sequence[GridRow], grid: str, narrow: Narrow) -> None:
    """Offers the units of the chosen township (without one, all), by kind; a kind with many units is divided by
    township."""
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
                    fill_one_of(
                        below.addMenu(literal(place.name)), "unit", {unit.code: unit.name for unit in there}, narrow
                    )
            fill_one_of(below, "unit", {unit.code: unit.name for unit in members}, narrow)


@frozen
class ViewChanges:
    """What can be done with saved views. ``save`` keeps the present filter and order under a name."""

    show: Callable[[SavedView], None]
    save: Callable[[str], None]
    drop: Callable[[SavedView], None]
    rename: Callable[[SavedView, str], None]


def fill_views(menu: QMenu, views: Sequence[SavedView], changes: ViewChanges) -> None:
    """Offers the saved views, and below them renaming and deleting each of them."""
    for view in views:
        menu.addAction(literal(view.name), partial(changes.show, view))
    menu.addSeparator()
    renaming = menu.addMenu(translate("CaseList", "改名"))
    dropping = menu.addMenu(translate("CaseList", "删除视图"))
    taken = {view.name for view in views}
    for view in views:
        below = renaming.addMenu(literal(view.name))
        name = add_name_field(below, partial(changes.rename, view), taken=taken, name=view.name)
        below.aboutToShow.connect(partial(QTimer.singleShot, 0, name, name.setFocus))
        dropping.addAction(literal(view.name), partial(changes.drop, view))


def add_name_field(menu: QMenu, named: Callable[[str], None], *, taken: Collection[str], name: str = "") -> QLineEdit:
    """Adds a field for a view's name to the menu; Enter calls ``named``. A name in ``taken`` is refused."""
    field = QLineEdit(name, menu)
    field.setPlaceholderText(translate("CaseList", "视图名称，回车保存"))
    field.setMinimumWidth(180)
    field.selectAll()

    def on_return() -> None:
        wanted = field.text().strip()
        if wanted in taken and wanted != name:
            field.setPlaceholderText(translate("CaseList", "已有这个名称的视图，换一个"))
            field.clear()
        elif wanted:
            for open_menu in _with_those_above(menu):
                open_menu.close()
            if wanted != name:
                named(wanted)

    field.returnPressed.connect(on_return)
    entry = QWidgetAction(menu)
    entry.setDefaultWidget(field)
    menu.addAction(entry)
    return field


def _with_those_above(menu: QMenu) -> Iterator[QMenu]:
    above: object = menu
    while isinstance(above, QMenu):
        yield above
        above = above.parent()


@frozen
class Chip:
    """A condition of the filter: its words, and the fields to change when it is removed."""

    part: str
    words: str
    without: Mapping[str, Any]


def chips_of(chosen: CaseFilter, *, units: Mapping[str, str] = _NO_NAMES) -> tuple[Chip, ...]:
    """The conditions of a filter in their order on the bar, without the area. ``units`` are names by code."""
    only_open = not chosen.is_listed
    of_rest = chosen.only_open if chosen.box or chosen.states else True
    parts: tuple[tuple[str, bool, Callable[[], str], dict[str, Any]], ...] = (
        ("imported", bool(chosen.imported), lambda: _imported(chosen), {"imported": (), "only_open": of_rest}),
        ("held", bool(chosen.held), lambda: _held(chosen), {"held": (), "only_open": of_rest}),
        ("box", chosen.box is not None, lambda: BOXES[chosen.box or ""], {"box": None, "only_open": only_open}),
        ("states", bool(chosen.states), lambda: _states(chosen), {"states": frozenset(), "only_open": only_open}),
        ("ended", _shows_ended(chosen), lambda: translate("CaseList", "含已办结"), {"only_open": True}),
        ("level", chosen.level is not None, lambda: level_word(chosen.level), {"level": None}),
        ("unit", bool(chosen.unit), lambda: units.get(chosen.unit, chosen.unit), {"unit": ""}),
        ("channel", bool(chosen.channel), lambda: CHANNELS.get(chosen.channel, chosen.channel), {"channel": ""}),
        ("bounds", chosen.bounds is not None, lambda: translate("CaseList", "地图框选"), {"bounds": None}),
        ("text", bool(chosen.text), lambda: translate("CaseList", "“{text}”").format(text=chosen.text), {"text": ""}),
    )
    return tuple(Chip(part, words(), without) for part, active, words, without in parts if active)


def _shows_ended(chosen: CaseFilter) -> bool:
    return not (chosen.only_open or chosen.box or chosen.states or chosen.is_listed)


def _imported(chosen: CaseFilter) -> str:
    return translate("CaseList", "导入的 {count} 件").format(count=f"{count_of(chosen.imported):,}")


def _held(chosen: CaseFilter) -> str:
    return translate("CaseList", "同步中心不收的 {count} 件").format(count=f"{count_of(chosen.held):,}")


def _states(chosen: CaseFilter) -> str:
    return translate("CaseList", "、").join(STATES.get(state, state) for state in sorted(chosen.states))
