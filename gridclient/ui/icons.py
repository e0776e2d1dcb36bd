"""Icons: one family, named by what they stand for, coloured with the text. The only place that knows qtawesome.

Only the family's font and its list of names are taken from qtawesome: importing the package itself loads all of Qt's
widgets once more through qtpy, which takes longer than everything else before the first paint.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from gridclient.domain.errors import StoreUnavailable
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
    return QIcon(_Glyph(chr(_codes()[_NAMES[name]]), colour))


class _Glyph(QIconEngine):
    """One sign of the family, drawn as sharp as the screen is."""

    def __init__(self, sign: str, colour: str) -> None:
        super().__init__()
        self._sign, self._colour = sign, colour

    def clone(self) -> QIconEngine:
        return _Glyph(self._sign, self._colour)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        font = QFont(_family())
        font.setPixelSize(rect.height())
        painter.save()
        painter.setFont(font)
        painter.setPen(QColor(tokens().muted if mode is QIcon.Mode.Disabled else self._colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._sign)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made


@cache
def _family() -> str:
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(_file(".ttf"))))
    if not families:
        raise StoreUnavailable("icons.missing")
    return families[0]


@cache
def _codes() -> dict[str, int]:
    return {name: int(code, 16) for name, code in json.loads(_file(".json").read_text("utf-8")).items()}


def _file(suffix: str) -> Path:
    files = sorted(_folder().glob(f"materialdesignicons6*{suffix}"))
    if not files:
        raise StoreUnavailable("icons.missing")
    return files[0]


def _folder() -> Path:
    spec = find_spec("qtawesome")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "fonts"
    import qtawesome  # noqa: PLC0415  (where packages lie in no folder; it also tells the bundle to bring it along)

    return Path(qtawesome.__file__).parent / "fonts"
