"""Builds layouts: rows and columns of widgets, labels with a role, panels, the order of Tab."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

Part = QWidget | QLayout | int | tuple[QWidget | QLayout, int | Qt.AlignmentFlag]
"""A part of a box: a widget or a layout, alone or with its stretch or alignment. A number alone is stretching room."""
Edges = tuple[int, int, int, int]
NO_EDGES: Edges = (0, 0, 0, 0)
Box = TypeVar("Box", bound=QBoxLayout)
Panel = TypeVar("Panel", bound=QWidget)


def across(*parts: Part, on: QWidget | None = None, edges: Edges = NO_EDGES, gap: int = 8) -> QHBoxLayout:
    """A row of parts, ``gap`` pixels apart, as the layout of ``on`` if that is given."""
    return _filled(QHBoxLayout(on) if on else QHBoxLayout(), parts, edges, gap)


def down(*parts: Part, on: QWidget | None = None, edges: Edges = NO_EDGES, gap: int = 8) -> QVBoxLayout:
    """A column of parts, ``gap`` pixels apart, as the layout of ``on`` if that is given."""
    return _filled(QVBoxLayout(on) if on else QVBoxLayout(), parts, edges, gap)


def label(words: str = "", role: str = "", *, wraps: bool = False, parent: QWidget | None = None) -> QLabel:
    """A label of plain text in the look of a role (``title``, ``header``, ``strong``, ``muted``)."""
    made = QLabel(words, parent, wordWrap=wraps, textFormat=Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    return made


def tip(words: str) -> str:
    """The text of a tooltip. Qt takes text with tags for HTML, so such text is escaped and shown as it is."""
    return f'<p style="white-space:pre-wrap">{escape(words)}</p>' if "<" in words else words


def literal(words: str) -> str:
    """Words that somebody wrote, for a button or a menu: there Qt takes ``&`` for the mark of a key."""
    return words.replace("&", "&&")


def panel(widget: Panel, ground: str = "true") -> Panel:
    """Gives the widget a background in the theme's colour (``true``, ``window`` or ``notice``) and returns it."""
    widget.setProperty("panel", ground)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return widget


def tab_order(*way: QWidget) -> None:
    """Sets the order in which Tab goes through the widgets."""
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
    stretch = 0 if isinstance(how, Qt.AlignmentFlag) else how  # ``AlignmentFlag`` is an ``int``, too
    if isinstance(part, QLayout):
        box.addLayout(part, stretch)
    else:
        box.addWidget(part, stretch)
    if isinstance(how, Qt.AlignmentFlag):
        box.setAlignment(part, how)
