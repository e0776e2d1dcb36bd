"""Checks the grids of one file against each other and against the store: codes, parents, overlaps, places outside.

Tiers are checked from the top, so that a grid below a refused one is refused too. Where two rows disagree, the later
one is refused and the refusal names the earlier.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final

import numpy as np
import shapely

from gridclient.domain.codes import GRID_TIERS, community_of, township_of
from gridclient.services.import_findings import RefusedRow
from gridclient.services.import_records import GridRecord

OVERLAP_TOLERANCE: Final = 0.02
"""Share of the smaller of two grids of a tier that may lie in both: hand-drawn edges never meet exactly."""
OUTSIDE_TOLERANCE: Final = 0.05
"""Share of a grid that may lie outside its parent."""


Period = tuple[date, date]
"""First day and first day after."""


@dataclass(slots=True)
class Known:
    """What grids are checked against: the areas in the store, and each row of the file once it is accepted.

    ``tiers`` is tier by code (of grids and, as ``division``, of statistical communities), ``communities`` the
    communities that a grid holds, ``holders`` the reverse by tier, ``shapes`` the boundaries in force by tier,
    ``periods`` first day and first day after.
    """

    tiers: dict[str, str] = field(default_factory=dict)
    communities: dict[str, frozenset[str]] = field(default_factory=dict)
    holders: dict[str, dict[str, str]] = field(default_factory=lambda: {tier: {} for tier in GRID_TIERS})
    shapes: dict[str, dict[str, bytes]] = field(default_factory=lambda: {tier: {} for tier in GRID_TIERS})
    periods: dict[str, Period] = field(default_factory=dict)

    def learn(self, code: str, tier: str, members: Iterable[str], wkb: bytes | None, period: Period) -> None:
        """Takes in one grid, of the store or of the file."""
        self.tiers[code] = tier
        self.periods[code] = period
        self.communities[code] = frozenset((code, *members))
        for member in members:
            self.holders[tier].setdefault(member, code)
        if wkb is not None:
            self.shapes[tier][code] = wkb

    def has_area(self, code: str) -> bool:
        """Whether the code is a known area, or a township or county that has one."""
        return code in self.tiers or (len(code) < 12 and any(known.startswith(code) for known in self.tiers))


def _period_of(record: GridRecord, known: Known) -> Period:
    """The row's period of validity: as the row says, else as known, else unlimited."""
    begin, end = known.periods.get(record.code, (date.min, date.max))
    return record.valid_from or begin, record.valid_to or end


def parent_of(record: GridRecord, known: Known) -> str:
    """The code of the area right above: as the row says, else derived from code and tables.

    A basic grid whose community belongs to another community's grid hangs on that grid. A community in no zone hangs on
    its township.
    """
    if record.tier == "zone":
        return record.parent or township_of(record.code)
    if record.tier == "community":
        return record.parent or known.holders["zone"].get(record.code) or township_of(record.code)
    own = record.parent or community_of(record.code)
    return own if known.tiers.get(own) == "community" else known.holders["community"].get(own, own)


def check_grids(records: Sequence[GridRecord], known: Known) -> tuple[list[GridRecord], list[RefusedRow]]:
    """The rows that can go in, and refusals of the others; accepted rows are added to ``known``."""
    refused: list[RefusedRow] = []
    accepted: list[GridRecord] = []
    rows: dict[str, int] = {}  # the row where a code came first
    for record in records:
        rows.setdefault(record.code, record.row)
    for tier in GRID_TIERS:
        candidates = list(_first_of_each(records, tier, rows, refused))
        for judge in (_parent_problems, partial(_overlap_problems, rows=rows), _outside_problems):
            problems = judge(candidates, known)
            refused += problems.values()
            candidates = [record for record in candidates if record.code not in problems]
        for record in candidates:
            wkb = record.boundary.wkb if record.boundary else None
            known.learn(record.code, tier, record.members, wkb, _period_of(record, known))
        accepted += candidates
    return accepted, refused


_Problems = dict[str, RefusedRow]


def _refuse(record: GridRecord, column: str, code: str, params: Mapping[str, object]) -> RefusedRow:
    return RefusedRow(record.sheet, record.row, column, code, {"grid": record.code, **params})


def _first_of_each(
    records: Sequence[GridRecord], tier: str, rows: Mapping[str, int], refused: list[RefusedRow]
) -> Iterator[GridRecord]:
    seen: set[str] = set()
    for record in records:
        if record.tier != tier:
            continue
        if record.code in seen:
            refused.append(_refuse(record, "code", "grid.code_twice", {"first": rows[record.code]}))
            continue
        seen.add(record.code)
        yield record


