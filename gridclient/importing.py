"""Bringing a file in: the readers of ``exchange`` joined with the sinks of the store, for desk and command line.

Part of the composition. Base maps hold no rows: they are judged, then copied into the profile's folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gridclient.domain.codes import list_name
from gridclient.domain.errors import Cancelled, StoreUnavailable, reason_of
from gridclient.domain.roles import Action, require
from gridclient.exchange.mapping import ColumnMapping, read_mapping
from gridclient.exchange.reading import Reading, read_kind
from gridclient.exchange.report import write_report
from gridclient.import_look import column_mapping
from gridclient.mapview.basemaps import SUFFIXES, inspect_archive, layer_id, openers
from gridclient.recomputing import recompute
from gridclient.second_core import aside_for
from gridclient.services.aside import Aside
from gridclient.services.import_findings import (
    ImportKind,
    ImportOutcome,
    ImportPhase,
    ImportSummary,
    Progress,
    RowFinding,
    unheard,
)
from gridclient.services.import_order import BASE_MAP, ColumnChoice, ImportOrder
from gridclient.services.importing import ImportSink, import_records
from gridclient.services.put_in_place import put_in_place
from gridclient.services.rows import Changes
from gridclient.store.case_recorder import BulkRecorder
from gridclient.store.case_sink import CaseSink
from gridclient.store.enrolment_file import read_enrolment
from gridclient.store.import_journal import Journal
from gridclient.store.import_sink import ReferenceSink
from gridclient.store.mbtiles import MBTilesArchive

if TYPE_CHECKING:
    from gridclient.composition import OpenedDesk

_PIECE: Final = 4 << 20


def import_file(opened: OpenedDesk, order: ImportOrder, *, progress: Progress = unheard) -> ImportOutcome:
    """Brings the file in, or says what would happen (``order.dry_run``).

    Raises:
        Cancelled: nothing of the import stays.
        InvalidInput: the file as a whole cannot be read; nothing stays.
        RuleViolation: who may register no case brings in none, as no hub would take them (``role.not_allowed``).
        StoreUnavailable: disk or store failed.
    """
    if order.kind == BASE_MAP:
        return _import_base_map(opened, order, progress)
    kind = ImportKind(order.kind)
    if kind is ImportKind.CASES:
        require(opened.desk.actor, Action.AMEND, "register")
    reading = read_kind(kind, order.file, sheet=order.sheet, mapping=_mapping(order, kind), crs=order.crs)
    with aside_for(reading.expected if kind is ImportKind.CASES else 0) as aside:
        outcome = import_records(
            reading.rows(aside),
            file=reading.file,
            kind=kind,
            sink=_sink(opened, order, reading, aside),
            clock=opened.desk.clock,
            expected=reading.expected,
            progress=progress,
            dry_run=order.dry_run,
            titles=reading.titles,
        )
    if reading.unread:
        notice = RowFinding("", 0, "", "file.sheets_unread", {"sheets": reading.unread})
        outcome = replace(outcome, notices=(notice, *outcome.notices))
    if kind is not ImportKind.CASES and outcome.summary.imported and _stays_here(opened):
        notice = RowFinding("", 0, "", "import.here_only")
        outcome = replace(outcome, notices=(notice, *outcome.notices))
    return _with_deadlines(opened, outcome, progress) if "calendar" in outcome.changes.kinds else outcome


def _stays_here(opened: OpenedDesk) -> bool:
    """Whether others keep their own reference data, as the county's desk alone sends them."""
    enrolment = read_enrolment(opened.profile.folder, opened.profile.device.id)
    return enrolment is not None and not enrolment.sends_reference


def _with_deadlines(opened: OpenedDesk, outcome: ImportOutcome, progress: Progress) -> ImportOutcome:
    """The new calendar moved deadlines: what is imported stays, so nobody stops it here."""
    if outcome.dry_run:
        return outcome

    def advance(done: int, of_all: int) -> None:
        with suppress(Cancelled):
            progress(ImportPhase.WRITING, done, of_all)

    changes = recompute(opened, advance)
    if not changes:
        return outcome
    notice = RowFinding("", 0, "", "import.deadlines_moved", {"count": len(changes.cases)})
    return replace(outcome, notices=(*outcome.notices, notice), changes=outcome.changes | changes)


