"""The audit log: who looked at what or did what, append-only and hash-chained."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from gridclient.domain.events import CHAIN_START, to_seconds
from gridclient.store.driver import Connection

_INSERT: Final = "INSERT INTO audit(no, at, actor, what, subject, hash) VALUES (?, ?, ?, ?, ?, ?)"


def append_line(connection: Connection, *, at: datetime, actor: str, what: str, subject: str) -> None:
    """Adds a line, in the transaction that is open."""
    last = connection.execute("SELECT no, hash FROM audit ORDER BY no DESC LIMIT 1").fetchone()
    no, link = (last[0] + 1, last[1]) if last else (1, CHAIN_START)
    line = (no, to_seconds(at), actor, what, subject)
    connection.execute(_INSERT, (*line, _link(link, line)))


def newest_lines(connection: Connection, *, actor: str = "", limit: int) -> list[tuple[int, int, str, str, str]]:
    """Newest lines of one account, or of all (``actor`` ""): number, seconds since 1970, account, what, subject."""
    return connection.execute(
        "SELECT no, at, actor, what, subject FROM audit WHERE ?1 = '' OR actor = ?1 ORDER BY no DESC LIMIT ?2",
        (actor, limit),
    ).fetchall()


def broken_lines(connection: Connection) -> Iterator[int]:
    """Numbers of the lines that do not fit the hash chain: the line was changed, or the one before was removed."""
    link = CHAIN_START
    for *line, written in connection.execute("SELECT no, at, actor, what, subject, hash FROM audit ORDER BY no"):
        if _link(link, line) != written:
            yield line[0]
        link = written


def _link(previous: bytes, line: Sequence[Any]) -> bytes:
    text = json.dumps(list(line), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(previous + text.encode()).digest()
