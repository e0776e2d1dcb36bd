"""The last stage of a round: pieces of attachments both ways, within a budget, so that no case waits for a photo."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from gridclient.domain.errors import NotFound, SyncFault
from gridclient.services.sync_port import SyncStore, WaitingFile
from gridclient.sync.terms import FilePlace
from gridclient.sync.transport import ENDS_THE_ROUND, Pacing, Transport

_LOG: Final = logging.getLogger(__name__)
_FILES: Final = 8
_MOST_PIECE: Final = 256 << 10
_LEAST_BUDGET: Final = 256 << 10
_SIZES: Final = 4


class FileStage:
    """Goes on with the files that wait, up first. ``hurried`` says that something more important waits."""

    def __init__(
        self,
        store: SyncStore,
        transport: Transport,
        hurried: Callable[[], bool],
        check_cancelled: Callable[[], None],
        pacing: Pacing,
    ) -> None:
        self._store = store
        self._transport = transport
        self._hurried = hurried
        self._check_cancelled = check_cancelled
        self._piece = min(max(pacing.up.size, 16 << 10), _MOST_PIECE)
        self._left = max(_LEAST_BUDGET, pacing.up.size * _SIZES)
        self._spoilt = pacing.spoilt
        self._on_spoilt = False

    @property
    def left_over(self) -> bool:
        """Whether the round's budget went before the files did, and not for one that never comes out right."""
        return self._left <= 0 and not self._on_spoilt

    def run(self, progress: Callable[[str, int, int], None], today: str = "") -> None:
        """A line that breaks here only ends the stage: the cases are safe, the files go on in the next round.
        ``today`` is the date, for what is done once a day.

        Raises:
            Cancelled, StoreUnavailable: as in the other stages.
            SyncFault: the hub will not have this desk any more.
        """
        try:
            self._look_for_lost(today)
            for file in self._store.waiting_files(_FILES):
                self._send(file, progress)
            for file in self._store.missing_files(_FILES):
                self._fetch(file, progress)
        except SyncFault as fault:
            if fault.code in ENDS_THE_ROUND:
                raise
            _LOG.info("files go on in the next round: %s", fault)

    def _look_for_lost(self, today: str) -> None:
        """Files that the hub had and has no more (an old backup, a broken disk) wait again. It is asked when it was
        started anew, and once a day."""
        shelf = self._transport.terms.shelf
        looked = f"{shelf} {today}"
        if not shelf or self._store.shelf_looked() == looked:
            return
        try:
            lacking = self._transport.lacking_files()
        except SyncFault as fault:
            if fault.code in ENDS_THE_ROUND:
                raise
            _LOG.info("the shelf is looked at in another round: %s", fault)
            return
        self._store.files_lacking(lacking, looked)

    def _send(self, file: WaitingFile, progress: Callable[[str, int, int], None]) -> None:
        if not self._may_go_on():
            return
        place = self._transport.file_place(file.sha256)
        if not place.whole and place.offset >= file.size:
            place = FilePlace(0, whole=False)  # that much is there, and it is something else
        while not place.whole and self._may_go_on():
            try:
                piece = self._store.read_file(file.sha256, place.offset, self._piece)
            except NotFound:
                return
            if not piece:
                return  # it is shorter here than it says; the desk's own check finds that
            after = self._transport.put_file(file.sha256, place.offset, piece, size=file.size)
            self._spend(file, len(piece))
            if not after.whole and after.offset <= place.offset:
                _LOG.warning("file %s did not arrive as what it is", file.sha256)
                self._spoilt.add(file.sha256)
                self._store.file_sent(file.sha256, after.offset)
                return
            place = after
            self._store.file_sent(file.sha256, file.size if place.whole else place.offset)
            progress("files", min(place.offset, file.size), file.size)
        if place.whole:
            self._store.file_sent(file.sha256, file.size)

    def _fetch(self, file: WaitingFile, progress: Callable[[str, int, int], None]) -> None:
        here, size = file.sent, 0
        while (here < size or not size) and self._may_go_on():
            # How long it is the hub knows, which has proved it: what an event says may be wrong.
            piece, size = self._transport.get_file(file.sha256, here, self._piece)
            if not size:
                return  # the other desk has not sent it yet
            self._spend(file, len(piece))
            after = self._store.add_to_file(file.sha256, here, piece, size=size)
            if after <= here and after < size:
                _LOG.warning("file %s did not come as what it is, or is none that is kept", file.sha256)
                self._spoilt.add(file.sha256)
                return
            here = after
            progress("files", here, size)

    def _spend(self, file: WaitingFile, size: int) -> None:
        self._left -= size
        self._on_spoilt = self._on_spoilt or file.sha256 in self._spoilt

    def _may_go_on(self) -> bool:
        self._check_cancelled()
        return self._left > 0 and not self._hurried()
