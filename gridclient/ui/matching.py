"""Finding one of many by what is typed: a word, a code or pinyin initials. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Final

from gridclient.domain.frozen import frozen
from gridclient.services.rows import GridRow, StandardRow, UnitRow
from gridclient.ui.present import joined

_MOST: Final = 40
_MISSED: Final = 9


@frozen
class Entry:
    """Something to choose: its value, its words, a second line, what else finds it and its pinyin initials."""

    value: str
    title: str
    detail: str = ""
    search: str = ""
    initials: str = ""


def find(entries: Iterable[Entry], typed: str, *, most: int = _MOST) -> list[Entry]:
    """The entries that hold every typed word, those that begin with it first; all in their order for no words."""
    words = typed.lower().split()
    ranked = ((max((_rank(entry, word) for word in words), default=0), entry) for entry in entries)
    found = sorted((one for one in ranked if one[0] < _MISSED), key=itemgetter(0))
    return [entry for _, entry in found[:most]]


def _rank(entry: Entry, word: str) -> int:
    title, initials = entry.title.lower(), entry.initials.lower()
    if title.startswith(word) or initials.startswith(word) or entry.value.lower() == word:
        return 0
    if word in title or word in initials:
        return 1
    return 2 if word in f"{entry.search} {entry.detail} {entry.value}".lower() else _MISSED


def unit_entries(units: Iterable[UnitRow]) -> list[Entry]:
    """Units that are not out of use."""
    return [
        Entry(unit.code, unit.name, unit.telephone, " ".join((*unit.aliases, *unit.fields)), unit.initials)
        for unit in units
        if unit.status != "inactive"
    ]


def standard_entries(standards: Iterable[StandardRow], initials: Mapping[str, str]) -> list[Entry]:
    """Filing conditions: the small class with its condition; the big class, the limit, of several lists its own."""
    rows = tuple(standards)
    several = len({row.list for row in rows}) > 1
    return [
        Entry(
            row.key,
            standard_title(row),
            joined((row.big_class, row.limit_text, row.list if several else "")),
            row.code,
            initials.get(row.small_class, "") + initials.get(row.filing_condition, ""),
        )
        for row in rows
    ]


def standard_title(row: StandardRow) -> str:
    """``施工扰民 · 夜间施工噪音扰民``."""
    return joined((row.small_class, row.filing_condition))


def grid_entries(grids: Sequence[GridRow], initials: Mapping[str, str]) -> list[Entry]:
    """Basic grids with the name of their community, then the communities, then the townships."""
    names = {row.code: row.name for row in grids}
    found = []
    for tier in ("basic", "community", "township"):
        for row in grids:
            if row.tier == tier:
                above = names.get(row.parent, "")
                short = initials.get(above, "") + initials.get(row.name, "")
                found.append(Entry(row.code, grid_title(row, above if tier == "basic" else ""), above, row.code, short))
    return found


def grid_title(row: GridRow, community: str) -> str:
    """``古陌社区 第三网格(基础)``."""
    return f"{community} {row.name}".strip()
