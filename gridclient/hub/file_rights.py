"""Which files a device may fetch or bring, and which of these the hub is missing.

A file may be fetched (brought) by devices that may read (write) an event that names it. A hub restored from a backup
may have lost files: desks ask which, and send those that they have.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from gridclient.domain.errors import SyncFault
from gridclient.domain.frozen import frozen
from gridclient.hub.backend import Backend, OrderLedger
from gridclient.hub.files import FileShelf
from gridclient.services.enrolment import Grant

MOST_LOOKED_AT: Final = 5000
_RETRY_S: Final = 30


@frozen
class FileRights:
    """What a device may do with a file."""

    reads: bool
    writes: bool


def file_rights(backend: Backend, grants: Collection[Grant], sha256: str) -> FileRights:
    """Finds out by the events that name the file; without one nobody has a right to it."""
    with backend.reading() as ledger:
        reads = writes = False
        for stream, subject in ledger.cases_with_file(sha256):
            for grant in grants:
                if grant.stream == stream and reaches(ledger, grant, subject):
                    reads, writes = reads or grant.reads, writes or grant.writes
    return FileRights(reads, writes)


def reaches(ledger: OrderLedger, grant: Grant, subject: str) -> bool:
    """Whether the grant covers this case: always, unless it is limited to a unit."""
    return not grant.unit or bool(ledger.handed_to(grant.stream, grant.unit, (subject,)))


class Lacking(NamedTuple):
    """Missing files, of those up to the file ``upto``; "" if the list is complete."""

    files: Sequence[str]
    upto: str


class LackOfFiles:
    """Looks for missing files, for one desk at a time: after a restart of the hub all desks ask at once."""

    def __init__(self, backend: Backend, shelf: FileShelf) -> None:
        self._backend = backend
        self._shelf = shelf
        self._looking = threading.Lock()

    def look(self, grants: Sequence[Grant], after: str) -> Lacking:
        """The missing files that a device with these rights could bring, behind the file ``after``.

        Raises:
            SyncFault: ``sync.busy``: another desk's request is being answered.
        """
        if not self._looking.acquire(blocking=False):
            raise SyncFault("sync.busy", retryable=True, retry_after=_RETRY_S)
        try:
            return self._look([grant for grant in grants if grant.writes], after)
        finally:
            self._looking.release()

    def _look(self, grants: Sequence[Grant], after: str) -> Lacking:
        streams = {grant.stream for grant in grants}
        if not streams:
            return Lacking((), "")
        whole: dict[str, bool] = {}
        lacking: dict[str, None] = {}
        with self._backend.reading() as ledger:
            rows = ledger.files_named(streams, after, MOST_LOOKED_AT)
            for sha256, stream, subject in rows:
                if sha256 not in whole:
                    whole[sha256] = self._shelf.state(sha256).whole
                if whole[sha256] or sha256 in lacking:
                    continue
                if any(grant.stream == stream and reaches(ledger, grant, subject) for grant in grants):
                    lacking[sha256] = None
        return Lacking(list(lacking), rows[-1][0] if len(rows) >= MOST_LOOKED_AT else "")
