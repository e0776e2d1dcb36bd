"""The view of the list: lines of one height, columns that are chosen and remembered, a selection that survives a
refresh."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from gridclient.services.rows import SortKey
from gridclient.ui.cases.columns import COLUMNS, GIVING_WAY, NUMBER, TITLE, UNIT
from gridclient.ui.cases.delegate import CaseDelegate
from gridclient.ui.cases.model import CaseModel, spans
from gridclient.ui.focus_mark import paint_focus_bar
from gridclient.ui.present import title_of
from gridclient.ui.theme import HEADER_PX, ROW_PX, give_viewport

_NEAR: Final = 10
_TITLE_PX, _LEAST_TITLE_PX = 130, 80
_STAYING: Final = tuple(place for place in range(len(COLUMNS)) if place not in (TITLE, *GIVING_WAY))
_ROOMY_TITLE_PX: Final = 380
_WIDEST_UNIT_PX: Final = 220
_WIDE_NUMBER_PX: Final = 126
_OWN_NUMBER_PX: Final = (COLUMNS[NUMBER].width, _WIDE_NUMBER_PX)
_BY_ITSELF: Final = " "  # ends the remembered text if no width is the operator's; ``bytes.fromhex`` ignores it
_ROWS: Final = QItemSelectionModel.SelectionFlag.Rows
Spot = tuple[str, int]
"""A case, and the vertical position of its line in the viewport, in pixels."""


class CaseTable(QTableView):
    """Object name ``caseTable``.

    Signals:
        cases_chosen(tuple[str, ...]): the chosen cases, the present one first.
        order_wanted(SortKey): a header was clicked.
        columns_changed(): widths, order or visibility of columns have changed.
        painted(): lines were painted.
        all_wanted(): Ctrl+A, and not all cases were read.
        end_wanted(Qt.KeyboardModifier): End, and not all cases were read.
        conflict_wanted(str): the mark of a case in conflict was clicked.
    """

    cases_chosen = Signal(object)
    order_wanted = Signal(object)
    columns_changed = Signal()
    painted = Signal()
    all_wanted = Signal()
    end_wanted = Signal(object)
    conflict_wanted = Signal(str)

    def __init__(self, *, model: CaseModel, parent: QWidget) -> None:
        super().__init__(parent)
        give_viewport(self)
        self.setObjectName("caseTable")
        self.setAccessibleName(self.tr("案件列表"))
        self._cases = model
        self._quiet = False
        self._default = ""
        self._unit_dragged = self._fitting = False
        self._dragged_place = TITLE
        self._dragged = QTimer(self, singleShot=True, interval=0)
        self._dragged.timeout.connect(self._on_dragged)
        self._left_out: dict[int, int] = {}  # hidden for lack of room: column → its width before
        self.setModel(model)
        self._cells = CaseDelegate(model=model, parent=self)
        self.setItemDelegate(self._cells)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalScrollBar().setSingleStep(ROW_PX)
        self._arrange_heads()
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)

    # -- choice -----------------------------------------------------------------------------------------------------

    def chosen(self) -> tuple[str, ...]:
        """The chosen cases, the present one first."""
        current = self.currentIndex().row()
        places = sorted(self._chosen_places(), key=lambda place: (place != current, place))
        return tuple(self._cases.row_at(place).id for place in places)

    def choose(self, case_ids: Iterable[str]) -> bool:
        """Selects these cases without a signal. Returns whether any of them is in the list."""
        places = [place for case_id in case_ids if (place := self._cases.place_of(case_id)) is not None]
        selection = QItemSelection()
        for first, last in spans(sorted(places)):
            selection.select(self._cases.index(first, 0), self._cases.index(last, len(COLUMNS) - 1))
        self._quiet = True
        chosen = self.selectionModel()
        if places:
            current = self._cases.index(places[0], TITLE)
            chosen.setCurrentIndex(current, QItemSelectionModel.SelectionFlag.NoUpdate)
            chosen.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.updateGeometries()  # updates the scroll bar, which lacks the newest rows
            self.scrollTo(current)
        else:
            chosen.clear()
        self._quiet = False
        return bool(places)

    def go_to(self, place: int) -> None:
        """Selects the case on a line, as an arrow key would."""
        self.selectionModel().setCurrentIndex(
            self._cases.index(place, TITLE), QItemSelectionModel.SelectionFlag.ClearAndSelect | _ROWS
        )

    def go_to_end(self, held: Qt.KeyboardModifier) -> None:
        """Goes to the last line that was read; with Shift ``held`` it selects up to there."""
        super().keyPressEvent(QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_End, held))

    # -- scroll -----------------------------------------------------------------------------------------------------

    def spot(self) -> Spot | None:
        """The first visible line; ``None`` at the top, where new lines are to be seen."""
        place = self.rowAt(0)
        if place < 0 or not self.verticalScrollBar().value():
            return None  # the list stays at the top, so that new lines are seen
        return self._cases.row_at(place).id, self.rowViewportPosition(place)

    def return_to(self, spot: Spot | None) -> None:
        """Scrolls so that the line is where it was."""
        place = self._cases.place_of(spot[0]) if spot is not None else None
        if spot is not None and place is not None:
            self.updateGeometries()
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.rowViewportPosition(place) - spot[1])

    # -- columns ----------------------------------------------------------------------------------------------------

    def columns_as_text(self) -> str:
        """Widths, order and visibility of the columns, for :meth:`restore_columns`."""
        left_out = self._left_out
        self._leave_out({})  # hidden columns come back when there is room
        text = bytes(self.horizontalHeader().saveState().toHex().data()).decode()
        self._leave_out(left_out)
        return text if self._unit_dragged else text + _BY_ITSELF

    def restore_columns(self, text: str) -> None:
        """Takes over what :meth:`columns_as_text` gave; a text of another version is ignored."""
        if not text:
            return
        heads = self.horizontalHeader()
        with self._by_itself():
            heads.restoreState(bytes.fromhex(text))
        self._left_out = {}
        plain = heads.sectionSize(UNIT) in (0, COLUMNS[UNIT].width)
        self._unit_dragged = not text.endswith(_BY_ITSELF) and not plain
        if self.isVisible():
            self._give_title_room()

    def column_menu(self) -> QMenu:
        """The menu of the headers: which columns are visible."""
        menu, heads = QMenu(self), self.horizontalHeader()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for place, column in enumerate(COLUMNS):
            narrow = place in self._left_out
            words = self.tr("{column}（列表窄，暂不显示）") if narrow else "{column}"
            entry = menu.addAction(words.format(column=title_of(column.key)))
            entry.setCheckable(True)
            entry.setChecked(narrow or not heads.isSectionHidden(place))
            entry.setEnabled(place != TITLE)
            entry.toggled.connect(lambda shown, place=place: self._show_column(place, shown=shown))
        menu.addSeparator()
        menu.addAction(self.tr("恢复默认列"), self._on_default_columns_wanted)
        return menu

    # -- events -----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self._dragged.isActive():
            self._give_title_room()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._cells.begin(chosen=self._chosen_places(), ratio=self.devicePixelRatioF())
        super().paintEvent(event)
        current = self.currentIndex()
        if current.isValid() and self.hasFocus():
            place = self.visualRect(current)
            place.setLeft(0)
            paint_focus_bar(QPainter(self.viewport()), place)
        self.painted.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        spot = event.position().toPoint()
        index = self.indexAt(spot)
        if event.button() is not Qt.MouseButton.LeftButton or not index.isValid() or index.column() != TITLE:
            return
        row = self._cases.row_at(index.row())
        if row.conflict and self._cells.conflict_mark(self.visualRect(index), row).contains(spot):
            self.conflict_wanted.emit(row.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._chosen_lines())
        elif event.matches(QKeySequence.StandardKey.SelectAll) and self._cases.canFetchMore(QModelIndex()):
            self.all_wanted.emit()
        elif event.key() == Qt.Key.Key_End and self._cases.canFetchMore(QModelIndex()):
            self.end_wanted.emit(event.modifiers())
        else:
            super().keyPressEvent(event)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End go to the first and the last line; in Qt's table they stay in the line."""
        last, ends = self._cases.rowCount() - 1, QAbstractItemView.CursorAction
        if action in (ends.MoveHome, ends.MoveEnd) and last >= 0:
            return self._cases.index(0 if action is ends.MoveHome else last, TITLE)
        return super().moveCursor(action, modifiers)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._cases.rowCount():
            self.go_to(0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _chosen_places(self) -> frozenset[int]:
        """The selected lines. Read by runs, because the time of Qt's ``selectedRows`` grows with their square."""
        runs = self.selectionModel().selection().toList()
        return frozenset(place for run in runs for place in range(run.top(), run.bottom() + 1))

    def _chosen_lines(self) -> str:
        """The selected cases as text for a spreadsheet: a line each, the columns in their order, numbers in full."""
        heads = self.horizontalHeader()
        places = [heads.logicalIndex(place) for place in range(heads.count())]
        shown = [place for place in places if place in self._left_out or not heads.isSectionHidden(place)]
        keys = [COLUMNS[place].key for place in shown]
        rows = [self._cases.row_at(place) for place in sorted(self._chosen_places())]
        cells = ((r.number if key is SortKey.NUMBER else self._cases.words(r, key) for key in keys) for r in rows)
        return "\n".join("\t".join(line) for line in cells)

    def _give_title_room(self) -> None:
        """Gives the title the room that is left. If that is too little, other columns are hidden; if it still is, the
        list scrolls sideways."""
        heads = self.horizontalHeader()
        widths = {place: self._left_out.get(place, heads.sectionSize(place)) for place in range(len(COLUMNS))}
        if widths[UNIT] and not self._unit_dragged:
            widths[UNIT] = COLUMNS[UNIT].width
        room = self.viewport().width() - sum(widths.values()) + widths[TITLE]
        left_out = {}
        # A column that the operator widened is hidden last.
        for place in sorted(GIVING_WAY, key=lambda place: widths[place] > COLUMNS[place].width):
            if room < _TITLE_PX and widths[place]:
                left_out[place] = widths[place]
                room += widths[place]
        self._leave_out(left_out)
        with self._by_itself():
            self._fit_unit(heads)
        roomy = room >= _LEAST_TITLE_PX
        heads.setSectionResizeMode(
            TITLE, QHeaderView.ResizeMode.Stretch if roomy else QHeaderView.ResizeMode.Interactive
        )
        if not roomy:
            heads.resizeSection(TITLE, _LEAST_TITLE_PX)

    def _leave_out(self, columns: dict[int, int]) -> None:
        with self._by_itself():
            for place in self._left_out.keys() ^ columns.keys():
                self.horizontalHeader().setSectionHidden(place, place in columns)
        self._left_out = columns

    def fit_numbers(self) -> None:
        """Widens the column of numbers for several townships and for days of more than 9,999 cases, unless the operator
        gave it a width: the end of a number is what tells it from others."""
        heads = self.horizontalHeader()
        plain = _WIDE_NUMBER_PX if self._cases.several else COLUMNS[NUMBER].width
        wide = max(plain, self._cells.number_width(self._cases.short(self._cases.longest)))
        if heads.sectionSize(NUMBER) in _OWN_NUMBER_PX and heads.sectionSize(NUMBER) < wide:
            with self._by_itself():
                heads.resizeSection(NUMBER, wide)
            self._give_title_room()

    def _fit_unit(self, heads: QHeaderView) -> None:
        """Widens the column of units if the title has room to spare, unless the operator gave it a width."""
        if self._unit_dragged or heads.isSectionHidden(UNIT):
            return
        others = sum(heads.sectionSize(place) for place in range(heads.count()) if place not in (TITLE, UNIT))
        spare = self.viewport().width() - others - _ROOMY_TITLE_PX
        heads.resizeSection(UNIT, max(COLUMNS[UNIT].width, min(spare, _WIDEST_UNIT_PX)))

    @contextmanager
    def _by_itself(self) -> Iterator[None]:
        """Within the block, changes of widths are not the operator's."""
        self._fitting = True
        yield
        self._fitting = False

    def _on_section_resized(self, place: int, before: int, now: int) -> None:
        if self._fitting:
            return
        if place == UNIT and before and now:
            self._unit_dragged = True
        if place != TITLE:
            self._dragged_place = place
            self._dragged.start()
        self.columns_changed.emit()

    def _on_dragged(self) -> None:
        """Limits the width of a column that would otherwise be hidden by its own width."""
        heads, place = self.horizontalHeader(), self._dragged_place
        if place in GIVING_WAY and heads.sectionSize(place):
            widest = self.viewport().width() - _TITLE_PX - sum(heads.sectionSize(other) for other in _STAYING)
            if heads.sectionSize(place) > max(widest, COLUMNS[place].width):
                with self._by_itself():
                    heads.resizeSection(place, max(widest, COLUMNS[place].width))
        self._give_title_room()

    def _arrange_heads(self) -> None:
        lines = self.verticalHeader()
        lines.hide()
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        lines.setMinimumSectionSize(ROW_PX)
        lines.setDefaultSectionSize(ROW_PX)
        heads = self.horizontalHeader()
        heads.setFixedHeight(HEADER_PX)
        heads.setMinimumSectionSize(36)
        heads.setHighlightSections(False)
        # Its own empty choice: a head asks for each column whether all its cells are chosen, line by line.
        heads.setSelectionModel(QItemSelectionModel(self._cases, heads))
        heads.setSectionsMovable(True)
        heads.setSectionsClickable(True)
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        heads.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        for place, column in enumerate(COLUMNS):
            if column.width:
                heads.resizeSection(place, column.width)
            heads.setSectionHidden(place, not column.shown)
        self._default = self.columns_as_text()
        heads.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        heads.customContextMenuRequested.connect(lambda place: self.column_menu().popup(heads.mapToGlobal(place)))
        heads.sectionClicked.connect(lambda place: self.order_wanted.emit(COLUMNS[place].key))
        heads.sectionResized.connect(self._on_section_resized)
        heads.sectionMoved.connect(lambda *_: self.columns_changed.emit())

    def _show_column(self, place: int, *, shown: bool) -> None:
        heads = self.horizontalHeader()
        self._left_out.pop(place, None)
        heads.setSectionHidden(place, not shown)
        self._give_title_room()
        self.columns_changed.emit()

    def _on_default_columns_wanted(self) -> None:
        self.restore_columns(self._default)
        self.fit_numbers()
        self.columns_changed.emit()

    def _on_selection_changed(self, *_selections: QItemSelection) -> None:
        if not self._quiet:
            self.cases_chosen.emit(self.chosen())

    def _on_current_row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.viewport().update()  # repaints the bar of the present line
        near_the_end = current.row() >= self._cases.rowCount() - _NEAR
        if current.isValid() and near_the_end and self._cases.canFetchMore(QModelIndex()):
            self._cases.fetchMore(QModelIndex())
