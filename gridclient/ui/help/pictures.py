"""The drawings of help: SVG in the light theme's colours, painted in those of the present theme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from PySide6.QtCore import QByteArray, QUrl
from PySide6.QtGui import QImage, QPainter, QResizeEvent, QTextDocument
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QTextBrowser, QWidget

from gridclient.ui.theme import LIGHT, Tokens, tokens

COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_TEXT_PX: Final = 860
_FAMILIES: Final = re.compile(r'\sfont-family="[^"]*"')


def themed(svg: str, theme: Tokens) -> str:
    """The drawing with the light theme's colours replaced by those of ``theme``, and in the program's own font."""
    names = [field.name for field in fields(Tokens) if field.name != "name"]
    colours = {getattr(LIGHT, name).upper(): getattr(theme, name) for name in reversed(names)}
    text = COLOUR.sub(lambda found: str(colours.get(found.group().upper(), found.group())), svg)
    return _FAMILIES.sub("", text)


def painted(svg: str, theme: Tokens, *, ratio: float) -> QImage:
    """The drawing at its own size, for a screen with this device pixel ratio."""
    renderer = QSvgRenderer(QByteArray(themed(svg, theme).encode()))
    image = QImage(renderer.defaultSize() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


class HelpText(QTextBrowser):
    """Shows a page, at most as wide as is easy to read. It shows only the drawings that it was given and fetches
    nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures: Mapping[str, str] = {}
        self.setLineWrapMode(QTextBrowser.LineWrapMode.FixedPixelWidth)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setLineWrapColumnOrWidth(min(_TEXT_PX, self.viewport().width()))

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        svg = self.pictures.get(QUrl(name).path())
        if svg is None or kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        return painted(svg, tokens(), ratio=self.devicePixelRatioF())
