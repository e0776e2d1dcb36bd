"""What the screens read about synchronisation, and the list of the last rounds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.handing import stream_of
from gridclient.services.enrolment import CASES, Enrolment
from gridclient.services.rows import PutAside, Runs, in_runs
from gridclient.services.sync_port import Refused, RoundEnd, RoundReport
from gridclient.store.driver import Connection, Database
from gridclient.store.log import subject_key, subject_text
from gridclient.store.places import LOGGED
from gridclient.store.settings import KEEP_VALUE, read_value
from gridclient.store.sync_aside import cases_aside, cases_refused, refused_counts, what_was_put_aside
from gridclient.store.sync_files import count_waiting

_KEPT: Final = 500
_CLOSED: Final = "sync.closed"
_PENDING: Final = "SELECT count(*) FROM waiting WHERE origin IN (SELECT no FROM origins WHERE own = 1)"
_NAMES: Final = "SELECT code, name FROM divisions WHERE length(code) = 9"
_PLACES: Final = (
    f"SELECT o.stream, acked FROM {LOGGED} JOIN origins o ON o.no = e.origin "
    "WHERE e.subject = (SELECT no FROM subjects WHERE id = ?)"
)
_READ: Final = (
    "SELECT EXISTS(SELECT 1 FROM feeds WHERE feed = ?1) OR EXISTS(SELECT 1 FROM feeds f CROSS JOIN feed_places p "
    "ON p.feed = f.feed AND p.position = ?2 WHERE f.feed LIKE '%@' || ?1)"
)
_STANDS: Final = (
    "SELECT EXISTS(SELECT 1 FROM origins o CROSS JOIN events e ON e.origin = o.no JOIN places p ON p.pos = e.pos "
    "WHERE o.stream = ?1 AND NOT EXISTS("
    "SELECT 1 FROM feeds f CROSS JOIN feed_places s ON s.feed = f.feed AND s.position = p.acked "
    "WHERE f.feed LIKE '%@' || ?1))"
)
_FORGET: Final = (
    "DELETE FROM rounds WHERE no <= (SELECT max(no) FROM rounds) - ? "
    "AND no IS NOT (SELECT max(no) FROM rounds WHERE ended = 'done' AND hub_time IS NOT NULL)"
)


class SqliteSyncQueries:
    """``services.sync_port.SyncQueries``. Safe to use from any thread. ``enrolment`` gives the desk's rights."""

    def __init__(self, database: Database, enrolment: Callable[[], Enrolment | None] = lambda: None) -> None:
        self._database = database
        self._enrolment = enrolment

    def pending(self) -> tuple[int, int, int]:
        """See the port; read from small indexes and from the tallies."""
        with self._database.reader() as connection:
            events = connection.execute(_PENDING).fetchone()[0]
            cases = connection.execute("SELECT sum(pending) FROM tallies").fetchone()[0]
            return int(events), int(cases or 0), count_waiting(connection)

    def refused(self) -> Sequence[Refused]:
        enrolment = self._enrolment()
        if enrolment is None:
            return []
        with self._database.reader() as connection:
            found = refused_counts(connection, enrolment.grants)
            names = dict(connection.execute(_NAMES).fetchall()) if found else {}
        told = []
        for stream, unit, events, subjects in sorted(found):
            code = stream.removeprefix(CASES)
            cases = subjects if stream.startswith(CASES) else 0
            told.append(Refused(code, names.get(code, code), events, cases, unit or ""))
        return told

    def set_aside(self) -> PutAside:
        with self._database.reader() as connection:
            return what_was_put_aside(connection)

    def held_cases(self, *, aside: bool) -> Runs:
        enrolment = self._enrolment()
        grants = () if enrolment is None else enrolment.grants
        with self._database.reader() as connection:
            return in_runs(cases_aside(connection) if aside else cases_refused(connection, grants))

    def fresh_as_of(self) -> datetime | None:
        with self._database.reader() as connection:
            return fresh_as_of(connection)

    def closed(self) -> Sequence[tuple[str, datetime]]:
        """See the port."""
        with self._database.reader() as connection:
            dated = _dated(connection).items()
            found = {f: at for f, at in dated if connection.execute(_STANDS, (stream_of(f),)).fetchone()[0]}
            names = dict(connection.execute(_NAMES).fetchall()) if found else {}
        oldest: dict[str, datetime] = {}
        for feed, at in found.items():
            code, moment = stream_of(feed).removeprefix(CASES), datetime.fromtimestamp(at, CHINA_TIME)
            township = names.get(code, code)
            oldest[township] = min(moment, oldest.get(township, moment))
        return sorted(oldest.items())

    def rounds(self, limit: int = 50) -> Sequence[RoundReport]:
        with self._database.reader() as connection:
            rows = connection.execute("SELECT body FROM rounds ORDER BY no DESC LIMIT ?", (limit,)).fetchall()
        return [_report(json.loads(body)) for (body,) in rows]

    def conflicts(self) -> Sequence[str]:
        with self._database.reader() as connection:
            rows = connection.execute("SELECT id FROM cases WHERE conflict <> 0 ORDER BY no").fetchall()
        return [subject_text(key) for (key,) in rows]


