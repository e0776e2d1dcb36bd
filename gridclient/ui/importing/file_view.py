"""The large part of the import page: how to begin, the look into the file, the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QStackedWidget, QTableView, QWidget

from gridclient.services.error_text import sentence
from gridclient.services.import_findings import ImportOutcome
from gridclient.services.import_order import BASE_MAP, Look
from gridclient.services.map_port import BaseMaps, MapData
from gridclient.ui.cover_page import CoverPage
from gridclient.ui.importing.crs_panel import CrsPanel
from gridclient.ui.importing.result_panel import ResultPanel
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.laid_out import down, label, panel, tip
from gridclient.ui.lines_table import dress
from gridclient.ui.present import size_words
from gridclient.ui.value_list import NO_INDEX, Index

translate = QCoreApplication.translate
_NARROWEST, _WIDEST = 64, 240
_NUMBER_PX, _SPARE, _EDGES = 52, 14, 16
_LONGEST: Final = 120
_ROLE: Final = Qt.ItemDataRole


class FirstRowsModel(QAbstractTableModel):
    """The first rows of a file as they are. The header says which field each column serves."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles: tuple[str, ...] = ()
        self._rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
        self._shown: list[list[str]] = []
        self._uses: dict[str, str] = {}

    def show_rows(self, titles: tuple[str, ...], rows: tuple[tuple[int, tuple[str, ...]], ...]) -> None:
        self.beginResetModel()
        self._titles, self._rows = titles, rows
        self._shown = [[" ".join(cell.split())[:_LONGEST] for cell in cells] for _, cells in rows]
        self.endResetModel()

    def show_uses(self, uses: dict[str, str]) -> None:
        """Sets the field that each column serves, by title."""
        self._uses = uses
        if self._titles:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._titles) - 1)

    def widest(self, column: int) -> str:
        """The widest text of this column; a Chinese character counts twice."""
        texts = (cells[column] for cells in self._shown)
        return max(texts, key=lambda text: len(text.encode("gb18030", "replace")), default="")

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == _ROLE.DisplayRole:
            return self._shown[index.row()][index.column()]
        text = self._rows[index.row()][1][index.column()]
        return tip(text) if role == _ROLE.ToolTipRole and len(text) > 12 else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return self._rows[section][0] if role == _ROLE.DisplayRole else None
        if role != _ROLE.DisplayRole:
            return None
        title = self._titles[section]
        used = self._uses.get(title, "")
        if not used:
            return title
        return f"{title} ✓" if used == title.rstrip("*") else f"{title} → {used}"


