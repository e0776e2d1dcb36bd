"""The queue of attachments to send or fetch: files named by events here that the hub lacks, or that are missing here.

New names are found by reading the log on from where the last look ended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

from gridclient.domain.errors import InvalidInput, NotFound
from gridclient.services.ports import Clock
from gridclient.services.sync_port import WaitingFile
from gridclient.store.attachments import LARGEST_BYTES, SEALED_BEGINS, AttachmentStore, is_digest
from gridclient.store.driver import Connection, Database
from gridclient.store.file_faults import file_faults
from gridclient.store.settings import KEEP_VALUE, read_value

_SEEN: Final = "sync.files"
_SHELF: Final = "sync.shelf"
_PART: Final = ".incoming"
_NAMED: Final = (
    "SELECT e.pos, o.own, e.payload FROM events e JOIN origins o ON o.no = e.origin "
    "WHERE e.kind = 'attachment_added' AND e.pos > ? ORDER BY e.pos"
)
_QUEUE: Final = (
    "INSERT INTO file_queue(sha256, size, sent, incoming) VALUES (?, ?, 0, ?) "
    "ON CONFLICT(sha256) DO UPDATE SET incoming = min(incoming, excluded.incoming)"
)
_UNWANTED: Final = "UPDATE file_queue SET incoming = 2 WHERE sha256 = ?"
_WAITING: Final = (
    "SELECT q.sha256, a.size, q.sent FROM file_queue q JOIN attachment_files a ON a.sha256 = q.sha256 "
    "WHERE q.incoming = 0 AND q.sent < a.size"
)
_SEND_AGAIN: Final = (
    "UPDATE file_queue SET sent = 0, incoming = 0 FROM attachment_files a WHERE a.sha256 = file_queue.sha256 "
    "AND a.sha256 = ? AND (incoming = 1 OR sent >= a.size)"
)
_MISSING: Final = (
    "SELECT q.sha256, q.size FROM file_queue q WHERE NOT EXISTS "
    "(SELECT 1 FROM attachment_files a WHERE a.sha256 = q.sha256) AND q.incoming <> 2 "
    "ORDER BY q.sha256 NOT IN (SELECT value FROM json_each(?)), random() LIMIT ?"
)


class _Named(NamedTuple):
    """A file that an event names; ``own``: this desk wrote the event."""

    sha256: str
    size: int
    own: bool


class FileQueue:
    """What ``SyncStore`` does with files. ``folder`` has the attachments, and incomplete ones as ``*.incoming``."""

    def __init__(self, database: Database, folder: Path, clock: Clock) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._files = AttachmentStore(folder, database)

    def waiting_files(self, limit: int) -> Sequence[WaitingFile]:
        """Own files that the hub does not have completely: those already begun first, the others in random order.

        So some that the hub never takes do not hold up the rest.
        """
        self._read_on()
        with self._database.reader() as connection:
            rows = connection.execute(f"{_WAITING} ORDER BY q.sent = 0, random() LIMIT ?", (limit,)).fetchall()
        return [WaitingFile(*row) for row in rows]

    def missing_files(self, limit: int) -> Sequence[WaitingFile]:
        """Files that events name and that are not here: those already begun first, the others in random order, so that
        one that the hub never gets does not hold up the rest."""
        self._read_on()
        begun = json.dumps([part.stem for part in self._folder.glob(f"*{_PART}")])
        with self._database.reader() as connection:
            rows = connection.execute(_MISSING, (begun, limit)).fetchall()
        return [WaitingFile(sha256, size, self._here(sha256)) for sha256, size in rows]

    def file_sent(self, sha256: str, sent: int) -> None:
        with self._database.writer() as connection:
            connection.execute("UPDATE file_queue SET sent = ? WHERE sha256 = ?", (sent, sha256))

    def must_look(self, looked: str) -> bool:
        with self._database.reader() as connection:
            has_any = connection.execute("SELECT EXISTS(SELECT 1 FROM attachment_files)").fetchone()[0]
            return bool(has_any) and read_value(connection, _SHELF) != looked

    def files_lacking(self, names: Sequence[str], looked: str) -> None:
        """See the port; also for files that other desks attached."""
        with self._database.writer() as connection:
            connection.executemany(_SEND_AGAIN, [(name,) for name in names])
            connection.execute(KEEP_VALUE, (_SHELF, looked))

    def read_file(self, sha256: str, offset: int, length: int) -> bytes:
        return self._files.piece(sha256, offset, length)

    def add_to_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> int:
        if not is_digest(sha256):
            raise NotFound("attachment.missing", sha256=sha256)
        part = self._part(sha256)
        if size > LARGEST_BYTES:
            self._refuse(sha256)
            part.unlink(missing_ok=True)
            return 0
        if self._here(sha256) != offset or offset + len(piece) > size:
            return self._here(sha256)
        with file_faults():
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("r+b" if offset else "wb") as file:
                self._files.sealed(file, offset or None).write(piece)
        if offset + len(piece) < size:
            return offset + len(piece)
        return self._keep_whole(sha256, part, size)

    def _keep_whole(self, sha256: str, part: Path, size: int) -> int:
        with file_faults(), part.open("rb") as file:
            content = self._files.sealed(file, 0).read(LARGEST_BYTES)
        whole = hashlib.sha256(content).hexdigest() == sha256
        try:
            if whole:
                self._files.take(BytesIO(content), sha256, self._clock.now())
        except InvalidInput:  # of a kind that is not kept
            whole = False
            self._refuse(sha256)
        part.unlink(missing_ok=True)
        return size if whole else 0

    def _refuse(self, sha256: str) -> None:
        """It is never fetched again."""
        with self._database.writer() as connection:
            connection.execute(_UNWANTED, (sha256,))

    def _here(self, sha256: str) -> int:
        try:
            return max(0, self._part(sha256).stat().st_size - SEALED_BEGINS)
        except FileNotFoundError:
            return 0

    def _part(self, sha256: str) -> Path:
        return self._folder / f"{sha256}{_PART}"

    def _read_on(self) -> None:
        with self._database.reader() as connection:
            seen = _seen(connection)
            found = connection.execute(_NAMED, (seen,)).fetchall()
        if not found:
            return
        with self._database.writer() as connection:
            connection.executemany(_QUEUE, [(file.sha256, file.size, int(not file.own)) for file in _named(found)])
            connection.execute(KEEP_VALUE, (_SEEN, str(found[-1][0])))


def count_waiting(connection: Connection) -> int:
    """How many files only this desk has, including those just attached."""
    known = {row[0] for row in connection.execute("SELECT sha256 FROM file_queue WHERE incoming = 0")}
    found = connection.execute(_NAMED, (_seen(connection),)).fetchall()
    new = {file.sha256 for file in _named(found) if file.own}
    (waiting,) = connection.execute(f"SELECT count(*) FROM ({_WAITING})").fetchone()
    here = connection.execute(
        "SELECT count(*) FROM attachment_files WHERE sha256 IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(new - known)),),
    )
    return int(waiting + here.fetchone()[0])


def _seen(connection: Connection) -> int:
    return int(read_value(connection, _SEEN) or 0)


def _named(rows: Sequence[Any]) -> Iterator[_Named]:
    for _, own, text in rows:
        try:
            payload = json.loads(text)
            sha256, size = payload["sha256"], payload.get("size")
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        if is_digest(sha256):
            fits = isinstance(size, int) and 0 <= size < 1 << 53
            yield _Named(sha256, size if fits else 0, bool(own))
