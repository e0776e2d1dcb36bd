"""The look of the desk: a table of colours for each theme, and the palette and style sheet made from it.

Widgets that paint themselves call :func:`tokens` while they paint, so that a switch of theme needs only a repaint.
Sizes, spacings and colours of the desk are defined here only. Source: UX.md, the picture to reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QStyleFactory, QWidget

from gridclient.domain.frozen import frozen
from gridclient.ui.style_sheet import STYLE_SHEET

FAMILIES: Final = ("Noto Sans CJK SC", "Microsoft YaHei", "WenQuanYi Micro Hei")
FIXED_FAMILIES: Final = ("DejaVu Sans Mono", "Consolas", "Noto Sans Mono CJK SC")
BASE_PX: Final = 13
SMALL_PX: Final = 12
TITLE_PX: Final = 15
CLOCK_PX: Final = 17
ROW_PX: Final = 28
TREE_ROW_PX: Final = 26
HEADER_PX: Final = 26
BAR_PX: Final = 36
TOP_PX: Final = 44
BUTTON_PX: Final = 30
LEFT_PX: Final = 232
RIGHT_PX: Final = 344
_ICONS: Final = (Path(__file__).resolve().parents[2] / "resources" / "icons").as_posix()


@frozen
class Tokens:
    """The colours of a theme as ``#RRGGBB``. ``warn`` and ``purple`` are for marks; colours named ``…_text`` are for
    words and have a contrast of at least 4.5:1 on any background of the theme. ``line`` only parts what lies beside one
    another; an ``edge`` shows that something can be filled in, at 3:1 at least."""

    name: str
    window: str
    panel: str
    alternate: str
    line: str
    edge: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_hover: str
    accent_ground: str
    selection: str
    warn: str
    warn_text: str
    warn_ground: str
    bad: str
    bad_text: str
    bad_ground: str
    purple: str
    teal: str
    green: str
    hover: str
    top: str
    on_top: str
    top_muted: str
    top_field: str
    top_edge: str
    top_button: str
    top_hover: str
    lamp_ok: str
    lamp_warn: str
    lamp_bad: str


_COLOURS: Final = {
    "window": ("#EEF1F4", "#14191F"),
    "panel": ("#FFFFFF", "#1B222A"),
    "alternate": ("#F7F9FB", "#202832"),
    "line": ("#D9DFE5", "#313B46"),
    "edge": ("#808C98", "#6B7886"),
    "text": ("#1B2733", "#E3E9EF"),
    "muted": ("#5C6874", "#9EABB8"),
    "accent": ("#1A5FB4", "#6CA8F0"),
    "on_accent": ("#FFFFFF", "#10161D"),
    "accent_hover": ("#174F97", "#8ABAF4"),
    "accent_ground": ("#E4EEF9", "#22354A"),
    "selection": ("#DCE9F8", "#27405C"),
    "warn": ("#B36B00", "#F0B14A"),
    "warn_text": ("#8F5500", "#F0B14A"),
    "warn_ground": ("#FFF3DC", "#3A2E16"),
    "bad": ("#C0272D", "#F2787D"),
    "bad_text": ("#B8232A", "#F59296"),
    "bad_ground": ("#FCE6E7", "#412024"),
    "purple": ("#6B4BB0", "#B49BEA"),
    "teal": ("#0B7A75", "#5CC7C0"),
    "green": ("#3F7D58", "#7CC297"),
    "hover": ("#EEF3F9", "#26303A"),
    "top": ("#17324D", "#0D1218"),
    "on_top": ("#EAF1F8", "#E3E9EF"),
    "top_muted": ("#B9C6D3", "#A9B4BF"),
    "top_field": ("#334A62", "#2A2F35"),
    "top_edge": ("#6F869C", "#66707A"),
    "top_button": ("#2E465F", "#252A30"),
    "top_hover": ("#3D556E", "#343A41"),
    "lamp_ok": ("#6FCF97", "#6FCF97"),
    "lamp_warn": ("#F0B14A", "#F0B14A"),
    "lamp_bad": ("#F8ACAF", "#F59296"),
}
"""Name → colour in the light and in the dark theme."""
LIGHT: Final = Tokens("light", **{name: colour for name, (colour, _) in _COLOURS.items()})
DARK: Final = Tokens("dark", **{name: colour for name, (_, colour) in _COLOURS.items()})
THEMES: Final = MappingProxyType({theme.name: theme for theme in (LIGHT, DARK)})


def tokens() -> Tokens:
    """The theme that the application shows."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def state_colour(theme: Tokens, state: str, *, returned: bool = False, escalated: bool = False) -> str:
    """The colour of the dot before a state's word."""
    if state == "filed" and returned:
        return theme.bad
    if escalated:
        return theme.purple
    return {
        "reported": theme.accent,
        "filed": theme.accent,
        "dispatched": theme.purple,
        "handling": theme.teal,
        "handled": theme.warn,
        "closed": theme.green,
    }.get(state, theme.muted)


