"""Icons: one family, named by what they stand for, coloured with the text. The only place that knows qtawesome."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal

import qtawesome
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QAbstractButton, QWidget

from gridclient.ui.theme import Tokens, tokens

SIZE: Final = QSize(16, 16)
Colour = Literal["text", "muted", "accent", "on_accent", "on_top", "bad", "warn"]
_NAMES: Final = {
    "register": "plus",
    "import": "import",
    "search": "magnify",
    "help": "help-circle-outline",
    "refresh": "refresh",
    "dispatch": "send-outline",
    "return": "keyboard-return",
    "urge": "bell-outline",
    "verify": "check-decagram-outline",
    "close_case": "check-all",
    "undo": "undo",
    "theme": "theme-light-dark",
    "close": "close",
    "menu": "menu-down",
    "save": "content-save-outline",
    "grid": "map-outline",
    "unit": "home-group",
    "case": "file-document-outline",
    "state": "circle-medium",
    "filter": "filter-outline",
    "pending": "cloud-upload-outline",
    "columns": "table-column",
    "more": "dots-horizontal",
    "edit": "pencil-outline",
    "note": "note-outline",
    "attach": "paperclip",
    "account": "account-outline",
    "photo": "image-outline",
    "clock": "clock-outline",
    "warning": "alert",
    "info": "information-outline",
    "view": "bookmark-outline",
    "command": "chevron-right",
    "settings": "cog-outline",
}


def icon(name: str, colour: str = "") -> QIcon:
    """The icon of a meaning (``register``, ``dispatch`` …) in ``#RRGGBB``, else in the colour of text."""
    return _drawn(name, colour or tokens().text)


def give_icon(target: QAbstractButton | QAction, name: str, colour: Colour = "text") -> None:
    """Puts an icon on a button or action that follows the theme (:func:`recolour`)."""
    target.setProperty("iconName", name)
    target.setProperty("iconColour", colour)
    _refresh(target, tokens())


def recolour(root: QWidget) -> None:
    """Draws the icons of ``root`` and everything in it anew, after a switch of theme."""
    theme = tokens()
    for target in _targets(root):
        if target.property("iconName"):
            _refresh(target, theme)


def _targets(root: QWidget) -> Iterator[QAbstractButton | QAction]:
    if isinstance(root, QAbstractButton):
        yield root
    yield from root.findChildren(QAbstractButton)
    yield from root.findChildren(QAction)


def _refresh(target: QAbstractButton | QAction, theme: Tokens) -> None:
    target.setIcon(_drawn(str(target.property("iconName")), str(getattr(theme, str(target.property("iconColour"))))))
    if isinstance(target, QAbstractButton):
        target.setIconSize(SIZE)


@lru_cache(maxsize=256)
def _drawn(name: str, colour: str) -> QIcon:
    drawn: QIcon = qtawesome.icon(f"mdi6.{_NAMES[name]}", color=colour)
    return drawn
