"""What an import tells: where it stands, what it found row by row, its figures.

For windows and the command line; the records themselves, which only the readers and the store handle, are in
:mod:`gridclient.services.import_records`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Literal, TypeAlias

from gridclient.domain.frozen import frozen
from gridclient.services.rows import Changes


class ImportKind(StrEnum):
    """What a file holds, by the names of the command line."""

    DIVISIONS = "divisions"
    GRIDS = "grids"
    UNITS = "units"
    STANDARDS = "standards"
    CASES = "cases"
    CALENDAR = "calendar"


@frozen
class RowFinding:
    """What was found in one row; ``code`` and ``params`` make a sentence (``services.error_text``).

    ``column`` is the column's title (a property of a GeoJSON feature), "" when the whole row is meant; row 0 is the
    file as a whole.
    """

    sheet: str
    row: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class RefusedRow(RowFinding):
    """One row that does not go in, and why."""

    __slots__ = ()


@frozen
class Notice:
    """Something worth a line in the report about a row or a file that goes in all the same (a grid in two parts)."""

    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class ImportPhase(StrEnum):
    """Where an import stands. It can be cancelled until it writes."""

    READING = "reading"
    CHECKING = "checking"
    WRITING = "writing"


Progress: TypeAlias = Callable[[ImportPhase, int, int | None], None]
"""Called with the phase, the rows done in it and how many there are (``None`` while nobody knows). To stop the import
it raises ``Cancelled``, which is passed over once rows are written."""


@frozen
class ImportSummary:
    """The figures of one import, as the command line and the report print them."""

    file: str
    kind: ImportKind | Literal["basemap"]
    rows: int
    imported: int
    unchanged: int
    refused: int
    seconds: float


@frozen
class ImportOutcome:
    """What came of an import, or would (``dry_run``): the figures, each row refused, each remark, what to refresh."""

    summary: ImportSummary
    refused: tuple[RefusedRow, ...]
    notices: tuple[RowFinding, ...]
    changes: Changes
    dry_run: bool = False