def base_font(px: int = BASE_PX, *, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The desk's font. Figures of its families have equal widths, so numbers align in columns; asking for that as a
    font feature would make painting twice as slow."""
    font = QFont(list(FAMILIES))
    font.setPixelSize(px)
    font.setWeight(weight)
    return font


def fixed_font(px: int = 11) -> QFont:
    """The font of case numbers."""
    font = QFont([*FIXED_FAMILIES, *FAMILIES])
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(px)
    return font


def apply_theme(application: QApplication, theme: Tokens) -> None:
    """Gives the application the theme's style, font, palette and style sheet."""
    application.setStyleSheet("")  # with a style sheet each change takes three times as long
    if application.style().objectName() != "fusion":
        application.setStyle(QStyleFactory.create("Fusion"))
    scheme = Qt.ColorScheme.Dark if theme is DARK else Qt.ColorScheme.Light
    application.styleHints().setColorScheme(scheme)  # works with a platform theme only; the palette always works
    application.setPalette(palette_of(theme))
    _give_sheet(application, style_sheet_of(theme))


def _give_sheet(application: QApplication, sheet: str) -> None:
    """With every sheet Qt takes the system's fonts again for lists and menus, which on Windows are smaller ones."""
    application.setStyleSheet(sheet)
    application.setFont(base_font())


def show_theme(name: str) -> None:
    """Applies the theme of this name; an unknown name is the light one."""
    application = QApplication.instance()
    if isinstance(application, QApplication):
        apply_theme(application, THEMES.get(name, LIGHT))


@contextmanager
def without_style_sheet() -> Iterator[None]:
    """Removes the style sheet while a window is built: under one, each widget that is put into another is styled again
    with its contents, which is half of the building time."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        yield
        return
    sheet = application.styleSheet()
    _give_sheet(application, "")
    try:
        yield
    finally:
        _give_sheet(application, sheet)


def give_viewport(view: QAbstractScrollArea) -> None:
    """Gives the view a viewport like Qt's own.

    WORKAROUND for PySide6 6.x: asking for a viewport that Qt made wraps it, and before the first wrapping PySide loads
    every class of widgets, which delays the first paint.
    """
    room = QWidget()
    room.setBackgroundRole(QPalette.ColorRole.Base)
    room.setAutoFillBackground(True)
    view.setViewport(room)


def toggle_theme() -> None:
    """Switches between light and dark."""
    show_theme(DARK.name if tokens() is LIGHT else LIGHT.name)


def palette_of(theme: Tokens) -> QPalette:
    """The palette of a theme, with every role that the Fusion style uses."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.alternate,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Text: theme.text,
        role.Button: theme.panel,
        role.ButtonText: theme.text,
        role.BrightText: theme.bad,
        role.Link: theme.accent,
        role.LinkVisited: theme.purple,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.text,
        role.Light: theme.panel,
        role.Midlight: theme.alternate,
        role.Mid: theme.line,
        role.Dark: theme.muted,
        role.Shadow: theme.window,
        role.Accent: theme.accent,
    }
    palette = QPalette()
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.muted))
    return palette


def style_sheet_of(theme: Tokens) -> str:
    """The style sheet with the theme's colours and the sizes of this module."""
    colours = {field.name: str(getattr(theme, field.name)) for field in fields(theme)}
    sizes = {"base_px": f"{BASE_PX}px", "small_px": f"{SMALL_PX}px", "title_px": f"{TITLE_PX}px"}
    return Template(STYLE_SHEET).substitute(colours, icons=_ICONS, **sizes)


def restyle(widget: QWidget, **look: object) -> None:
    """Sets dynamic properties that the style sheet selects by, and applies it again if one of them changed."""
    if all(widget.property(name) == value for name, value in look.items()):
        return
    for name, value in look.items():
        widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
