"""The look: readable in both themes, switched while the program runs, one place for colours."""

from __future__ import annotations

import json
from dataclasses import fields
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gridclient.ui.guess_chips import Chip, GuessChips
from gridclient.ui.icons import _SIGNS, font_file, give_icon, icon, recolour
from gridclient.ui.key_button import KeyButton
from gridclient.ui.theme import (
    DARK,
    LIGHT,
    Tokens,
    apply_theme,
    base_font,
    palette_of,
    style_sheet_of,
    tokens,
    without_style_sheet,
)

LEAST_CONTRAST, LEAST_CONTRAST_OF_EDGES = 4.5, 3
ICONS = Path(__file__).parents[2] / "resources" / "icons"
GROUNDS = ("panel", "alternate", "selection")
PAIRS = [
    *product(("text", "warn_text", "bad_text"), (*GROUNDS, "hover")),
    *product(("muted",), (*GROUNDS, "window", "hover", "accent_ground")),
    *product(("on_top", "top_muted", "lamp_ok", "lamp_warn", "lamp_bad"), ("top", "top_button")),
    ("text", "accent_ground"),
    ("accent", "accent_ground"),
    ("accent", "panel"),
    ("warn_text", "warn_ground"),
    ("bad_text", "bad_ground"),
    ("text", "bad_ground"),
    ("on_accent", "accent"),
    ("on_top", "top_hover"),
    ("top_muted", "top_field"),
]


def luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    made = QColor(colour)
    return 0.2126 * linear(made.redF()) + 0.7152 * linear(made.greenF()) + 0.0722 * linear(made.blueF())


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(theme: Tokens, ink: str, ground: str) -> None:
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= LEAST_CONTRAST


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["panel", "alternate", "window"])
@pytest.mark.parametrize("field", [QLineEdit, QPlainTextEdit, QTextEdit, QComboBox], ids=lambda kind: kind.__name__)
def test_an_empty_field_can_be_seen_on_its_ground(
    qapp: QApplication, qtbot: QtBot, theme: Tokens, ground: str, field: type[QWidget]
) -> None:
    """Source: WCAG 2.2, 1.4.11: what is needed to identify an input has a contrast of 3:1 to what lies beside it."""
    apply_theme(qapp, theme)
    made = field()
    qtbot.addWidget(made)
    made.resize(160, 60)
    made.show()
    edge = made.grab().toImage().pixelColor(0, 30).name()
    assert contrast(edge, getattr(theme, ground)) >= LEAST_CONTRAST_OF_EDGES


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_guess_between_two_fields_can_be_seen_to_be_a_button(qapp: QApplication, qtbot: QtBot, theme: Tokens) -> None:
    apply_theme(qapp, theme)
    chips = GuessChips()
    qtbot.addWidget(chips)
    chips.show_chips([Chip("1", "路灯不亮", "")])
    chips.show()
    (guess,) = chips.buttons
    edge = guess.grab().toImage().pixelColor(guess.width() // 2, 0).name()
    assert contrast(edge, theme.panel) >= LEAST_CONTRAST_OF_EDGES


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_command_bar_can_be_seen_on_the_bar_at_the_top(theme: Tokens) -> None:
    assert contrast(theme.top_edge, theme.top) >= LEAST_CONTRAST_OF_EDGES


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_drawn_signs_have_the_colours_of_their_theme(theme: Tokens) -> None:
    drawn = {path.stem.partition("-")[0]: path.read_text() for path in ICONS.glob(f"*-{theme.name}.svg")}
    inks = {"arrow": theme.muted, "check": theme.on_accent, "tick": theme.text}
    assert drawn.keys() == inks.keys()
    assert not [name for name, ink in inks.items() if f'stroke="{ink}"' not in drawn[name]]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_style_sheet_leaves_no_gap_open(theme: Tokens) -> None:
    assert "$" not in style_sheet_of(theme)
    assert all(getattr(theme, field.name) for field in fields(theme))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_palette_sets_every_role_that_fusion_draws_with(theme: Tokens) -> None:
    palette = palette_of(theme)
    assert palette.color(QPalette.ColorRole.Window) == QColor(theme.window)
    assert palette.color(QPalette.ColorRole.Text) == QColor(theme.text)
    assert palette.color(QPalette.ColorRole.Highlight) == QColor(theme.selection)


def test_the_theme_is_switched_while_the_program_runs(qapp: QApplication, qtbot: QtBot) -> None:
    button = QPushButton("登记")
    qtbot.addWidget(button)
    apply_theme(qapp, LIGHT)
    give_icon(button, "register")
    light = button.icon().cacheKey()
    apply_theme(qapp, DARK)
    recolour(button)
    assert tokens() is DARK
    assert button.icon().cacheKey() != light
    apply_theme(qapp, LIGHT)
    assert tokens() is LIGHT


def test_switching_the_theme_makes_no_other_style(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    apply_theme(qapp, LIGHT)
    monkeypatch.setattr("gridclient.ui.theme.QStyleFactory", None)  # a style made anew styles the whole desk once more
    apply_theme(qapp, DARK)
    apply_theme(qapp, LIGHT)
    assert qapp.styleSheet()


def test_every_icon_of_the_desk_is_in_its_family_under_its_name(qapp: QApplication) -> None:
    listed = next(font_file().parent.glob("materialdesignicons6*charmap*.json"))
    codes = {name: int(code, 16) for name, code in json.loads(listed.read_text("utf-8")).items()}
    assert dict(_SIGNS.values()) == {name: codes[name] for name, _ in _SIGNS.values()}
    assert not icon("register").pixmap(16, 16).toImage().isNull()


def test_icons_leave_marks_on_paper(qapp: QApplication) -> None:
    drawn = icon("register", "#FF0000").pixmap(16, 16).toImage()
    inked = [1 for x in range(16) for y in range(16) if drawn.pixelColor(x, y).alpha() > 128]
    assert len(inked) > 10


def test_figures_are_equally_wide(qapp: QApplication) -> None:
    from PySide6.QtGui import QFontMetrics

    metrics = QFontMetrics(base_font())
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1
    assert QFontInfo(base_font()).pixelSize() == 13


def test_the_icon_of_a_disabled_button_is_as_faint_as_its_words(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, LIGHT)
    button = KeyButton("", icon="save")
    qtbot.addWidget(button)

    def darkest() -> int:
        seen = button.grab().toImage()
        return min(seen.pixelColor(x, y).lightness() for x in range(4, seen.width() - 4) for y in range(4, 26))

    ready = darkest()
    button.setEnabled(False)
    assert ready < 60 < darkest()


def test_words_of_fields_that_stand_above_one_another_begin_at_the_same_place(look: None, qtbot: QtBot) -> None:
    line, text, choice = QLineEdit("国"), QPlainTextEdit("国"), QComboBox()
    choice.addItem("国")
    begins = []
    for field in (line, text, choice):
        qtbot.addWidget(field)
        field.resize(120, 40)
        field.show()
        picture = field.grab().toImage()
        ground = picture.pixelColor(60, 6).lightness()
        inked = product(range(4, 60), range(6, 34))
        begins.append(next(x for x, y in inked if picture.pixelColor(x, y).lightness() < ground - 60))
    assert max(begins) - min(begins) <= 1


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_lists_and_menus_are_written_as_large_as_all_else_whatever_the_system_takes_for_them(
    qtbot: QtBot, qapp: QApplication, theme: Tokens
) -> None:
    apply_theme(qapp, theme)
    for widget in (QTreeView(), QMenu()):
        qtbot.addWidget(widget)
        widget.ensurePolished()
        assert widget.font() == base_font()
    with without_style_sheet():
        built = QTreeView()
        qtbot.addWidget(built)
        assert built.font() == base_font()
    assert built.font() == base_font()
