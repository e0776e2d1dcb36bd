"""The widgets of the dispatch panel and their layout."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from gridclient.ui.dispatch.unit_list import UnitList
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, down, label


class DispatchSheet(QWidget):
    """Object name ``dispatchPanel``."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dispatchPanel")
        self.setAccessibleName(self.tr("派遣"))
        self.setProperty("panel", "true")
        self.filter = QLineEdit(self)
        self.list = UnitList(parent=self)
        self.reason = QLineEdit(self)
        self.contact = QCheckBox(self)
        self.note = InlineNote(parent=self)
        self.foretold = label(role="muted", wraps=True)
        self.button = KeyButton("", key="Enter", kind="primary", parent=self)
        self._heading = label(role="strong")
        self._beside = QHBoxLayout()
        self._dress()
        self._lay_out()

    def sizeHint(self) -> QSize:
        return QSize(320, super().sizeHint().height())

    def name(self, word: str, *, reason_asked: str) -> None:
        """Sets the word of the button, and the reason that is asked for where one is needed."""
        self._heading.setText(word)
        self.button.setText(word)
        self.button.setAccessibleName(word)
        self.reason.setPlaceholderText(reason_asked)
        self.reason.setVisible(False)

    def offer_contact(self, *, known: bool, secret: bool) -> None:
        """Shows 需联系群众, not ticked, if the reporter's telephone is ``known``; disabled if the reporter asked for
        secrecy. Source: DOMAIN.md §10."""
        self.contact.setChecked(False)
        self.contact.setVisible(known)
        self.contact.setEnabled(known and not secret)
        free = self.tr("需联系群众（随派遣提供来电人姓名和电话）")
        self.contact.setText(self.tr("需联系群众（来电人要求保密，不提供）") if secret else free)

    def place_beside(self, widget: QWidget) -> None:
        """Puts more buttons beside 派遣."""
        self._beside.addWidget(widget)
        widget.show()

    def take_focus(self) -> None:
        """F2: puts the cursor into the field."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _dress(self) -> None:
        self.filter.setClearButtonEnabled(True)
        self.filter.setPlaceholderText(self.tr("输入拼音首字母或数字选择"))
        self.filter.setAccessibleName(self.tr("筛选单位：数字设主办，Shift+数字或空格设协办，Enter 派遣"))
        self.filter.setToolTip(self.filter.accessibleName())
        self.reason.setAccessibleName(self.tr("派遣理由"))
        self.contact.setToolTip(self.tr("不勾选时，承办单位看不到是谁反映的。提供后不能收回。"))
        self.offer_contact(known=False, secret=False)

    def _lay_out(self) -> None:
        key = KeyButton("F2", parent=self)
        key.setProperty("kind", "chip")
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key.clicked.connect(self.take_focus)
        heading = across(self._heading, key, (self.filter, 1), gap=6)
        buttons = across(self.button, self._beside, 1, gap=6)
        parts = (heading, self.list, self.reason, self.contact, self.note, buttons, self.foretold)
        down(*parts, on=self, edges=(12, 8, 12, 8), gap=6)
