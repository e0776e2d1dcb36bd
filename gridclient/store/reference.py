"""Grids, units, lists and settings in force, held in memory until somebody changes them.

Every question first asks the store for the number of its last change; only a new number, or a new day, reads again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np

from gridclient.domain.calendar import WorkCalendar
from gridclient.domain.codes import GRID_TIERS, township_of
from gridclient.services.rows import GridRow, GridsAt, StandardListRow, StandardRow, UnitRow
from gridclient.services.standards import by_own_name
from gridclient.store.areas import Areas
from gridclient.store.driver import Connection, Database
from gridclient.store.grid_locator import NOWHERE, AreaLocator, Days, Numbers
from gridclient.store.legal_calendar import legal_calendar
from gridclient.store.reference_rows import (
    read_days,
    read_grids,
    read_outlines,
    read_settings,
    read_standard,
    read_standard_lists,
    read_standards,
    read_units,
)
from gridclient.store.settings_defaults import DEFAULT_SETTINGS

_CASE_TIERS: Final = GRID_TIERS[::-1]
_TIERS: Final = (*_CASE_TIERS, "township")


def reference_version(connection: Connection) -> int:
    """The number of the last change of the reference data."""
    row = connection.execute("select version from reference_state where id = 1").fetchone()
    return int(row[0]) if row else 0


def touch_reference(connection: Connection) -> None:
    """Counts a change, within the transaction that changes reference data, so that caches are read again."""
    connection.execute("update reference_state set version = version + 1 where id = 1")


class Snapshot:
    """The reference data as of one change and one day. Safe to use from several threads; indexes are built when
    used."""

    def __init__(self, connection: Connection, day: date) -> None:
        self.version = reference_version(connection)
        self.day = day
        self.grids: Mapping[str, GridRow] = read_grids(connection, day)
        self.units: Mapping[str, UnitRow] = read_units(connection)
        self.all_standards: Mapping[str, StandardRow] = read_standards(connection, day)
        self.lists: Sequence[StandardListRow] = read_standard_lists(connection)
        out_of_force = {row.name for row in self.lists if not row.in_force}
        self.standards = {key: row for key, row in self.all_standards.items() if row.list not in out_of_force}
        self._codes_alone = by_own_name((row.code, row) for row in self.all_standards.values())
        self.settings: Mapping[str, str] = {**DEFAULT_SETTINGS, **read_settings(connection)}
        self.calendar: WorkCalendar = legal_calendar(read_days(connection))
        self._outlines = read_outlines(connection)
        self._codes: dict[str, list[str]] = {}
        self._locators: dict[str, AreaLocator] = {}
        self._building = threading.Lock()

    @cached_property
    def areas(self) -> Areas:
        """The tree of areas in force; always the same object, which lists and map use to see that nothing changed."""
        return Areas(self.grids, self.units)

    def grids_at(self, lon: float, lat: float) -> GridsAt:
        """The areas at a point today. Where a tier has no boundary, the parent of the smaller area is taken."""
        basic, community, zone, township = (self._at(tier, lon, lat) for tier in _TIERS)
        community = community or self._parent(basic, "community")
        zone = zone or self._parent(community, "zone")
        smallest = basic or community or zone
        return GridsAt(basic, community, zone, township or (township_of(smallest) if smallest else None))

    def standard(self, key: str) -> StandardRow | None:
        """A filing condition of any list by its key; by its code alone (old events) if only one list has that code."""
        return self.all_standards.get(key) or self._codes_alone.get(key)

    def grids_of(self, lons: Numbers, lats: Numbers, days: Days) -> list[str]:
        """The smallest area (basic, community, zone) at each point on its day (an ordinal); "" where there is none."""
        found = [""] * len(lons)
        left = np.arange(len(lons))
        for tier in _CASE_TIERS:
            indexes = self._locator(tier).at(lons[left], lats[left], days[left])
            hits = indexes != NOWHERE
            codes = self._codes[tier]
            for position, index in zip(left[hits].tolist(), indexes[hits].tolist(), strict=True):
                found[position] = codes[index]
            left = left[~hits]
        return found

    def boundaries(self) -> dict[str, bytes]:
        """Boundaries in force by code, as WKB."""
        day = self.day.toordinal()
        return {o.code: o.wkb for o in self._outlines if o.valid_from <= day < o.valid_to}

    def _parent(self, code: str | None, tier: str) -> str | None:
        row = self.grids.get(code or "")
        above = self.grids.get(row.parent) if row is not None else None
        return above.code if above is not None and above.tier == tier else None

    def _at(self, tier: str, lon: float, lat: float) -> str | None:
        point = np.array([lon]), np.array([lat]), np.array([self.day.toordinal()])
        (index,) = self._locator(tier).at(*point).tolist()
        return None if index == NOWHERE else self._codes[tier][index]

    def _locator(self, tier: str) -> AreaLocator:
        with self._building:
            if tier not in self._locators:
                outlines = [outline for outline in self._outlines if outline.tier == tier]
                self._codes[tier] = [outline.code for outline in outlines]
                self._locators[tier] = AreaLocator(
                    [outline.wkb for outline in outlines],
                    [outline.valid_from for outline in outlines],
                    [outline.valid_to for outline in outlines],
                )
            return self._locators[tier]


class SqliteReference:
    """``services.ports.Reference`` on the store; safe to use from any thread."""

    def __init__(self, database: Database, today: Callable[[], date]) -> None:
        self._database = database
        self._today = today
        self._snapshot: Snapshot | None = None
        self._reading = threading.Lock()

    def snapshot(self) -> Snapshot:
        """The reference data as it is now."""
        day = self._today()
        with self._database.reader() as connection:
            asked = day, reference_version(connection)
            held = self._snapshot
            if held is not None and (held.day, held.version) == asked:
                return held
            with self._reading:  # at the start all threads ask: one reads for all
                held = self._snapshot
                if held is None or (held.day, held.version) != asked:
                    held = self._snapshot = Snapshot(connection, day)
        return held

    def areas(self) -> Areas:
        """The tree of areas in force."""
        return self.snapshot().areas

    def grid(self, code: str) -> GridRow | None:
        return self.snapshot().grids.get(code)

    def grids(self) -> Sequence[GridRow]:
        return tuple(self.snapshot().grids.values())

    def grids_at(self, lon: float, lat: float) -> GridsAt:
        return self.snapshot().grids_at(lon, lat)

    def unit(self, code: str) -> UnitRow | None:
        return self.snapshot().units.get(code)

    def units(self) -> Sequence[UnitRow]:
        return tuple(self.snapshot().units.values())

    def standard(self, code: str) -> StandardRow | None:
        return self.snapshot().standard(code)

    def standard_of(self, code: str, version: str) -> StandardRow | None:
        held = self.standard(code)
        if not version or (held is not None and held.version == version):
            return held
        key = held.key if held is not None else code
        with self._database.reader() as connection:
            return read_standard(connection, key, version)

    def standards(self) -> Sequence[StandardRow]:
        return tuple(self.snapshot().standards.values())

    def standard_lists(self) -> Sequence[StandardListRow]:
        """All lists of filing conditions."""
        return self.snapshot().lists

    def use_list(self, name: str, *, in_force: bool) -> None:
        """Puts a list of filing conditions in or out of force: only lists in force are offered; cases keep theirs."""
        with self._database.writer() as connection:
            connection.execute("update standard_lists set in_force = ? where name = ?", (int(in_force), name))
            touch_reference(connection)

    def calendar(self) -> WorkCalendar:
        return self.snapshot().calendar

    def setting(self, name: str) -> str:
        return self.snapshot().settings.get(name, "")