class LookPanel(QSplitter):
    """The first rows with the question for the coordinate system, or the description of a base map."""

    def __init__(self, *, data: MapData, base_maps: BaseMaps | None = None, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.rows = FirstRowsModel(self)
        self.table = QTableView(self)
        self._dress_table()
        self._said: Sequence[str] = ()
        self.remarks = InlineNote(parent=self)
        self.remarks.setContentsMargins(12, 6, 12, 6)
        self.archive = label(parent=self)
        self.archive.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.archive.setMargin(16)
        self.archive.setProperty("panel", "true")
        self.crs = CrsPanel(data=data, base_maps=base_maps, parent=self)
        self._upper = QStackedWidget(self)
        self._upper.addWidget(self._table_side())
        self._upper.addWidget(self.archive)
        self.addWidget(self._upper)
        self.addWidget(self.crs)
        self.setStretchFactor(0, 2)
        self.setStretchFactor(1, 3)
        self.crs.hide()

    def _table_side(self) -> QWidget:
        side = panel(QWidget(self))
        down(self.remarks, (self.table, 1), on=side, gap=0)
        return side

    def _dress_table(self) -> None:
        self.table.setObjectName("importPreview")
        self.table.setModel(self.rows)
        dress(self.table)
        self.table.setWordWrap(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        numbers = self.table.verticalHeader()
        numbers.setFixedWidth(_NUMBER_PX)
        numbers.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def way(self) -> tuple[QWidget, ...]:
        """The widgets in the order of Tab."""
        return (self.table, *self.crs.choices.values(), self.crs.near)

    def show_look(self, look: Look) -> None:
        """Shows the first rows with remarks, and the question for the coordinate system if it has to be asked."""
        preview = look.preview
        self._upper.setCurrentIndex(0 if preview is not None else 1)
        self.crs.setVisible(look.asks_crs)
        if preview is None:
            self.archive.setText(archive_text(look))
            return
        self.rows.show_rows(preview.titles, preview.rows)
        self._remark([sentence(notice.code, **notice.params) for notice in preview.file_notices])
        if look.asks_crs:
            self.crs.show_look(look)

    def say_elsewhere(self) -> None:
        """Says that the file has no place where the desk works."""
        nowhere = self.tr(
            "文件里没有一处位置在本席位的区划和网格范围内，请看是不是别的县（区）的文件，经度、纬度有没有对反。"
        )
        if not self.crs.isHidden():
            nowhere += self.tr("换坐标系最多差一公里多，不会是这个原因。")
        self._remark([*self._said, nowhere])

    def _remark(self, sentences: Sequence[str]) -> None:
        self._said = sentences
        self.remarks.say("\n".join(sentences), "warn")

    def show_uses(self, uses: Mapping[str, str]) -> None:
        """Sets the field that each column serves."""
        self.rows.show_uses(dict(uses))
        header, metrics = self.table.horizontalHeader(), self.table.fontMetrics()
        # Quicker than the table's own way, which asks for each role of each cell.
        for column in range(self.rows.columnCount()):
            text = metrics.horizontalAdvance(self.rows.widest(column)) + _EDGES
            width = max(text, header.sectionSizeFromContents(column).width()) + _SPARE
            self.table.setColumnWidth(column, max(_NARROWEST, min(_WIDEST, width)))


def archive_text(look: Look) -> str:
    """The description of a base map, line by line."""
    said_of = look.base_map
    if said_of is None:
        return ""
    box = said_of.bounds
    lines = [
        said_of.title,
        "",
        translate("Importing", "类型：{kind}").format(kind=_tile_word(look)),
        translate("Importing", "缩放级别：{least} 至 {most}").format(least=said_of.min_zoom, most=said_of.max_zoom),
        translate("Importing", "范围：东经 {west:.3f} 至 {east:.3f}，北纬 {south:.3f} 至 {north:.3f}").format(
            west=box.west, east=box.east, south=box.south, north=box.north
        ),
        translate("Importing", "大小：{size}").format(size=size_words(look.size)),
    ]
    if said_of.attribution:
        lines.append(translate("Importing", "来源声明：{text}").format(text=said_of.attribution))
    return "\n".join(lines)


def _tile_word(look: Look) -> str:
    if look.base_map is not None and look.base_map.kind == "vector":
        return translate("Importing", "矢量")
    return translate("Importing", "影像或图片")


class FileView(QStackedWidget):
    """Signals:
    crs_chosen(str): ``wgs84``, ``gcj02`` or ``bd09``.
    """

    crs_chosen = Signal(str)

    def __init__(self, *, page: CoverPage, data: MapData, base_maps: BaseMaps | None, kinds: Mapping[str, str]) -> None:
        super().__init__(page)
        self._page, self._data, self._base_maps = page, data, base_maps
        self.made_look: LookPanel | None = None
        words = translate("ImportPage", "把要导入的文件拖到这里，或按 Ctrl+O 选择。")
        self._begin = f"{words}\n\n{' · '.join(kinds.values())}"
        self.empty = label(self._begin, "muted", parent=self)
        self.empty.setProperty("panel", "true")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addWidget(self.empty)
        self.result = ResultPanel(parent=self)
        page.press_by("Ctrl+S", self.result.save)
        self.addWidget(self.result)

    @property
    def look(self) -> LookPanel:
        """The look into the file, made when it is first needed: that takes as long as all else on the page."""
        self.make_look()
        assert self.made_look is not None
        return self.made_look

    def make_look(self) -> None:
        """Makes the look, unless it was made before."""
        if self.made_look is None:
            self.made_look = LookPanel(data=self._data, base_maps=self._base_maps, parent=self)
            self.made_look.crs.chosen.connect(self.crs_chosen)
            self._page.press_by("Ctrl+E", self.made_look.crs.near)
            self.addWidget(self.made_look)

    def show_nothing(self) -> None:
        """Shows how to begin."""
        self.empty.setText(self._begin)
        self.setCurrentWidget(self.empty)

    def show_unreadable(self) -> None:
        """Says that the file cannot be read, and how to go on."""
        self.empty.setText(
            translate(
                "ImportPage",
                "这个文件读不了。换一个文件：拖到这里，或按 Ctrl+O 选择。\n文件没有选错的，在“内容”里选它是什么。",
            )
        )
        self.setCurrentWidget(self.empty)

    def show_look(self, look: Look) -> None:
        """Shows what is in the file."""
        self.look.show_look(look)
        self.setCurrentWidget(self.look)

    def show_look_again(self) -> None:
        """Shows the look again in place of an earlier result."""
        self.setCurrentWidget(self.look)

    def show_outcome(self, outcome: ImportOutcome) -> None:
        """Shows the result. A base map has no report."""
        self.result.show_outcome(outcome)
        self.result.save.setVisible(outcome.summary.kind != BASE_MAP)
        self.setCurrentWidget(self.result)

    def way(self) -> tuple[QWidget, ...]:
        """The widgets in the order of Tab."""
        return (*(self.made_look.way() if self.made_look is not None else ()), *self.result.way())

    def leave(self) -> None:
        """The page is hidden: deletes the map."""
        if self.made_look is not None:
            self.made_look.crs.give_map_back()

    def follow_theme(self) -> None:
        """Takes the theme of the desk."""
        if self.made_look is not None:
            self.made_look.crs.follow_theme()
