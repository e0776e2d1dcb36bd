"""The hub's tables, the same for both databases except for the names of types.

Tables about a stream's order have ``stream`` as the first column of their key, so that a cluster can keep a stream on
one node (as distribution column). The other tables are small and can be copied to every node.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from gridclient.domain.errors import StoreUnavailable
from gridclient.hub.backend import Ledger

VERSION: Final = 1
VERSION_FACT: Final = "schema"

_TABLES: Final = (
    "facts(name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """devices(device TEXT PRIMARY KEY, name TEXT NOT NULL, public_key {bytes} NOT NULL,
        token_hash {bytes} NOT NULL UNIQUE, short TEXT NOT NULL, township TEXT NOT NULL, grants TEXT NOT NULL,
        enrolled_at {big} NOT NULL, revoked_at {big}, seen_at {big})""",
    """codes(code_hash {bytes} PRIMARY KEY, name TEXT NOT NULL, township TEXT NOT NULL, grants TEXT NOT NULL,
        expires_at {big} NOT NULL, device TEXT NOT NULL DEFAULT '')""",
    """streams(stream TEXT PRIMARY KEY, head {big} NOT NULL DEFAULT 0, total {big} NOT NULL DEFAULT 0,
        origins INTEGER NOT NULL DEFAULT 0, stick_key {bytes} NOT NULL, made_at {big} NOT NULL)""",
    """origins(stream TEXT NOT NULL, no INTEGER NOT NULL, device TEXT NOT NULL, incarnation {big} NOT NULL,
        seq {big} NOT NULL, link {bytes} NOT NULL, public_key {bytes} NOT NULL,
        PRIMARY KEY (stream, no), UNIQUE (stream, device, incarnation))""",
    """events(stream TEXT NOT NULL, pos {big} NOT NULL, origin INTEGER NOT NULL, seq {big} NOT NULL,
        hlc {big} NOT NULL, kind TEXT NOT NULL, version {big} NOT NULL, subject TEXT NOT NULL, base {big} NOT NULL,
        actor TEXT NOT NULL, payload TEXT NOT NULL, link {bytes} NOT NULL, PRIMARY KEY (stream, pos)){clustered}""",
    """pushes(stream TEXT NOT NULL, last_pos {big} NOT NULL, first_pos {big} NOT NULL, origin INTEGER NOT NULL,
        last_seq {big} NOT NULL, signature {bytes} NOT NULL, at {big} NOT NULL,
        PRIMARY KEY (stream, last_pos)){clustered}""",
    """handed(stream TEXT NOT NULL, subject TEXT NOT NULL, unit TEXT NOT NULL, first_pos {big} NOT NULL,
        PRIMARY KEY (stream, subject, unit)){clustered}""",
    """feed_sums(stream TEXT NOT NULL, unit TEXT NOT NULL, count {big} NOT NULL, total {big} NOT NULL,
        PRIMARY KEY (stream, unit))""",
    """files(stream TEXT NOT NULL, sha256 TEXT NOT NULL, subject TEXT NOT NULL, size {big} NOT NULL,
        PRIMARY KEY (sha256, stream, subject))""",
    """parts(stream TEXT NOT NULL, number {big} NOT NULL, form TEXT NOT NULL, body {bytes} NOT NULL,
        PRIMARY KEY (stream, number, form))""",
    """audit(day {big} NOT NULL, kind TEXT NOT NULL, device TEXT NOT NULL, stream TEXT NOT NULL, detail TEXT NOT NULL,
        at {big} NOT NULL, times {big} NOT NULL, PRIMARY KEY (day, kind, device, stream, detail))""",
)
COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    table.partition("(")[0]: re.findall(r"(\w+) (?:TEXT|INTEGER|{big}|{bytes})", table) for table in _TABLES
}
"""All tables, with all their columns."""
_INDEXES: Final = (
    "events_of_subject ON events(stream, subject, pos)",
    "pushes_of_origin ON pushes(stream, origin, last_seq)",
    "handed_to_unit ON handed(stream, unit, first_pos)",
    "audit_by_time ON audit(at)",
)


def statements(*, big: str, binary: str, clustered: str) -> list[str]:
    """The statements that create missing tables."""
    tables = [table.format(big=big, bytes=binary, clustered=clustered) for table in _TABLES]
    return [f"CREATE TABLE IF NOT EXISTS {table}" for table in tables] + [
        f"CREATE INDEX IF NOT EXISTS {index}" for index in _INDEXES
    ]


def check_version(ledger: Ledger) -> None:
    """Notes the version in new tables; refuses tables of a later program.

    Raises:
        StoreUnavailable: ``hub.newer``.
    """
    version = int(ledger.keep_fact(VERSION_FACT, str(VERSION)))
    if version > VERSION:
        raise StoreUnavailable("hub.newer", version=version, known=VERSION)
