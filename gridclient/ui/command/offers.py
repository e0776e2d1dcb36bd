"""What the command bar offers for what is typed, best first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QCoreApplication

from gridclient.services.rows import Box, CaseRow, GridRow, UnitRow
from gridclient.services.words import BOXES, STATES, TIERS
from gridclient.ui.actions import Known
from gridclient.ui.matching import Entry, find
from gridclient.ui.present import joined, short_number

translate = QCoreApplication.translate
_MOST_OF_A_KIND: Final = 6
_MOST: Final = 14
_NUMBER_DIGITS: Final = 3
_TOWNSHIP_DIGITS: Final = 9


class Kind(StrEnum):
    """What choosing an offer does; the order is the order on the screen."""

    CASE = "case"
    COMMAND = "command"
    UNIT = "unit"
    GRID = "grid"
    BOX = "box"
    STATE = "state"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the bar's list. ``key`` is the shortcut that does the same."""

    kind: Kind
    value: str
    title: str
    detail: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """All that can be found. ``initials`` are those of names by name."""

    commands: Sequence[Known] = ()
    units: Sequence[UnitRow] = ()
    grids: Sequence[GridRow] = ()
    initials: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    township: str = ""


def offers_for(typed: str, sources: Sources, cases: Sequence[CaseRow] = ()) -> list[Offer]:
    """The offers for what is typed: the commands alone for nothing, else what fits and the search at the end."""
    typed = typed.strip()
    if not typed:
        return [_command(word) for word in sources.commands][:_MOST]
    found = [_case(row) for row in cases]
    for offers in (_commands(typed, sources), _units(typed, sources), _grids(typed, sources), _states(typed, sources)):
        found += offers
    search = translate("CommandBar", "在案件中查找“{text}”").format(text=typed)
    return [*found[: _MOST - 1], Offer(Kind.SEARCH, typed, search, translate("CommandBar", "标题、描述、地址、编号"))]


def asks_for_a_number(typed: str) -> bool:
    """Whether what is typed could be (the end of) a case's number."""
    plain = typed.strip().replace("-", "")
    return sum(sign.isdigit() for sign in plain) >= _NUMBER_DIGITS and plain.isascii() and plain.isalnum()


def names_to_learn(sources: Sources) -> list[str]:
    """All names whose initials the bar can use."""
    names = [word.title for word in sources.commands] + [row.name for row in sources.grids]
    return [*names, *BOXES.values(), *STATES.values()]


def _case(row: CaseRow) -> Offer:
    detail = joined((short_number(row.number), STATES.get(row.state, row.state), row.unit_name))
    return Offer(Kind.CASE, row.id, row.title, detail)


def _command(word: Known) -> Offer:
    return Offer(Kind.COMMAND, word.name, word.title, "", word.key)


def _commands(typed: str, sources: Sources) -> Iterable[Offer]:
    words = {word.name: word for word in sources.commands}
    entries = [Entry(w.name, w.title, "", w.key, sources.initials.get(w.title, "")) for w in sources.commands]
    return [_command(words[entry.value]) for entry in find(entries, typed, most=_MOST_OF_A_KIND)]


def _units(typed: str, sources: Sources) -> Iterable[Offer]:
    near = sorted(sources.units, key=lambda unit: (unit.township != sources.township, unit.code))
    places = {row.code: row.name for row in sources.grids if row.tier == "township"}
    entries = [Entry(u.code, u.name, "", " ".join(u.aliases), u.initials) for u in near]
    township = {unit.code: places.get(unit.township, "") for unit in near}
    what = translate("CommandBar", "该单位的案件")
    return [
        Offer(Kind.UNIT, entry.value, entry.title, joined((township[entry.value], what)))
        for entry in find(entries, typed, most=_MOST_OF_A_KIND)
    ]


def _grids(typed: str, sources: Sources) -> Iterable[Offer]:
    by_code = {row.code: row for row in sources.grids}
    entries = [Entry(row.code, row.name, "", "", sources.initials.get(row.name, "")) for row in sources.grids]
    if sources.township:
        entries.sort(key=lambda entry: not entry.value.startswith(sources.township))
    return [
        Offer(Kind.GRID, entry.value, entry.title, _place(by_code[entry.value], by_code))
        for entry in find(entries, typed, most=_MOST_OF_A_KIND)
    ]


def _place(row: GridRow, by_code: Mapping[str, GridRow]) -> str:
    """Where an area lies: what is above it up to its township, else its tier."""
    above: list[str] = []
    higher = by_code.get(row.parent)
    while higher is not None and len(higher.code) >= _TOWNSHIP_DIGITS:
        above.insert(0, higher.name)
        higher = by_code.get(higher.parent)
    return joined(above) or TIERS.get(row.tier, "")


def _states(typed: str, sources: Sources) -> Iterable[Offer]:
    entries = [Entry(f"box:{box}", BOXES[box], initials=sources.initials.get(BOXES[box], "")) for box in Box]
    shown = set(BOXES.values())
    entries += [
        Entry(f"state:{state}", word, initials=sources.initials.get(word, ""))
        for state, word in STATES.items()
        if word not in shown
    ]
    what = translate("CommandBar", "只看这一类")
    for entry in find(entries, typed, most=_MOST_OF_A_KIND):
        kind, _, value = entry.value.partition(":")
        yield Offer(Kind(kind), value, entry.title, what)
