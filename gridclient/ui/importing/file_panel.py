"""The chosen file: its name, kind and sheet; and the templates, for those who have no file yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QFormLayout, QLineEdit, QMenu, QWidget

from gridclient.domain.codes import list_name
from gridclient.services.import_findings import ImportKind
from gridclient.services.import_order import Look
from gridclient.ui.importing.papers import WITH_TEMPLATE
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import down, label, tip
from gridclient.ui.present import joined, size_words
from gridclient.ui.quiet_combo import QuietCombo

_NAME_PX: Final = 268


class FilePanel(QWidget):
    """Signals:
    asked(str, str): look again, as this kind ("" guesses) and at this sheet ("" is for the reader to say).
    template_wanted(str): the template of a kind is to be saved.
    """

    asked = Signal(str, str)
    template_wanted = Signal(str)

    def __init__(self, *, kinds: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choose = KeyButton(self.tr("选择文件…"), key="Ctrl+O", parent=self)
        self.name = label(role="strong", parent=self)
        self.about = label(role="muted", wraps=True, parent=self)
        self.kind = QuietCombo(parent=self)
        self.kind.setAccessibleName(self.tr("内容"))
        self.kind.setPlaceholderText(self.tr("请选择"))
        for kind, word in kinds.items():
            self.kind.addItem(word, str(kind))
        self.sheet = QuietCombo(parent=self)
        self.sheet.setAccessibleName(self.tr("工作表"))
        self.list = QLineEdit(self)
        self.list.setAccessibleName(self.tr("清单名称"))
        self.list.setToolTip(self.tr("立案条件归入这份清单；同名清单会更新为新版本，别的清单不受影响。"))
        self.templates = KeyButton(self.tr("下载模板"), icon="save", parent=self)
        self._fill_templates(kinds)
        self._arrange()
        self.kind.activated.connect(lambda _place: self.asked.emit(self.kind.currentData(), ""))
        self.sheet.activated.connect(lambda _place: self.asked.emit(self.kind.currentData(), self.chosen_sheet()))
        self._own_list = ""
        self.show_nothing()

    def _arrange(self) -> None:
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(12)
        self.form.setVerticalSpacing(8)
        self.form.addRow(self.tr("内容"), self.kind)
        self.form.addRow(self.tr("工作表"), self.sheet)
        self.form.addRow(self.tr("清单名称"), self.list)
        self.form.setContentsMargins(0, 4, 0, 0)
        about = down(self.name, self.about, self.form, edges=(0, 2, 0, 0), gap=6)
        down(self.choose, self.templates, about, on=self, gap=6)

    def _fill_templates(self, kinds: Mapping[str, str]) -> None:
        menu = QMenu(self.templates)
        for kind in [kind for kind in WITH_TEMPLATE if kind in kinds]:
            action = menu.addAction(self.tr("{kind}模板（xlsx）…").format(kind=kinds[kind]))
            action.triggered.connect(lambda _=False, kind=kind: self.template_wanted.emit(str(kind)))
        self.templates.setMenu(menu)

    def way(self) -> tuple[QWidget, ...]:
        """The widgets in the order of Tab."""
        return (self.choose, self.templates, self.kind, self.sheet, self.list)

    def show_nothing(self) -> None:
        """Says that no file is chosen."""
        self.name.setText(self.tr("还没有选择文件"))
        self.about.setText(
            self.tr("可以把文件拖到这一页上。支持 xlsx、csv（也可在 zip 里）、GeoJSON、MBTiles、PMTiles。")
        )
        for widget in (self.kind, self.sheet, self.list):
            self.form.setRowVisible(widget, False)

    def show_file(self, path: Path) -> None:
        """Shows a file that is being read."""
        self.name.setText(self.fontMetrics().elidedText(path.name, Qt.TextElideMode.ElideMiddle, _NAME_PX))
        self.name.setToolTip(tip(path.name))
        if (own := list_name(path.stem)) != self._own_list:
            self._own_list = own
            self.list.setText(own)
        self.about.setText(self.tr("正在查看…"))

    def show_problem(self, kind: str) -> None:
        """Says that the file cannot be read as ``kind`` ("": as no kind that could be guessed); another kind can be
        chosen."""
        self.kind.setCurrentIndex(self.kind.findData(kind))
        self.about.setText(self.tr("这个文件读不了，原因见下方。"))
        self.form.setRowVisible(self.kind, True)
        for widget in (self.sheet, self.list):
            self.form.setRowVisible(widget, False)

    def show_look(self, look: Look, sheet: str) -> None:
        """Shows what was found. ``sheet`` is the sheet that was asked for."""
        self.kind.setCurrentIndex(self.kind.findData(look.kind))
        self.form.setRowVisible(self.kind, True)
        sheets = look.preview.sheets if look.preview is not None else ()
        self.sheet.clear()
        self.sheet.addItem(self.tr("自动"), "")
        for name in sheets:
            self.sheet.addItem(name, name)
        self.sheet.setCurrentIndex(max(0, self.sheet.findData(sheet)))
        self.form.setRowVisible(self.sheet, len(sheets) > 1)
        self.form.setRowVisible(self.list, look.kind == ImportKind.STANDARDS)
        self.about.setText(self._about(look))

    def offer_lists(self, names: Sequence[str]) -> None:
        """Offers the existing lists while a name is typed."""
        completer = QCompleter(sorted(filter(None, names)), self.list)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.list.setCompleter(completer)

    def chosen_list(self) -> str:
        """The list that was named; "" if it is that of the file's name."""
        told = list_name(self.list.text())
        return "" if told == self._own_list else told

    def chosen_sheet(self) -> str:
        """The chosen sheet; "" if the reader decides."""
        return str(self.sheet.currentData() or "")

    def _about(self, look: Look) -> str:
        size, preview = size_words(look.size), look.preview
        if preview is None:
            return size
        shown = self.tr("{count} 列").format(count=len(preview.titles))
        head = self.tr("表头在第 {row} 行").format(row=preview.header_row) if preview.header_row else ""
        return joined((size, shown, head))
