"""The line above the list: the area, what narrows the list, the search, the number of cases and their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QSizePolicy, QWidget

from gridclient.services.rows import CaseFilter, GridRow, SavedView, Sort, UnitRow
from gridclient.services.words import CHANNELS
from gridclient.ui.cases.filter_menus import (
    Chip,
    ViewChanges,
    add_name_field,
    chips_of,
    fill_one_of,
    fill_states,
    fill_units,
    fill_views,
)
from gridclient.ui.key_button import ENTER
from gridclient.ui.laid_out import across, label, literal, tab_order
from gridclient.ui.present import level_words, title_of, whole_number
from gridclient.ui.theme import BAR_PX

_TYPING_MS: Final = 220
_SEARCH_PX: Final = (84, 190)
_LEAST_PX: Final = 320


class ChipButton(QPushButton):
    """A chip. An ``on`` chip stands for a condition, which a click removes. Others open a menu that ``fill`` fills each
    time.

    All chips of a bar are one stop of Tab; arrow keys go from one to the next.

    Signals:
        step_wanted(int): an arrow key was pressed: go so many chips on.
        left(): Down or Esc was pressed: go to the list.
    """

    step_wanted = Signal(int)
    left = Signal()

    def __init__(
        self,
        words: str,
        *,
        on: bool = False,
        fill: Callable[[QMenu], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(literal(words), parent)
        self.setProperty("kind", "chip")
        self.setProperty("on", on)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._fill = fill
        if fill is not None:
            menu = QMenu(self)
            self.fill_when_shown(menu)
            self.setMenu(menu)
            menu.aboutToHide.connect(self._look_for_pointer)

    def fill_when_shown(self, menu: QMenu) -> None:
        """Fills the menu each time it opens."""
        menu.aboutToShow.connect(lambda: self._fill_anew(menu))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self.step_wanted.emit(steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Escape):
            self.left.emit()
        elif event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

    def _look_for_pointer(self) -> None:
        """Updates the hover state, because Qt does not while a menu is open."""
        self.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, self.rect().contains(self.mapFromGlobal(QCursor.pos())))
        self.update()

    def _fill_anew(self, menu: QMenu) -> None:
        for below in menu.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            below.deleteLater()  # ``clear`` keeps submenus
        menu.clear()
        if self._fill is not None:
            self._fill(menu)


class SearchField(QLineEdit):
    """Object name ``caseSearch``. Esc empties it and leaves it.

    Signals:
        left(): the operator is done with it.
    """

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif event.key() in (*ENTER, Qt.Key.Key_Down):
            self.editingFinished.emit()
            self.left.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """Shows a filter. Clicks on it ask for changes, which the desk's state makes.

    Signals:
        narrowed(dict[str, Any]): fields of the filter to change.
        left(): the operator is done with the bar.
    """

    narrowed = Signal(object)
    left = Signal()

    def __init__(self, *, views: ViewChanges) -> None:
        super().__init__()
        self.views = views
        self.setObjectName("filterBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(BAR_PX)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # chips that have no room are hidden
        self.setMinimumWidth(_LEAST_PX)
        self._filter, self._sort = CaseFilter(), Sort()
        self._total: int | None = None
        self._chosen = 0
        self._units: Sequence[UnitRow] = ()
        self._townships: Sequence[GridRow] = ()
        self._saved: Sequence[SavedView] = ()
        self._chips: list[ChipButton] = []
        self._shown: tuple[Chip, ...] = ()
        self._menus = self._make_menus()
        self.rest = self._heard(ChipButton("⋯", fill=self._fill_rest, parent=self))
        self.rest.setToolTip(self.tr("这里放不下的"))
        self.rest.setAccessibleName(self.tr("更多筛选"))
        self.area = label(role="strong")
        self.search = self._make_search()
        self.count = label(role="muted")
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._on_typing_paused)
        menus = (*self._menus.values(), self.rest)
        ends = ((self.search, 2), self.count)
        self._line = across(self.area, *menus, 1, *ends, on=self, edges=(10, 0, 10, 0), gap=6)

    # -- content ----------------------------------------------------------------------------------------------------

    def show_filter(self, chosen: CaseFilter, sort: Sort, *, grid_name: str) -> None:
        """Shows the conditions of a filter."""
        self._filter, self._sort = chosen, sort
        self.area.setText(grid_name)
        if self._wanted() != chosen.text:
            self.search.setText(chosen.text)  # after the pause the text equals the filter's, so nothing is emitted
        self._arrange()

    def show_area(self, name: str, grids: Sequence[GridRow]) -> None:
        """Sets the name of the chosen area and all areas, which may be read later than the filter is shown."""
        self.area.setText(name)
        self._townships = [row for row in grids if row.tier == "township"]
        self._fit()

    def show_total(self, total: int | None) -> None:
        """Shows how many cases there are; ``None`` while they are counted."""
        self._total = total
        self._show_count()

    def show_chosen(self, chosen: int) -> None:
        """Shows how many cases are chosen, if they are several."""
        if chosen != self._chosen:
            self._chosen = chosen
            self._show_count()

    def _show_count(self) -> None:
        order = self.tr("按{column}").format(column=title_of(self._sort.key))
        words = order if self._total is None else self.tr("{count} 件 · {order}")
        if self._chosen > 1 and self._total is not None:
            words = self.tr("已选 {chosen} 件 · 共 {count} 件")
        self.count.setText(words.format(count=f"{self._total or 0:,}", order=order, chosen=f"{self._chosen:,}"))
        self._fit()

    def set_units(self, units: Sequence[UnitRow]) -> None:
        """Sets the units of the menu."""
        self._units = units
        self._arrange()

    def set_views(self, views: Sequence[SavedView]) -> None:
        """Sets the saved views of the menu."""
        self._saved = views
        self._arrange()

    def chip(self, part: str) -> ChipButton | None:
        """The chip of a condition; ``None`` if the filter lacks it."""
        return next((chip for chip in self._chips if chip.objectName() == f"chip_{part}"), None)

    def stops(self) -> tuple[QWidget, ...]:
        """The widgets to which Tab goes. Of the chips only the first visible one takes it."""
        return (*self._menus.values(), self.rest, self.search)

    # -- arranging --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _make_search(self) -> SearchField:
        search = SearchField(self)
        search.setObjectName("caseSearch")
        search.setPlaceholderText(self.tr("查找 Ctrl+F"))
        search.setAccessibleName(self.tr("在案件中查找"))
        search.setClearButtonEnabled(True)
        search.setMinimumWidth(_SEARCH_PX[0])
        search.setMaximumWidth(_SEARCH_PX[1])
        search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        search.textChanged.connect(lambda _text: self._typing.start())
        search.editingFinished.connect(self._on_typing_paused)
        search.left.connect(self.left)
        return search

    def _arrange(self) -> None:
        names = {unit.code: unit.name for unit in self._units}
        parts = chips_of(self._filter, units=names)
        back = (Chip("grid", self.tr("全部网格"), {"grid": ""}),) if self._filter.grid else ()
        if (*back, *parts) != self._shown:
            self._shown = (*back, *parts)
            self._replace_chips()
        active = {chip.part for chip in parts}
        for part, button in self._menus.items():
            hidden = part in active or (part == "states" and bool(active & {"box", "ended"}))
            button.setProperty("offered", not hidden and (part != "views" or bool(self._saved)))
        self._fit()

    def _replace_chips(self) -> None:
        for old in self._chips:
            self._line.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._chips = [self._make_chip(chip) for chip in self._shown]
        for place, button in enumerate(self._chips):
            self._line.insertWidget(place + 1, button)
        last = self.rest
        last.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # ``setTabOrder`` needs a first widget that takes Tab
        tab_order(last, *self._chips)

    def _make_chip(self, chip: Chip) -> ChipButton:
        back = chip.part == "grid"
        text = self.tr("← {words}") if back else self.tr("{words} ×")
        button = ChipButton(text.format(words=chip.words), on=not back, parent=self)
        button.setObjectName(f"chip_{chip.part}")
        button.setToolTip(self.tr("不再限于这个网格") if back else self.tr("去掉这一条件"))
        button.clicked.connect(lambda: self._take_away(button, chip))
        return self._heard(button)

    def _take_away(self, button: ChipButton, chip: Chip) -> None:
        if button.hasFocus():
            self.left.emit()  # the chip is removed with its condition
        self.narrowed.emit(chip.without)

    def _heard(self, button: ChipButton) -> ChipButton:
        button.step_wanted.connect(lambda steps: self._step(button, steps))
        button.left.connect(self.left)
        return button

    def _step(self, chip: ChipButton, steps: int) -> None:
        """The arrow keys: from chip to chip, and stop at the ends."""
        shown = self._reachable()
        place = shown.index(chip) + steps
        if 0 <= place < len(shown):
            shown[place].setFocus(Qt.FocusReason.OtherFocusReason)

    def _reachable(self) -> list[ChipButton]:
        return [chip for chip in (*self._chips, *self._menus.values(), self.rest) if not chip.isHidden()]

    def _make_menus(self) -> dict[str, ChipButton]:
        narrow = self.narrowed.emit
        offers: dict[str, tuple[str, Callable[[QMenu], None]]] = {
            "states": (self.tr("状态"), lambda menu: fill_states(menu, narrow)),
            "level": (self.tr("级别"), lambda menu: fill_one_of(menu, "level", level_words(), narrow)),
            "unit": (
                self.tr("单位"),
                lambda menu: fill_units(menu, self._units, self._townships, self._filter.grid, narrow),
            ),
            "channel": (self.tr("来源"), lambda menu: fill_one_of(menu, "channel", CHANNELS, narrow)),
            "views": (self.tr("视图"), lambda menu: fill_views(menu, self._saved, self.views)),
        }
        menus = {part: ChipButton(word, fill=fill, parent=self) for part, (word, fill) in offers.items()}
        menus["save"] = ChipButton(self.tr("＋ 存为视图"), fill=self._fill_saving, parent=self)
        for part, button in menus.items():
            self._heard(button).setObjectName(f"menu_{part}")
        return menus

    def _fill_saving(self, menu: QMenu) -> None:
        name = add_name_field(menu, self.views.save, taken={view.name for view in self._saved})
        QTimer.singleShot(0, name, name.setFocus)

    def _fit(self) -> None:
        """Hides what has no room, beginning with what is used least; the menu at the end of the line holds it."""
        margins = self._line.contentsMargins()
        room = self.width() - margins.left() - margins.right() - _SEARCH_PX[0]
        room -= self.area.sizeHint().width() + self.count.sizeHint().width() + 3 * self._line.spacing()
        widths = {button: button.sizeHint().width() + self._line.spacing() for button in (*self._offered(), self.rest)}
        rest = sum(widths.values()) - widths[self.rest] > room
        room -= widths[self.rest] if rest else 0
        for button in (*self._chips, *self._menus.values()):
            room -= widths.get(button, 0)
            button.setVisible(button in widths and room >= 0)
        self.rest.setVisible(rest)
        for button in (*self._chips, *self._menus.values(), self.rest):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for first in self._reachable()[:1]:
            first.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _offered(self) -> list[ChipButton]:
        return [*self._chips, *(menu for menu in self._menus.values() if menu.property("offered") is not False)]

    def _fill_rest(self, menu: QMenu) -> None:
        for button in self._offered():
            if button.isVisible():
                continue
            if button in self._chips:
                menu.addAction(button.text(), button.click)
            else:
                button.fill_when_shown(menu.addMenu(button.text()))

    def _on_typing_paused(self) -> None:
        self._typing.stop()
        if self._wanted() != self._filter.text:
            self.narrowed.emit({"text": self._wanted()})

    def _wanted(self) -> str:
        """What is searched for: the typed text, or the whole number for a short one."""
        return whole_number(self.search.text().strip(), (row.code for row in self._townships))
