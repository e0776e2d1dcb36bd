"""What an import hands over: one neutral value per good row, one :class:`RefusedRow` per bad one.

The readers of ``gridclient.exchange`` make these, services store them; neither needs to know the other's files.
Rows are counted as a spreadsheet shows them (the first line is row 1; a GeoJSON feature counts from 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import NamedTuple

from gridclient.domain.frozen import frozen
from gridclient.services.import_findings import Notice


@frozen
class Boundary:
    """An area. ``wkb`` is a valid MultiPolygon in WGS-84 (= CGCS2000), longitude before latitude.

    ``source_wkb`` is what the file said, in ``source_crs`` (``wgs84``, ``gcj02``, ``bd09``); ``None`` when it is the
    same.
    """

    wkb: bytes
    source_crs: str
    source_wkb: bytes | None = None


@frozen
class DivisionRecord:
    """One area of the state's tree: ``code`` has 6 digits (province 370000, city 371000, county 371002),
    9 (township) or 12 (community, village). ``ancestors`` are (code, name) from the top, as far as the row tells."""

    sheet: str
    row: int
    identity: str
    code: str
    name: str
    level: str  # province city county township community
    parent: str
    ancestors: tuple[tuple[str, str], ...] = ()
    boundary: Boundary | None = None
    notices: tuple[Notice, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@frozen
class GridRecord:
    """One grid: ``tier`` is ``zone``, ``community`` or ``basic``; ``special`` marks a basic grid 专属.

    ``special`` is ``None`` if the file does not say. The name is the code where the file has none.

    ``parent`` is the area above if the file says it, else "". ``members`` are the codes of the communities that a zone
    or a community grid holds, when the file says so.
    """

    sheet: str
    row: int
    identity: str
    code: str
    name: str
    tier: str
    parent: str
    special: bool | None = None
    external_code: str = ""
    worker: str = ""
    phone: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    members: tuple[str, ...] = ()
    boundary: Boundary | None = None
    notices: tuple[Notice, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@frozen
class UnitRecord:
    """One unit 派驻机构/部门.

    ``kind`` and ``status`` are identifiers (``stationed_a``, ``on_duty``), "" if the file does not say.
    ``parent`` is the code or the name of the parent department, as the file gives it; ``grids`` are grid codes.
    """

    sheet: str
    row: int
    identity: str
    code: str
    name: str
    kind: str
    status: str = ""
    aliases: tuple[str, ...] = ()
    parent: str = ""
    township: str = ""
    leader: str = ""
    phone: str = ""
    people: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    grids: tuple[str, ...] = ()
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    source_crs: str = ""
    source_lon: float | None = None
    source_lat: float | None = None
    notices: tuple[Notice, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@frozen
class StandardRecord:
    """One filing condition 立案条件 with what closes it, its limit and who handles it.

    ``kind`` is ``event`` or ``component``. ``code`` = kind letter, big class, small class, number of the condition in
    its small class (``C-01-02-03``); it is stable as long as conditions are only added behind. ``limit`` is the
    readable limit in code form (``domain.limits``), ``limit_text`` what people wrote.
    """

    sheet: str
    row: int
    identity: str
    code: str
    kind: str
    big_code: str
    big_name: str
    small_code: str
    small_name: str
    filing_condition: str
    closing_condition: str
    limit_text: str
    limit: str
    handling_unit: str = ""
    supervising_unit: str = ""
    cooperating_unit: str = ""
    notices: tuple[Notice, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


Texts = tuple[str, str, str, str, str, str]
"""The parts of an imported case's event between what is filled in later: digest, class, grid, standard."""


class ImportedCase(NamedTuple):
    """One case as another system wrote it down, as log and tables will have it, but for what the store knows: grid,
    standard, number.

    Made by :mod:`gridclient.services.imported_case`, in large numbers and often in another process, so it is a tuple.
    ``lon``/``lat`` are WGS-84.
    Times are whole seconds since 1970; ``reported`` is ``None`` and ``day`` (an ordinal, in China) 0 where the row
    tells no time; ``closed_at`` counts of ``closed`` cases only. ``digest`` is the same for the same row, "" where a
    text is damaged.
    """

    sheet: str
    row: int
    identity: str
    external_number: str
    title: str
    description: str
    address: str
    phone: str
    reported: int | None
    day: int
    closed: bool
    closed_at: int | None
    due: int | None
    level: int
    urgency: int
    channel: str
    big_class: str
    small_class: str
    grid_code: str
    lon: float | None
    lat: float | None
    texts: Texts
    digest: str = ""
    notices: tuple[Notice, ...] = ()


@frozen
class CalendarRecord:
    """One day of the legal calendar. ``name`` is the feast's name or ""."""

    sheet: str
    row: int
    identity: str
    day: date
    working: bool
    name: str = ""


ReferenceRecord = DivisionRecord | GridRecord | UnitRecord | StandardRecord | CalendarRecord
Record = ReferenceRecord | ImportedCase
