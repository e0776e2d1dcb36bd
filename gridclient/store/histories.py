"""One case with its history, read from the log."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from gridclient.domain.case import Case
from gridclient.domain.errors import InvalidInput, NotFound
from gridclient.domain.event_shapes import showable
from gridclient.domain.events import EventKey, EventKind
from gridclient.services.rows import ContentionSide, ContentionView, TimelineEntry
from gridclient.store.driver import Connection
from gridclient.store.log import LoggedEvent, Origins, events_of, read_subject, require_subject, subject_text
from gridclient.store.refolding import folded
from gridclient.store.tables import TOWNSHIP_BITS, number_key

_TOWNSHIP: Final = 9
_TOWNSHIPS: Final = f"""
WITH RECURSIVE found(number, number_key) AS (
    SELECT * FROM (SELECT number, number_key FROM cases WHERE number_key > 0 ORDER BY number_key LIMIT 1)
    UNION ALL
    SELECT c.number, c.number_key FROM found f JOIN cases c ON c.no =
        (SELECT no FROM cases WHERE number_key >= ((f.number_key >> {TOWNSHIP_BITS}) + 1) << {TOWNSHIP_BITS}
        ORDER BY number_key LIMIT 1)
)
SELECT substr(number, 1, 9) FROM found UNION SELECT DISTINCT substr(grid, 1, 9) FROM tallies
"""
"""Jumps through the numbers by township, of which their keys have the last five digits."""


class Histories:
    """Reads histories; safe to use from several threads."""

    def __init__(self) -> None:
        self._origins = Origins()

    def case(self, connection: Connection, case_ref: str) -> Case:
        """By key, number or the number without its township; raises ``NotFound("case.unknown")``,
        ``InvalidInput("case.number_of_two")``."""
        case_id = _by_number(connection, case_ref) or case_ref
        case = folded(events_of(self.events(connection, case_id)))
        if case is None:
            raise NotFound("case.unknown", case=case_ref)
        return case

    def events(self, connection: Connection, case_id: str) -> list[LoggedEvent]:
        """The events of a case in canonical order; raises ``NotFound("case.unknown")``."""
        return read_subject(connection, self._origins, require_subject(connection, case_id), case_id)

    def timeline(self, connection: Connection, case_id: str) -> Sequence[TimelineEntry]:
        """Every event of a case, the refused ones marked."""
        logged = self.events(connection, case_id)
        case = folded(events_of(logged))
        return tuple(_entry(e, () if case is None else case.refused) for e in logged)

    def contentions(self, connection: Connection, case_id: str, device: str) -> Sequence[ContentionView]:
        """The conflicts of a case that wait for a choice; ``device`` is this desk's, which marks its own side."""
        logged = self.events(connection, case_id)
        case = folded(events_of(logged))
        if case is None:
            return ()
        entries = {e.event.key: _entry(e, case.refused) for e in logged}

        def side(stands: Case, keys: Sequence[EventKey]) -> ContentionSide:
            mine = any(key.device == device for key in keys)
            return ContentionSide(stands, tuple(entries[key] for key in keys), mine)

        return tuple(
            ContentionView(c.key, c.base, side(case, c.against), side(c.branch, c.events)) for c in case.contentions
        )

    def attachments(self, connection: Connection, case_id: str) -> Sequence[Mapping[str, Any]]:
        """What the attachment events say, without those that were taken back or refused."""
        stand = [entry for entry in self.timeline(connection, case_id) if not entry.refused]
        gone = {entry.takes_back for entry in stand}
        return tuple(e.payload for e in stand if e.kind == EventKind.ATTACHED and e.key not in gone)


def _entry(logged: LoggedEvent, refused: Collection[EventKey]) -> TimelineEntry:
    event = logged.event
    return TimelineEntry(
        event.at, event.kind, event.actor, showable(event.payload), logged.pending, event.key in refused, event.key
    )


def _by_number(connection: Connection, reference: str) -> str | None:
    """The key of the case with this number, whole or without its township; ``None`` if there is none. Two have it where
    a copied machine gave it as well (``InvalidInput("case.number_of_two")``)."""
    if "-" not in reference:
        return None
    for number in (reference, *(f"{township}-{reference}" for township in _townships(connection))):
        rows = connection.execute(
            "SELECT id FROM cases WHERE number_key = ? AND number = ?", (number_key(number), number)
        ).fetchall()
        if len(rows) > 1:
            raise InvalidInput("case.number_of_two", number=number, ids=sorted(subject_text(key) for (key,) in rows))
        if rows:
            return subject_text(rows[0][0])
    return None


def _townships(connection: Connection) -> Sequence[str]:
    """Codes of the townships that have cases."""
    return [township for (township,) in connection.execute(_TOWNSHIPS) if township and len(township) == _TOWNSHIP]
