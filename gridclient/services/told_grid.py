"""The grid in which earlier cases of the same place lay: a guess with its reason, for a person to take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Final

from gridclient.domain.codes import Tier
from gridclient.domain.frozen import frozen
from gridclient.services.ports import DeskQueries
from gridclient.services.rows import CaseFilter, CaseRow, GridRow, Sort, SortKey

_NEWEST: Final = Sort(SortKey.REGISTERED, descending=True)
_READ: Final = 100
_FEWEST: Final = 3
_SHARE: Final = 0.8
_ABOVE: Final = re.compile(r"^.*(?:省|市(?!场)|(?<!小)区|县|街道|镇(?![一-鿿]?[路街]))")
"""What a postal address has before the name of a road or an estate."""
_NAMED: Final = re.compile(
    r"[与和及、]?([一-鿿A-Za-z0-9]{2,10}?"
    r"(?:小区|花园|家园|新村|公寓|大厦|广场|市场|大道|[路街巷苑府]))(\d+(?:-\d+)?号)?"
)
_ROADS: Final = ("路", "街", "巷", "大道")


@frozen
class GridGuess:
    """Of the newest ``of`` cases that name ``place`` and have a basic grid, ``cases`` lay in ``grid``."""

    grid: GridRow
    community: str
    place: str
    cases: int
    of: int


def guess_grid(address: str, within: str, grids: Sequence[GridRow], queries: DeskQueries) -> GridGuess | None:
    """The basic grid of a place by earlier cases; ``None`` unless nearly all of some cases lie in one. Blocking.

    Args:
        within: the area, if it is known; there is nothing to guess of a basic grid.
        grids: those in force, of which one may be guessed.
    """
    basic = {row.code: row for row in grids if row.tier == Tier.BASIC}
    if within in basic:
        return None
    for place in places_in(address):
        page = queries.page(CaseFilter(text=place, grid=within), _NEWEST, limit=_READ)
        if found := _nearly_all(page.rows, basic):
            grid, cases, of = found
            return GridGuess(grid, next((row.name for row in grids if row.code == grid.parent), ""), place, cases, of)
    return None


def places_in(address: str) -> list[str]:
    """The places that an address names, as the list finds them, the most exact first: all its names together, the last
    one with its number, the last one, unless that is but one road of a crossing."""
    found = _NAMED.findall(_ABOVE.sub("", address))
    if not found:
        return []
    names, (last, number) = [name for name, _ in found], found[-1]
    together, alone = len(names) > 1, not (len(names) > 1 and last.endswith(_ROADS))
    ways = ((" ".join(names), together), (f"{last}{number}", bool(number)), (last, alone))
    return [place for place, wanted in ways if wanted]


def _nearly_all(rows: Iterable[CaseRow], basic: Mapping[str, GridRow]) -> tuple[GridRow, int, int] | None:
    """The grid in which nearly all cases lay, how many did, and of how many; ``None`` if they are few or scattered."""
    located = Counter(row.grid for row in rows if row.grid in basic)
    of = located.total()
    grid, cases = max(located.items(), key=itemgetter(1), default=("", 0))
    return (basic[grid], cases, of) if cases >= _FEWEST and cases >= _SHARE * of else None
