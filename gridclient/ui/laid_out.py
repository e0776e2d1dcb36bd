"""Putting widgets together: boxes with what stands in them, labels by their role, panels, the way of Tab."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

Part = QWidget | QLayout | int | tuple[QWidget | QLayout, int | Qt.AlignmentFlag]
"""What stands in a box; a number is room that stretches so much, beside a part how it stretches or where it stands."""
Edges = tuple[int, int, int, int]
NO_EDGES: Edges = (0, 0, 0, 0)
Box = TypeVar("Box", bound=QBoxLayout)
Panel = TypeVar("Panel", bound=QWidget)


def across(*parts: Part, on: QWidget | None = None, edges: Edges = NO_EDGES, gap: int = 8) -> QHBoxLayout:
    """Parts beside each other, ``gap`` pixels apart; the layout of ``on``."""
    return _filled(QHBoxLayout(on) if on else QHBoxLayout(), parts, edges, gap)


def down(*parts: Part, on: QWidget | None = None, edges: Edges = NO_EDGES, gap: int = 8) -> QVBoxLayout:
    """Parts under each other, ``gap`` pixels apart; the layout of ``on``."""
    return _filled(QVBoxLayout(on) if on else QVBoxLayout(), parts, edges, gap)


def label(words: str = "", role: str = "", *, wraps: bool = False, parent: QWidget | None = None) -> QLabel:
    """Words, shown as they are, in the look of a role (``title``, ``header``, ``strong``, ``muted``)."""
    made = QLabel(words, parent, wordWrap=wraps, textFormat=Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    return made


def tip(words: str) -> str:
    """Words for a tooltip, in which Qt takes for HTML whatever looks like it: people's words are shown as they are."""
    return f'<p style="white-space:pre-wrap">{escape(words)}</p>' if "<" in words else words


def panel(widget: Panel, ground: str = "true") -> Panel:
    """The widget, with a ground in the theme's colour (``true``, ``window``)."""
    widget.setProperty("panel", ground)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return widget


def tab_order(*way: QWidget) -> None:
    """Tab goes this way."""
    for before, after in pairwise(way):
        QWidget.setTabOrder(before, after)


def _filled(box: Box, parts: tuple[Part, ...], edges: Edges, gap: int) -> Box:
    box.setContentsMargins(*edges)
    box.setSpacing(gap)
    for part in parts:
        if isinstance(part, int):
            box.addStretch(part)
        else:
            _put(box, *(part if isinstance(part, tuple) else (part, 0)))
    return box


def _put(box: QBoxLayout, part: QWidget | QLayout, how: int | Qt.AlignmentFlag) -> None:
    stretch = 0 if isinstance(how, Qt.AlignmentFlag) else how  # a flag is a number, too
    if isinstance(part, QLayout):
        box.addLayout(part, stretch)
    else:
        box.addWidget(part, stretch)
    if isinstance(how, Qt.AlignmentFlag):
        box.setAlignment(part, how)
