"""The style sheet as a template; :mod:`gridclient.ui.theme` fills it with colours and sizes.

Dynamic properties choose a widget's look: ``panel`` (``true`` a white area, ``notice`` a sentence of the ``kind``
``bad``, ``warn`` or ``info``), ``role`` of a label (``title``, ``muted``, ``header``), ``kind`` of a button (``plain``,
``primary``, ``bar``, ``chip``, ``flat``), ``on=true``.
"""

from __future__ import annotations

from typing import Final

STYLE_SHEET: Final = """
QMainWindow, QDialog { background: $window; }
QWidget[panel="true"] { background: $panel; }
QWidget[panel="window"] { background: $window; }

QSplitter::handle { background: $line; }
QSplitter::handle:hover { background: $accent; }

QLabel { background: transparent; }
QLabel[role="title"] { font-size: $title_px; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; font-size: $small_px; }
QLabel[role="header"] { color: $muted; font-size: $small_px; font-weight: 600; }
QLabel[role="warn"] { color: $warn_text; font-weight: 600; }
QLabel[role="bad"] { color: $bad_text; font-weight: 600; }
QLabel[role="link"], QCheckBox[role="link"] { color: $accent; }
QLabel[cell="true"] { padding: 5px 10px; background: $alternate; }
QLabel[side="differs"] { background: $warn_ground; font-weight: 600; }
QLabel[owner="mine"] { background: $accent_ground; color: $accent; border-radius: 4px; padding: 1px 6px; }
QLabel[owner="other"] { background: $alternate; color: $muted; border-radius: 4px; padding: 1px 6px; }

QWidget#topBar { background: $top; }
QWidget#topBar QLabel { color: $on_top; }
QWidget#topBar QLabel[role="title"] { font-size: $title_px; font-weight: 600; }
QWidget#statusLine { background: $panel; border-top: 1px solid $line; }
QWidget#filterBar { background: $alternate; border-top: 1px solid $line; border-bottom: 1px solid $line; }
QWidget[panel="notice"] { background: $bad_ground; border: 1px solid $bad; border-radius: 6px; }
QWidget[panel="notice"][kind="warn"] { background: $warn_ground; border: 1px solid $warn; border-radius: 6px; }
QWidget[panel="notice"][kind="info"] { background: $accent_ground; border: 1px solid $accent; border-radius: 6px; }

QAbstractItemView {
  background: $panel; alternate-background-color: $alternate; color: $text; border: none; outline: none;
  selection-background-color: $selection; selection-color: $text;
}
QHeaderView { background: $panel; border: none; }
QHeaderView::section {
  background: $panel; color: $muted; font-size: $small_px; font-weight: 500; border: none;
  border-bottom: 1px solid $line; padding: 0 8px; height: 25px;
}
QTreeView#gridTree QHeaderView::section { padding: 0; }
QTreeView#gridTree QHeaderView::section:first { padding: 0 0 0 10px; }
QTreeView#gridTree QHeaderView::section:last { padding: 0 10px 0 0; }
QHeaderView::section:hover { color: $text; background: $alternate; }
QHeaderView::up-arrow, QHeaderView::down-arrow { width: 0; height: 0; }
QTableCornerButton::section { background: $panel; border: none; }

QPushButton {
  background: $panel; color: $text; border: 1px solid $line; border-radius: 6px; padding: 0 12px; min-height: 28px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $accent_ground; }
QPushButton:disabled { color: $muted; background: $alternate; }
QPushButton:focus { border-color: $accent; outline: none; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:focus { background: $accent_hover; }
QPushButton[kind="primary"]:focus { border-color: $text; }
QPushButton[kind="primary"]:disabled { background: $line; color: $muted; border-color: $line; }
QPushButton[kind="bar"] { background: $top_button; color: $on_top; border: 1px solid $top_button; padding: 0 10px; }
QPushButton[kind="bar"]:hover { background: $top_hover; }
QPushButton[kind="bar"]:focus { border-color: $on_top; }
QPushButton[kind="account"] { background: transparent; color: $on_top; border: 1px solid transparent; padding: 0 4px; }
QPushButton[kind="account"]:hover, QPushButton[kind="account"]:focus { background: $top_button; }
QPushButton[kind="account"]:focus { border-color: $on_top; }
QPushButton[kind="account"]::menu-indicator { width: 0; height: 0; }
QPushButton[kind="chip"] {
  border-radius: 11px; min-height: 20px; max-height: 20px; padding: 0 9px; font-size: $small_px;
}
QPushButton[kind="chip"][on="true"] { border-color: $accent; color: $accent; background: $accent_ground; }
QPushButton[kind="chip"]:focus { border-color: $accent; }
QPushButton[kind="chip"]::menu-indicator { width: 0; height: 0; }
GuessChips QPushButton { text-align: left; border-color: $edge; }
QPushButton[kind="flat"] { border: none; background: transparent; padding: 0 4px; }
QPushButton#openConflict { background: $warn_ground; border-color: $warn; }
QPushButton[kind="flat"]:hover, QPushButton[kind="flat"]:focus { background: $hover; }

QToolButton { background: transparent; border: none; border-radius: 4px; padding: 3px; color: $text; }
QToolButton:hover, QToolButton:focus { background: $hover; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox {
  background: $panel; color: $text; border: 1px solid $edge; border-radius: 6px; padding: 3px 8px;
  selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit, QComboBox { min-height: 20px; }
QPlainTextEdit, QTextEdit { padding: 3px 6px; }
QComboBox { padding: 3px 2px 3px 10px; }
QLineEdit:read-only { background: $alternate; }
QLineEdit:read-only, QPlainTextEdit[readOnly="true"], QComboBox:disabled { border-color: $line; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus { border-color: $accent; }
QComboBox:focus { background: $accent_ground; }
QLineEdit[invalid="true"] { border-color: $bad; background: $bad_ground; }
QLineEdit#commandBar {
  background: $top_field; color: $on_top; border: 1px solid $top_edge; padding: 0 10px;
  placeholder-text-color: $top_muted;
}
QListView#foundList { border: 1px solid $line; }
QListView#commandList { border: 1px solid $line; border-radius: 6px; padding: 4px 0; background: $panel; }
QLineEdit#commandBar:focus {
  background: $panel; color: $text; border-color: $accent; placeholder-text-color: $muted;
}
QLineEdit#caseSearch { min-height: 20px; max-height: 20px; padding: 0 8px; border-radius: 5px; font-size: $small_px; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url($icons/arrow-$name.svg); width: 10px; height: 10px; }

QCheckBox, QRadioButton { spacing: 6px; }
QCheckBox:focus, QRadioButton:focus { background: $accent_ground; border-radius: 4px; outline: none; }
QCheckBox::indicator, QRadioButton::indicator {
  width: 14px; height: 14px; border: 1px solid $muted; border-radius: 3px; background: $panel;
}
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover, QCheckBox::indicator:focus, QRadioButton::indicator:focus {
  border-color: $accent;
}
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($icons/check-$name.svg); }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent; background: $on_accent; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $line; background: $alternate; }
QMenu::indicator { width: 14px; height: 14px; left: 6px; }
QMenu::indicator:checked { image: url($icons/tick-$name.svg); }

QMenu { background: $panel; color: $text; border: 1px solid $line; padding: 4px; font-size: $base_px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 4px; }
QMenu::icon { padding-left: 10px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 5px 8px; }

QTabBar { background: transparent; outline: none; }
QTabBar::tab:focus { background: $accent_ground; }
QTabBar::tab { background: transparent; color: $muted; padding: 4px 0; margin-right: 16px;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $accent; border-bottom: 2px solid $accent; font-weight: 600; }
QTabBar::tab:hover { color: $text; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }

QProgressBar { background: $line; border: none; border-radius: 3px; max-height: 6px; text-align: center; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { background: transparent; border: none; }
"""
