"""Which files a device may fetch or bring: those that an event names which it may read, or could have written."""

from __future__ import annotations

from collections.abc import Collection

from gridclient.domain.frozen import frozen
from gridclient.hub.backend import Backend, OrderLedger
from gridclient.services.enrolment import Grant


@frozen
class FileRights:
    """What a device may do with one file; ``size`` is what the event said of it, 0 when it said nothing."""

    reads: bool
    writes: bool
    size: int


def file_rights(backend: Backend, grants: Collection[Grant], sha256: str) -> FileRights:
    """Looks up where the file is named. A file that no event names belongs to nobody."""
    with backend.reading() as ledger:
        reads = writes = False
        size = 0
        for stream, subject, said in ledger.file_places(sha256):
            for grant in grants:
                if grant.stream == stream and reaches(ledger, grant, subject):
                    reads, writes, size = reads or grant.reads, writes or grant.writes, max(size, said)
    return FileRights(reads, writes, size)


def reaches(ledger: OrderLedger, grant: Grant, subject: str) -> bool:
    """Whether a grant for the stream covers this case too."""
    return not grant.unit or bool(ledger.handed_to(grant.stream, grant.unit, (subject,)))
