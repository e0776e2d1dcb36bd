"""Which files that events name are not on the shelf: a hub restored from a backup may have lost some that it had.

Desks ask for the list, and those that have such a file send it again.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final, NamedTuple

from gridclient.domain.errors import SyncFault
from gridclient.hub.backend import Backend
from gridclient.hub.file_rights import reaches
from gridclient.hub.files import FileShelf
from gridclient.services.enrolment import Grant

MOST_LOOKED_AT: Final = 5000
_RETRY_S: Final = 30


class Lacking(NamedTuple):
    """Files that are lacking, of those up to ``upto``; ``upto`` is "" when nothing is behind them."""

    files: Sequence[str]
    upto: str


class LackOfFiles:
    """One look at the shelf at a time: when a hub is back, all desks ask at once, and none of them is in a hurry."""

    def __init__(self, backend: Backend, shelf: FileShelf) -> None:
        self._backend = backend
        self._shelf = shelf
        self._looking = threading.Lock()

    def look(self, grants: Sequence[Grant], after: str) -> Lacking:
        """Those that a device with these rights could bring, behind the file ``after``.

        Raises:
            SyncFault: ``sync.busy``: another desk's look is under way.
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
