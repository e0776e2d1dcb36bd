"""``hub move``: copies a hub from its SQLite file to a database server in one transaction, and compares before the
commit.

The file stays unchanged, except for a mark that the hub has moved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from gridclient.domain.errors import Conflict, InvalidInput, NotFound
from gridclient.domain.frozen import frozen
from gridclient.hub.backend import Backend, Ledger
from gridclient.hub.opening import MOVED_FACT, check_not_moved, held, open_backend, sqlite_file
from gridclient.hub.schema import COLUMNS, VERSION_FACT

_OWN_FACTS: Final = frozenset({VERSION_FACT, MOVED_FACT})
_HASH_BYTES: Final = 32
Sums = dict[tuple[str, Any], tuple[int, int]]
"""Count and sum of hashes of rows, by table and first column (the stream, if it has one); the order does not count."""


@frozen
class Moved:
    """The result: events by stream and rows of all tables; ``again``: everything was there already, unchanged."""

    streams: Mapping[str, int]
    rows: int
    again: bool


def move(source_url: str, target_url: str) -> Moved:
    """Moves a hub that is not running. A move that breaks off leaves the target empty and can be repeated.

    Raises:
        InvalidInput: ``hub.move_direction``: only SQLite to a server is possible.
        NotFound: ``hub.no_database``.
        Conflict: ``hub.running``; ``hub.moved``; ``hub.move_not_empty``: the target has other content;
            ``hub.move_differs``: what was read back differs, and nothing was committed.
        StoreUnavailable: one of the databases failed; nothing was committed.
    """
    file = sqlite_file(source_url)
    if file is None or sqlite_file(target_url) is not None:
        raise InvalidInput("hub.move_direction")
    if not file.exists():
        raise NotFound("hub.no_database", file=str(file))
    with held(source_url):
        source = open_backend(source_url)
        try:
            target = open_backend(target_url, connections=1)
            try:
                return _moved(source, target)
            finally:
                target.close()
        finally:
            source.close()


def _moved(source: Backend, target: Backend) -> Moved:
    with source.writing() as old:  # also stops writers that do not use the lock file
        check_not_moved(old)
        with target.writing() as new:
            again = _something_in(new)
            sums = _sums(old) if again else _copied(old, new)
            if _sums(new) != sums:
                raise Conflict("hub.move_not_empty") if again else Conflict("hub.move_differs")
        old.set_fact(MOVED_FACT, target.describe())
    streams = {stream: count for (table, stream), (count, _) in sorted(sums.items()) if table == "events"}
    return Moved(streams, sum(count for count, _ in sums.values()), again)


def _something_in(ledger: Ledger) -> bool:
    return any(True for table in COLUMNS for _ in _rows(ledger, table))


def _copied(old: Ledger, new: Ledger) -> Sums:
    sums: Sums = {}
    for table, columns in COLUMNS.items():
        new.fill(table, columns, _counted(sums, table, _rows(old, table)))
    return sums


def _sums(ledger: Ledger) -> Sums:
    sums: Sums = {}
    for table in COLUMNS:
        for _ in _counted(sums, table, _rows(ledger, table)):
            pass
    return sums


def _rows(ledger: Ledger, table: str) -> Iterator[Sequence[Any]]:
    """All rows of a table, without those that differ per database."""
    for row in ledger.whole(table, COLUMNS[table]):
        if table != "facts" or row[0] not in _OWN_FACTS:
            yield row


def _counted(sums: Sums, table: str, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    for row in rows:
        count, total = sums.get((table, row[0]), (0, 0))
        digest = hashlib.blake2b(repr(tuple(row)).encode(), digest_size=_HASH_BYTES).digest()
        sums[table, row[0]] = (count + 1, total + int.from_bytes(digest))
        yield row
