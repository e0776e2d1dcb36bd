"""Finds entries by what is typed: words, a code, pinyin or its initials. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Final

from gridclient.domain.frozen import frozen
from gridclient.services.rows import GridRow, StandardRow, UnitRow
from gridclient.ui.present import joined

_MOST: Final = 40
_MISSED: Final = 9
_FIRST: Final = "(?:[zcs]h|[b-df-hj-np-tw-z])"
_REST: Final = "(?:[iu]?ang|[ui]?an|iong|iao|uai|[ou]ng|[ei]ng|i[aenu]|u[aeino]|[aeo]i|ao|ou|en|er|ve|[aeiouv])"
_BARE: Final = "(?:ang?|eng?|a[io]|ei|er|ou|[aeo])"
_SYLLABLE: Final = re.compile(f"{_FIRST}{_REST}|{_BARE}")
_BEGUN: Final = re.compile(_FIRST)
_LONGEST_SYLLABLE: Final = 6
_LONGEST_SPELT: Final = 24


@frozen
class Entry:
    """Something to choose: its value, its title, a second line, other words by which it is found, its pinyin
    initials."""

    value: str
    title: str
    detail: str = ""
    search: str = ""
    initials: str = ""


def find(entries: Iterable[Entry], typed: str, *, most: int = _MOST) -> list[Entry]:
    """The entries that hold every typed word, the best first: those that begin with it. Without words all, in their
    order."""
    words = [(word, spelt(word)) for word in typed.lower().split()]
    ranked = ((max((_rank(entry, *word) for word in words), default=0), entry) for entry in entries)
    found = sorted((one for one in ranked if one[0] < _MISSED), key=itemgetter(0))
    return [entry for _, entry in found[:most]]


def spelt(word: str) -> frozenset[str]:
    """The initials of a word that is written in pinyin, one for each way to divide it into syllables: ``gaipai`` →
    ``gp``. The last syllable may be incomplete. Empty for other words and single syllables."""
    ways: list[set[str]] = [{""}, *(set() for _ in word)]
    for end in range(1, len(word) + 1 if len(word) <= _LONGEST_SPELT else 0):
        for start in range(max(0, end - _LONGEST_SYLLABLE), end):
            part = word[start:end]
            if _SYLLABLE.fullmatch(part) or (end == len(word) and _BEGUN.fullmatch(part)):
                ways[end] |= {before + part[0] for before in ways[start]}
    return frozenset(way for way in ways[-1] if len(way) > 1)


def _rank(entry: Entry, word: str, shorts: Iterable[str]) -> int:
    title, initials = entry.title.lower(), entry.initials.lower()
    if title.startswith(word) or initials.startswith(word) or entry.value.lower() == word:
        return 0
    if word in title or word in initials:
        return 1
    if word in f"{entry.search} {entry.detail} {entry.value}".lower():
        return 2
    if any(short in initials for short in shorts):
        return 3
    return 4 if _in_two_parts(word, initials) else _MISSED


def _in_two_parts(word: str, initials: str) -> bool:
    """Whether the word is the beginning of the initials and, after some that are left out, a part of the rest: hkdyw
    for 华康社区 第一网格. Each is at least two letters, because nearly all names have a single one."""
    cuts = range(2, len(word) - 1) if word.isascii() and word.isalpha() else ()
    return any(initials.startswith(word[:cut]) and word[cut:] in initials[cut:] for cut in cuts)


def unit_entries(units: Iterable[UnitRow]) -> list[Entry]:
    """Units, without those that are out of use."""
    return [
        Entry(unit.code, unit.name, unit.telephone, " ".join((*unit.aliases, *unit.fields)), unit.initials)
        for unit in units
        if unit.status != "inactive"
    ]


def standard_entries(standards: Iterable[StandardRow], initials: Mapping[str, str]) -> list[Entry]:
    """Filing conditions. The second line has the big class, the limit and, if there are several lists, the list."""
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


def grid_entries(grids: Sequence[GridRow]) -> list[Entry]:
    """Basic grids with the names of their communities, then communities, then townships."""
    names = {row.code: (row.name, row.initials) for row in grids}
    found = []
    for tier in ("basic", "community", "township"):
        for row in grids:
            if row.tier == tier:
                above, initials = names.get(row.parent, ("", ""))
                title = grid_title(row, above if tier == "basic" else "")
                found.append(Entry(row.code, title, above, row.code, initials + row.initials))
    return found


def grid_title(row: GridRow, community: str) -> str:
    """``古陌社区 第三网格(基础)``."""
    return f"{community} {row.name}".strip()