def _mapping(order: ImportOrder, kind: ImportKind) -> ColumnMapping | None:
    if order.mapping is None or isinstance(order.mapping, ColumnChoice):
        return column_mapping(kind, order.mapping)
    return read_mapping(order.mapping, kind)


def _sink(opened: OpenedDesk, order: ImportOrder, reading: Reading, aside: Aside) -> ImportSink:
    database, reference, clock = opened.database, opened.reference, opened.desk.clock
    now, actor = clock.now(), opened.desk.actor.account
    if order.kind != ImportKind.CASES:
        told = list_name(order.list_name)
        return ReferenceSink(database, now, file=reading.file, actor=actor, standard_list=told)
    record = BulkRecorder(opened.profile.device, clock)
    journal = Journal(database, record, file=reading.file, actor=actor, now=now, aside=aside, dry_run=order.dry_run)
    return CaseSink(database, reference, journal, now=now, taken=opened.desk.townships())


def _import_base_map(opened: OpenedDesk, order: ImportOrder, progress: Progress) -> ImportOutcome:
    """Judges the archive, then copies it beside the others; the same file again changes nothing."""
    started = opened.desk.clock.now()
    info = inspect_archive(order.file, openers(MBTilesArchive))
    target = opened.profile.basemaps / _archive_name(order.file)
    known = target.is_file() and _same_content(order.file, target)
    if not known and not order.dry_run:
        _copy_whole(order.file, target, lambda done: progress(ImportPhase.READING, done, info.bytes))
    seconds = (opened.desk.clock.now() - started).total_seconds()
    summary = ImportSummary(
        file=order.file.name,
        kind=BASE_MAP,
        rows=1,
        imported=int(not known),
        unchanged=int(known),
        refused=0,
        seconds=round(seconds, 3),
    )
    changed = not known and not order.dry_run
    changes = Changes(kinds=frozenset({"basemaps"}) if changed else frozenset())
    return ImportOutcome(summary, (), (), changes, order.dry_run)


def _archive_name(file: Path) -> str:
    """The file's own name; its suffix tells the folder that it is an archive."""
    if file.suffix.lower() in SUFFIXES:
        return file.name
    with file.open("rb") as stream:
        return f"{file.name}{'.pmtiles' if stream.read(7) == b'PMTiles' else '.mbtiles'}"


def _same_content(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        while piece := first.read(_PIECE):
            if piece != second.read(_PIECE):
                return False
    return True


def _copy_whole(source: Path, target: Path, advance: Callable[[int], None]) -> None:
    """Copies under another name and renames at the end, so that the folder never holds half an archive."""
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as file, part.open("wb") as copy:
            while piece := file.read(_PIECE):
                copy.write(piece)
                advance(copy.tell())
            copy.flush()
            os.fsync(copy.fileno())
        put_in_place(part, target)
    except OSError as problem:
        raise StoreUnavailable("basemap.not_copied", name=source.name, reason=reason_of(problem)) from problem
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def remove_base_map(folder: Path, wanted: str) -> bool:
    """Deletes the base map of this id from a profile's folder; tells whether there was one.

    Raises ``StoreUnavailable("basemap.not_removed")``.
    """
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.suffix.lower() in SUFFIXES and layer_id(path) == wanted:
            try:
                path.unlink()
            except OSError as problem:
                raise StoreUnavailable("basemap.not_removed", name=path.name, reason=reason_of(problem)) from problem
            return True
    return False


def import_in_worker(report: Callable[..., Any], order: ImportOrder, *, profile: Path) -> ImportOutcome:
    """An import for the worker process of the desk that has this profile open.

    ``report`` gets the phase, the rows done and the rows in all; it raises ``Cancelled`` when somebody stopped.
    """
    from gridclient.composition import open_desk

    def tell(phase: ImportPhase, done: int, total: int | None) -> None:
        report(phase.value, done, total)

    with open_desk(profile, shared=True) as opened:
        return import_file(opened, order, progress=tell)


def save_report_in_worker(_report: object, path: Path, outcome: ImportOutcome) -> None:
    """The report of an import as a workbook.

    Raises ``StoreUnavailable("report.not_written")``.
    """
    write_report(path, outcome)
