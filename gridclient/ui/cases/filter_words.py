"""The active parts of a filter as words, one for each chip, and what taking a chip away changes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.frozen import frozen
from gridclient.services.rows import CaseFilter
from gridclient.services.words import BOXES, CHANNELS, STATES
from gridclient.ui.cases.columns import level_word

translate = QCoreApplication.translate
_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


@frozen
class Chip:
    """A part of the filter: its words, and the fields that are changed when it is taken away."""

    part: str
    words: str
    without: Mapping[str, Any]


def chips_of(chosen: CaseFilter, *, units: Mapping[str, str] = _NO_NAMES) -> tuple[Chip, ...]:
    """The chips of a filter in their order on the bar; ``units`` are names by code. The grid has its own place."""
    parts: tuple[tuple[str, bool, Callable[[], str], dict[str, Any]], ...] = (
        ("box", chosen.box is not None, lambda: BOXES[chosen.box or ""], {"box": None, "only_open": True}),
        ("states", bool(chosen.states), lambda: _states(chosen), {"states": frozenset(), "only_open": True}),
        ("ended", _shows_ended(chosen), lambda: translate("CaseList", "含已办结"), {"only_open": True}),
        ("level", chosen.level is not None, lambda: level_word(chosen.level), {"level": None}),
        ("unit", bool(chosen.unit), lambda: units.get(chosen.unit, chosen.unit), {"unit": ""}),
        ("channel", bool(chosen.channel), lambda: CHANNELS.get(chosen.channel, chosen.channel), {"channel": ""}),
        ("bounds", chosen.bounds is not None, lambda: translate("CaseList", "地图框选"), {"bounds": None}),
        ("text", bool(chosen.text), lambda: translate("CaseList", "“{text}”").format(text=chosen.text), {"text": ""}),
    )
    return tuple(Chip(part, words(), without) for part, active, words, without in parts if active)


def _shows_ended(chosen: CaseFilter) -> bool:
    return not chosen.only_open and chosen.box is None and not chosen.states


def _states(chosen: CaseFilter) -> str:
    return translate("CaseList", "、").join(STATES.get(state, state) for state in sorted(chosen.states))
