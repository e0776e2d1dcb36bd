"""What the embedded map reads from the store, as ready bytes and small values per viewport.

Every method is called on pool threads, several at a time. Its cost must depend on what is seen, not on what is stored;
``services.map_cells`` defines the size of cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.services.rows import CaseFilter

Figures: TypeAlias = tuple[int, int]
"""Open cases of a grid, and how many of them are overdue."""

Cell: TypeAlias = tuple[int, float, float, int, str | None]
"""(cases, longitude, latitude, overdue among them, case id when it is one case): the place is the cases' mean."""

UnitMark: TypeAlias = tuple[str, float, float, str, str, str]
"""(code, longitude, latitude, name, kind, status): kind and status by the identifiers of the domain."""

MAX_CELLS = 400
MAX_UNITS = 300

TileKind: TypeAlias = Literal["raster", "vector"]


@frozen
class Bounds:
    """A box in degrees (WGS-84). Raises InvalidInput ``map.bounds`` if it is not valid."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        if not (-180 <= self.west <= self.east <= 180 and -90 <= self.south <= self.north <= 90):
            raise InvalidInput("map.bounds", west=self.west, south=self.south, east=self.east, north=self.north)


class MapData(Protocol):
    """The desk's own layers."""

    def outlines(self) -> bytes:
        """All boundaries as JSON (UTF-8), every tier and the townships: ``{"areas": [...]}``.

        Each has its ``box`` (west, south, east, north) and its ``rings``, texts of whole millionths of a degree: the
        first corner's longitude and latitude, then of each corner its way from the one before, back to the first (the
        page reads the few that it draws). Besides: ``code``, ``name``, ``tier`` (township, zone, community, basic,
        special), ``parent`` (code or null), ``worker`` (already masked as the operator may see it, or null),
        ``schematic`` (drawn for want of a boundary).
        It may be cached until a grid changes.
        """
        ...

    def figures(self) -> Mapping[str, Figures]:
        """Open and overdue cases by code, of grids of all tiers. A missing code means (0, 0)."""
        ...

    def home(self) -> str:
        """The area that the map opens on: the desk's own township; "" (everything) if it has open cases of another."""
        ...

    def cells(self, bounds: Bounds, zoom: int, cases: CaseFilter) -> Sequence[Cell]:
        """The open cases in the box that pass the filter, in cells of about 64 pixels; at most MAX_CELLS rows."""
        ...

    def units(self, bounds: Bounds) -> Sequence[UnitMark]:
        """Units with a home point in the box, on duty first; at most MAX_UNITS."""
        ...


@frozen
class ArchiveMetadata:
    """A tile archive's own description, made safe: plain text, valid numbers."""

    title: str
    kind: TileKind
    min_zoom: int
    max_zoom: int
    bounds: Bounds
    attribution: str
    vector_layers: tuple[str, ...] = ()


class TileArchive(Protocol):
    """One file of tiles. Reading is safe from several threads."""

    def metadata(self) -> ArchiveMetadata:
        """The description. Raises InvalidInput ``basemap.…`` for a damaged file or one that is no tile archive."""
        ...

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """A tile by XYZ numbering, vector tiles unpacked; ``None`` if the archive has none there."""
        ...

    def close(self) -> None: ...


@frozen
class BaseLayer:
    """A base map to choose from. ``layer_id`` is used in addresses: letters, digits, dot and hyphen."""

    layer_id: str
    metadata: ArchiveMetadata


class BaseMaps(Protocol):
    """The profile's imported base maps."""

    def base_layers(self) -> Sequence[BaseLayer]: ...

    def tile(self, layer_id: str, z: int, x: int, y: int) -> bytes | None: ...

    def let_go(self, layer_id: str) -> None:
        """Closes the file of a base map that is about to be deleted."""
        ...
