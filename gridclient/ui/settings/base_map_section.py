"""The section 底图: which base map the desk shows, and deleting imported ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, Signal

from gridclient.services.care import BaseMapRow, Care
from gridclient.services.rows import Changes
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.lines_table import Line, LinesTable
from gridclient.ui.present import size_words
from gridclient.ui.settings.section import Section

translate = QCoreApplication.translate
_OWN: Final = ("offline", "none")


class BaseMapSection(Section):
    """Signals:
    chosen(str): "offline", "none" or an imported map's id.
    changed(Changes): a base map was deleted.
    """

    chosen = Signal(str)
    changed = Signal(object)

    def __init__(self, *, care: Care, jobs: Jobs, in_use: Callable[[], str]) -> None:
        super().__init__(
            translate("BaseMapSection", "底图"),
            translate(
                "BaseMapSection",
                "自带一份离线海陆底图。MBTiles、PMTiles 文件可在“导入”页导入，导入后在这里或地图的“底图”里选用。",
            ),
        )
        self._care, self._jobs, self._in_use = care, jobs, in_use
        self._rows: Sequence[BaseMapRow] = ()
        self._doomed = self._used = ""
        self.table = LinesTable(
            (self.tr("名称"), "", self.tr("类型"), self.tr("级别"), self.tr("大小"), self.tr("文件")),
            widths=(240, 80, 80, 80, 90),
            parent=self,
        )
        self.use = KeyButton(self.tr("用作底图"), kind="primary", parent=self)
        self.remove = KeyButton(self.tr("删除"), parent=self)
        self.sure = KeyButton(self.tr("确认删除"), parent=self)
        self.line.addWidget(self.table, 1)
        self.line.addWidget(self.note)
        self.add_row(self.use, self.remove, self.sure)
        self.use.clicked.connect(self._on_use)
        self.remove.clicked.connect(self._on_remove)
        self.sure.clicked.connect(self._on_sure)
        self.table.chosen.connect(self._on_table_chosen)
        self._on_table_chosen("")

    def refresh(self) -> None:
        self._jobs.read(self, self._care.base_maps, self._show, self.note.say_error, name="base maps")

    def show_in_use(self) -> None:
        """The map has another base map: marks it, and withdraws the note if it is not the one that was chosen here."""
        self._show(self._rows)
        if self._used and self._used != self._in_use():
            self.note.clear()
        self._used = ""

    def _show(self, rows: Sequence[BaseMapRow]) -> None:
        self._rows = rows
        own = [
            Line("offline", (self.tr("离线海陆底图（自带）"), self.tr("矢量"), "", "", "")),
            Line("none", (self.tr("不用底图"), "", "", "", "")),
        ]
        marks = {True: self.tr("✓ 使用中"), False: ""}
        lines = (*own, *map(_line, rows))
        chosen = self._in_use()
        if chosen not in {one.key for one in lines}:
            chosen = "offline"  # the map falls back to it, too
        marked = [Line(one.key, (one.texts[0], marks[one.key == chosen], *one.texts[1:])) for one in lines]
        key = self.table.key()
        self.table.show_lines(marked)
        self.table.choose(key)

    def _on_table_chosen(self, key: str) -> None:
        self._doomed = ""
        self.sure.hide()
        self.use.setEnabled(bool(key))
        self.remove.setEnabled(bool(key) and key not in _OWN)

    def _on_use(self) -> None:
        self.table.setFocus()
        self._used = self.table.key()
        self.chosen.emit(self._used)
        self.refresh()
        self.note.say(self.tr("已换用这份底图。"))

    def _on_remove(self) -> None:
        self._doomed = self.table.key()
        self.sure.show()
        self.sure.setFocus()
        self.note.say(self.tr("删除后要重新导入才能再用。"), "warn")

    def _on_sure(self) -> None:
        doomed = self._doomed
        self.table.setFocus()
        self._jobs.write(self, lambda: self._care.remove_base_map(doomed), self._on_removed, self.note.say_error)

    def _on_removed(self, _none: object) -> None:
        self.note.say(self.tr("已删除。"))
        self.refresh()
        self.changed.emit(Changes(kinds=frozenset({"basemaps"})))


def _line(row: BaseMapRow) -> Line:
    said = row.layer.metadata
    kind = translate("BaseMapSection", "矢量") if said.kind == "vector" else translate("BaseMapSection", "图片")
    texts = (said.title, kind, f"{said.min_zoom}–{said.max_zoom}", size_words(row.size), row.file)
    return Line(row.layer.layer_id, texts)
