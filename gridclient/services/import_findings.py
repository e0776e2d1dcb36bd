"""What an import reports: its phase, its findings row by row, its figures.

Shown by windows and the command line. The records, which only readers and the store use, are in
:mod:`gridclient.services.import_records`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Literal, TypeAlias

from gridclient.domain.frozen import frozen
from gridclient.services.rows import Changes, Runs


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
    """A finding about one row; ``code`` and ``params`` make the sentence (``services.error_text``).

    ``column`` is the column's title (in GeoJSON the property), "" for the whole row. Row 0 is the file as a whole.
    """

    sheet: str
    row: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class RefusedRow(RowFinding):
    """A row that is not imported, and why."""

    __slots__ = ()


@frozen
class Notice:
    """A remark on a row that is imported nevertheless (a grid in two parts)."""

    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class ImportPhase(StrEnum):
    """The phase of an import. It can be cancelled before ``writing``."""

    READING = "reading"
    CHECKING = "checking"
    WRITING = "writing"


Progress: TypeAlias = Callable[[ImportPhase, int, int | None], None]
"""Called with the phase, the rows done in it and how many there are (``None`` while nobody knows). To stop the import
it raises ``Cancelled``, which is passed over once rows are written."""


def unheard(_phase: ImportPhase, _done: int, _total: int | None) -> None:
    """A :data:`Progress` for which nobody waits."""


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
    """The result of an import or a dry run: figures, refused rows, remarks, what to refresh, the cases that came in."""

    summary: ImportSummary
    refused: tuple[RefusedRow, ...]
    notices: tuple[RowFinding, ...]
    changes: Changes
    dry_run: bool = False
    cases: Runs = ()