def _parent_problems(records: Sequence[GridRecord], known: Known) -> _Problems:
    pairs = [(record, parent_of(record, known)) for record in records]
    return {
        record.code: _refuse(record, "parent", code, {"parent": parent})
        for record, parent in pairs
        if (code := _parent_fault(record, parent, known))
    }


def _parent_fault(record: GridRecord, parent: str, known: Known) -> str:
    tier = known.tiers.get(parent)
    if record.tier == "zone" or (record.tier == "community" and len(parent) == 9):  # in no zone
        good = record.code.startswith(parent)
    elif tier is None:
        return "grid.parent_unknown"
    elif record.tier == "community":
        good = tier == "zone" and township_of(parent) == township_of(record.code)
    else:
        good = tier in ("community", "division") and community_of(record.code) in known.communities.get(
            parent, {parent}
        )
    return "" if good else "grid.code_not_in_parent"


def _with_shape(records: Iterable[GridRecord]) -> list[GridRecord]:
    return [record for record in records if record.boundary is not None]


def _shapes(boundaries: Sequence[bytes]) -> np.ndarray[Any, np.dtype[np.object_]]:
    return np.asarray(shapely.from_wkb(np.array(boundaries, dtype=object)))


def _overlap_problems(records: Sequence[GridRecord], known: Known, rows: Mapping[str, int]) -> _Problems:
    """Problems of rows that overlap another grid of their tier at the same time, of the store or of an earlier row."""
    drawn = _with_shape(records)
    if not drawn:
        return {}
    own = {record.code for record in drawn}
    old = {code: wkb for code, wkb in known.shapes[drawn[0].tier].items() if code not in own}
    codes = [*old, *(record.code for record in drawn)]
    shapes = _shapes([*old.values(), *(record.boundary.wkb for record in drawn if record.boundary)])
    periods = known.periods | {record.code: _period_of(record, known) for record in records}
    problems: _Problems = {}
    for one, other, share in _overlaps(shapes):
        if codes[one] in problems or other < len(old) or not _meet(periods[codes[one]], periods[codes[other]]):
            continue
        record = drawn[other - len(old)]
        params = {"other": codes[one], "other_row": rows.get(codes[one], 0), "percent": round(share * 100, 1)}
        code = "grid.overlap" if params["other_row"] else "grid.overlap_stored"
        problems.setdefault(record.code, _refuse(record, "boundary", code, params))
    return problems


def _meet(one: Period, other: Period) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _overlaps(shapes: np.ndarray[Any, np.dtype[np.object_]]) -> Iterator[tuple[int, int, float]]:
    """Pairs that overlap by more than the tolerance: (earlier, later, share of the smaller), ordered by the later."""
    first, second = shapely.STRtree(shapes).query(shapes)
    pairs = first < second
    first, second = first[pairs], second[pairs]
    common = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    areas = shapely.area(shapes)
    shares = common / np.maximum(np.minimum(areas[first], areas[second]), np.finfo(float).tiny)
    too_much = np.flatnonzero(shares > OVERLAP_TOLERANCE)
    for index in too_much[np.lexsort((first[too_much], second[too_much]))]:
        yield int(first[index]), int(second[index]), float(shares[index])


def _outside_problems(records: Sequence[GridRecord], known: Known) -> _Problems:
    """Problems of rows that lie outside their parent, where the parent has a boundary."""
    pairs = [
        (record, known.shapes[above][parent])
        for record in _with_shape(records)
        if (above := {"community": "zone", "basic": "community"}.get(record.tier))
        if (parent := parent_of(record, known)) in known.shapes[above]
    ]
    if not pairs:
        return {}
    shapes = _shapes([record.boundary.wkb for record, _ in pairs if record.boundary])
    parents = _shapes([wkb for _, wkb in pairs])
    areas = np.maximum(shapely.area(shapes), np.finfo(float).tiny)
    shares = 1 - shapely.area(shapely.intersection(shapes, parents)) / areas
    return {
        pairs[index][0].code: _refuse(
            pairs[index][0],
            "boundary",
            "grid.outside_parent",
            {"parent": parent_of(pairs[index][0], known), "percent": round(float(shares[index]) * 100, 1)},
        )
        for index in np.flatnonzero(shares > OUTSIDE_TOLERANCE)
    }
