"""Seals: how many rows each table has whose content does not follow from the log, and the sum of their marks.

Every writing connection keeps them by temporary triggers, in the transaction that changes the row; a row that came,
went or changed in any other way no longer fits. They find bad disks, half-done copies and edits by hand. They prove
nothing against somebody who has the store's key and this program: who has both can seal anew. An administrator does so
by ``gridclient verify --accept``, which the audit log tells.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Protocol

_PROVEN: Final = frozenset(
    {
        *("subjects", "events", "cases", "parts", "tallies", "unit_tallies", "labels", "packs", "store_state"),
        *("places", "waiting", "feed_places", "import_batches", "seals"),
    }
)
"""Tables that ``verify`` compares with the log, rows on their way through an import, and the seals themselves."""
_LASTING: Final = {"origins": ("no", "stream", "device", "incarnation", "own")}
"""Of these tables only some columns are sealed: the others change with every event, and the log tells them."""
_COLUMNS: Final = (
    "SELECT t.name, c.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c "
    "WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY t.name, c.cid"
)
_WRAP: Final = (1 << 64) - 1
_SIGNED: Final = struct.Struct("<q")
_UNSIGNED: Final = struct.Struct("<Q")


class Connection(Protocol):
    """What seals need of a connection. The driver, whose connections keep them, cannot be known here."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any: ...
    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Any: ...
    def create_function(self, name: str, arguments: int, function: Callable[..., Any], /) -> None: ...


def keep_seals(connection: Connection) -> None:
    """Makes this writing connection keep the seals; nothing in a store that has none yet."""
    tables = _sealed(connection)
    if tables is None:
        return
    connection.create_function("sealed", -1, _sealed_sum)
    for table, columns in tables.items():
        old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
        of = f" OF {', '.join(columns)}" if table in _LASTING else ""
        for name, event, count, total in (
            ("new", "INSERT", "count + 1", f"sealed(total, 1, {new})"),
            ("gone", "DELETE", "count - 1", f"sealed(total, -1, {old})"),
            ("other", f"UPDATE{of}", "count", f"sealed(sealed(total, -1, {old}), 1, {new})"),
        ):
            connection.execute(
                f"CREATE TEMP TRIGGER {table}_{name} AFTER {event} ON main.{table} BEGIN "
                f"UPDATE seals SET count = {count}, total = {total} WHERE name = '{table}'; END"
            )


@contextmanager
def resealed(connection: Connection) -> Iterator[None]:
    """The schema may change in the block. What fitted its seal before gets a new one; nothing else becomes right."""
    broken = () if _sealed(connection) is None else broken_seals(connection)
    for (name,) in connection.execute("SELECT name FROM sqlite_temp_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER temp.{name}")
    yield
    _seal(connection, left=broken)
    keep_seals(connection)


def accept_broken(connection: Connection) -> list[str]:
    """Seals the tables of :func:`broken_seals` as they are now, for who answers for them; gives which."""
    broken = broken_seals(connection)
    _seal(connection, left=())
    return broken


def broken_seals(connection: Connection) -> list[str]:
    """The tables whose rows do not fit their seals, and seals without a table."""
    kept = set(connection.execute("SELECT name, count, total FROM seals").fetchall())
    return sorted({name for name, *_ in kept ^ set(_counted(connection))})


def _seal(connection: Connection, *, left: Collection[str]) -> None:
    """Seals all tables as they are now, but those of ``left``."""
    kept = [row for row in connection.execute("SELECT name, count, total FROM seals").fetchall() if row[0] in left]
    made = [row for row in _counted(connection) if row[0] not in left]
    connection.execute("DELETE FROM seals")
    connection.executemany("INSERT INTO seals(name, count, total) VALUES (?, ?, ?)", kept + made)


def _counted(connection: Connection) -> Iterator[tuple[str, int, int]]:
    for table, columns in (_sealed(connection) or {}).items():
        count = total = 0
        for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table}"):
            count, total = count + 1, _sealed_sum(total, 1, *row)
        yield table, count, total


def _sealed(connection: Connection) -> Mapping[str, tuple[str, ...]] | None:
    """The tables that are sealed, with their columns; ``None`` in a store that has no seals."""
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(_COLUMNS):
        found.setdefault(table, []).append(column)
    if "seals" not in found:
        return None
    return {table: _LASTING.get(table) or tuple(found[table]) for table in found.keys() - _PROVEN}


def _sealed_sum(total: int, sign: int, *row: Any) -> int:
    """The sum (64 bits, as signed) with the mark of a row added or, with ``sign`` -1, taken away."""
    (mark,) = _UNSIGNED.unpack(hashlib.blake2b(repr(row).encode(), digest_size=8).digest())
    (result,) = _SIGNED.unpack(_UNSIGNED.pack(total + sign * mark & _WRAP))
    return int(result)
