"""Icons of one family, named by what they stand for and coloured with the text.

Only this module knows qtawesome, and only the font is taken from it: importing qtawesome itself loads all of Qt's
widgets once more through qtpy, which takes longer than everything else before the first paint.
"""

from __future__ import annotations

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
_SIGNS: Final = {
    "register": ("plus", 0xF0415),
    "import": ("import", 0xF02FA),
    "search": ("magnify", 0xF0349),
    "help": ("help-circle-outline", 0xF0625),
    "refresh": ("refresh", 0xF0450),
    "dispatch": ("send-outline", 0xF1165),
    "return": ("keyboard-return", 0xF0311),
    "urge": ("bell-outline", 0xF009C),
    "verify": ("check-decagram-outline", 0xF1740),
    "close_case": ("check-all", 0xF012D),
    "undo": ("undo", 0xF054C),
    "theme": ("theme-light-dark", 0xF050E),
    "close": ("close", 0xF0156),
    "save": ("content-save-outline", 0xF0818),
    "grid": ("map-outline", 0xF0982),
    "unit": ("home-group", 0xF0DD4),
    "case": ("file-document-outline", 0xF09EE),
    "filter": ("filter-outline", 0xF0233),
    "pending": ("cloud-upload-outline", 0xF0B7E),
    "edit": ("pencil-outline", 0xF0CB6),
    "note": ("note-outline", 0xF039B),
    "attach": ("paperclip", 0xF03E2),
    "photo": ("image-outline", 0xF0976),
    "info": ("information-outline", 0xF02FD),
    "command": ("chevron-right", 0xF0142),
    "settings": ("cog-outline", 0xF08BB),
    "alone": ("monitor", 0xF0379),
    "synced": ("cloud-check-outline", 0xF1BEC),
    "syncing": ("cloud-sync-outline", 0xF12D6),
    "retrying": ("cloud-alert-outline", 0xF1BE0),
    "offline": ("cloud-off-outline", 0xF0164),
    "confirm": ("cloud-question-outline", 0xF1BF9),
    "stopped": ("cloud-cancel-outline", 0xF1BEA),
    "all_sent": ("check-circle-outline", 0xF05E1),
    "stick": ("usb-flash-drive-outline", 0xF129F),
    "conflict": ("call-split", 0xF00FB),
    "back": ("arrow-left", 0xF004D),
    "forward": ("arrow-right", 0xF0054),
    "up": ("arrow-up", 0xF005D),
}
"""Meaning → name in the family and code point. Code points stand here because the family's list is slow to read; the
family never changes them."""


def icon(name: str, colour: str = "") -> QIcon:
    """The icon for a meaning (``register``, ``dispatch`` …) in the colour ``#RRGGBB``; by default in the colour of
    text."""
    return _drawn(name, colour or tokens().text)


def give_icon(target: QAbstractButton | QAction, name: str, colour: Colour = "text") -> None:
    """Gives a button or action an icon that follows the theme (:func:`recolour`)."""
    target.setProperty("iconName", name)
    target.setProperty("iconColour", colour)
    _refresh(target, tokens())


def recolour(root: QWidget) -> None:
    """Draws the icons of ``root`` and of everything in it again, after a switch of theme."""
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
    return QIcon(_Glyph(chr(_SIGNS[name][1]), colour))


class _Glyph(QIconEngine):
    """A character of the icon font, drawn at the resolution of the screen."""

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
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(font_file())))
    if not families:
        raise StoreUnavailable("icons.missing")
    return families[0]


def font_file() -> Path:
    """The file of the icon font. Raises ``StoreUnavailable("icons.missing")``."""
    files = sorted(_folder().glob("materialdesignicons6*.ttf"))
    if not files:
        raise StoreUnavailable("icons.missing")
    return files[0]


def _folder() -> Path:
    spec = find_spec("qtawesome")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "fonts"
    import qtawesome  # noqa: PLC0415  (where packages lie in no folder; it also tells the bundle to bring it along)

    return Path(qtawesome.__file__).parent / "fonts"
