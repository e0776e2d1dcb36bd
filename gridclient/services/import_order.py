"""What an import is told to do, and what a look into a file shows before it.

Orders are made by the window and the command line and carried out elsewhere, often in another process, so all of it can
be pickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Final, Literal

from gridclient.domain.frozen import frozen
from gridclient.services.import_findings import Notice
from gridclient.services.map_port import ArchiveMetadata

BASE_MAP: Final[Literal["basemap"]] = "basemap"
"""The kind of a file that holds no rows: it goes into the profile's folder as it is."""


@frozen
class ColumnChoice:
    """Column titles by field, as an operator chose them; "" leaves a field out."""

    columns: Mapping[str, str]


@frozen
class ImportOrder:
    """One import: ``kind`` is an ``ImportKind`` or ``BASE_MAP``; ``mapping`` is a TOML file or a :class:`ColumnChoice`.

    ``list_name`` is the list that filing conditions go to; "" means the name of the file.
    """

    kind: str
    file: Path
    crs: str | None = None
    sheet: str | None = None
    mapping: Path | ColumnChoice | None = None
    dry_run: bool = False
    list_name: str = ""


@frozen
class LookOrder:
    """A look into a file; ``kind`` "" means that it is guessed from the header."""

    file: Path
    kind: str = ""
    sheet: str | None = None
    mapping: ColumnChoice | None = None


@frozen
class ColumnGuess:
    """A field of the kind: the column proposed for it ("" for none), and whether it is required."""

    field: str
    column: str
    required: bool


@frozen
class ImportPreview:
    """What the import page shows before an import.

    ``rows`` are (row number, cells as text), ``points`` some longitudes and latitudes as in the file. ``crs_needed``:
    the file has boundaries or points inside China, so an operator must name their coordinate system; ``crs_declared``
    is what the file claims ("" for nothing), ``crs_named`` the system (``gcj02``) if every row names it.
    ``file_notices`` are remarks on the file as a whole.
    """

    sheet: str
    sheets: tuple[str, ...]
    header_row: int
    titles: tuple[str, ...]
    fingerprint: str
    columns: tuple[ColumnGuess, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    points: tuple[tuple[float, float], ...] = ()
    crs_needed: bool = False
    crs_declared: str = ""
    crs_named: str = ""
    file_notices: tuple[Notice, ...] = ()


@frozen
class Look:
    """What is in a file.

    ``titles`` are the fields' names for people. ``places`` are the file's points or areas in WGS-84 as GeoJSON, by the
    coordinate system that the file's numbers would be in; it may be empty though ``asks_crs`` says that somebody has
    to name the system (no shape of the file is whole). ``apart`` are the metres
    by which two systems (a, b) put the file's places apart. Of a base map only ``base_map`` and ``size`` are told.
    """

    kind: str
    size: int
    preview: ImportPreview | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, bytes] = field(default_factory=dict)
    apart: Mapping[tuple[str, str], float] = field(default_factory=dict)
    asks_crs: bool = False
    base_map: ArchiveMetadata | None = None