def fresh_as_of(connection: Connection) -> datetime | None:
    """The hub's time in the last round that succeeded."""
    row = connection.execute(
        "SELECT hub_time FROM rounds WHERE ended = 'done' AND hub_time IS NOT NULL ORDER BY no DESC LIMIT 1"
    ).fetchone()
    return None if row is None else datetime.fromtimestamp(row[0], CHINA_TIME)


def closed_feeds(connection: Connection) -> dict[str, float]:
    """Feeds of cases that the desk may no longer read, with how fresh they were then: seconds since 1970, 0 where no
    round had succeeded."""
    kept = read_value(connection, _CLOSED)
    return dict(json.loads(kept)) if kept else {}


def _dated(connection: Connection) -> dict[str, float]:
    return {feed: at for feed, at in closed_feeds(connection).items() if at}


def stands_since(connection: Connection, case_id: str) -> datetime | None:
    """See ``DeskQueries``: how fresh a case is that may no longer be read; ``None`` for other cases."""
    closed = {stream_of(feed): at for feed, at in _dated(connection).items()}
    if not closed:
        return None
    places = connection.execute(_PLACES, (subject_key(case_id),)).fetchall()
    at = next((closed[stream] for stream, _ in places if stream in closed), None)
    if at is None or any(connection.execute(_READ, place).fetchone()[0] for place in places):
        return None
    return datetime.fromtimestamp(at, CHINA_TIME)


def close_feeds(connection: Connection, gone: Sequence[str], granted: Sequence[str]) -> None:
    """Keeps how fresh the feeds in ``gone`` were, and forgets this for feeds that are ``granted`` again."""
    closed, fresh = closed_feeds(connection), fresh_as_of(connection)
    at = 0 if fresh is None else fresh.timestamp()
    closed |= {feed: at for feed in gone if stream_of(feed).startswith(CASES)}
    left = {feed: at for feed, at in closed.items() if not {feed, stream_of(feed)} & set(granted)}
    connection.execute(KEEP_VALUE, (_CLOSED, json.dumps(left) if left else ""))


def keep_round(connection: Connection, report: RoundReport) -> None:
    """Adds a round to the list; the oldest ones are deleted."""
    values = {**asdict(report), "params": None if report.params is None else _plain(report.params)}
    body = json.dumps(values, ensure_ascii=False, default=datetime.isoformat)
    hub_time = None if report.hub_time is None else int(report.hub_time.timestamp())
    connection.execute("INSERT INTO rounds(ended, hub_time, body) VALUES (?, ?, ?)", (report.end.value, hub_time, body))
    connection.execute(_FORGET, (_KEPT,))


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, str | int | float) else str(value) for name, value in params.items()}


def _report(body: Mapping[str, Any]) -> RoundReport:
    hub_time = body["hub_time"]
    return RoundReport(
        **{
            **body,
            "at": datetime.fromisoformat(body["at"]),
            "end": RoundEnd(body["end"]),
            "hub_time": None if hub_time is None else datetime.fromisoformat(hub_time),
        }
    )
