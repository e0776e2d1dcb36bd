"""The last stage of a round: sends and fetches attachments in pieces, up to a number of bytes and of seconds, so that
no case waits for a photo."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias

from gridclient.domain.errors import GridClientError, NotFound, StoreUnavailable, SyncFault
from gridclient.services.sync_port import SyncStore, WaitingFile
from gridclient.sync.terms import FilePlace
from gridclient.sync.transport import ENDS_THE_ROUND, FIRST_BYTES, Pacing, Transport

_LOG: Final = logging.getLogger(__name__)
_FILES: Final = 8
_LEAST_PIECE: Final = 16 << 10
_MOST_PIECE: Final = 256 << 10
_LEAST_BUDGET: Final = 256 << 10
_SIZES: Final = 4
"""A round moves at least ``_LEAST_BUDGET`` bytes of files, or this many requests of the size that the line carries."""
_LONG_S: Final = 6.0
_LONGEST_S: Final = 20.0
"""A piece that took longer than ``_LONG_S`` was too large. After ``_LONGEST_S`` the rest waits for the next round,
which brings the others' news first."""
_OF_THE_LINE: Final = frozenset({"sync.unreachable", "sync.timeout"})

Progress: TypeAlias = Callable[[str, int, int], None]


class FileStage:
    """Sends and fetches the files that wait, those to be sent first.

    Args:
        hurried: asked before each piece; ``True`` leaves the rest for the next round, as events wait.
        check_cancelled: called before each piece; raises ``Cancelled`` to end the round.
        pacing: the size of a piece follows from it, and it from how long they took; files that proved wrong are kept
            in it.
        monotonic: seconds of a clock that only goes forward.

    Attributes:
        fault: why a file was left behind in :meth:`run`; ``None`` if nothing failed.
    """

    def __init__(
        self,
        store: SyncStore,
        transport: Transport,
        hurried: Callable[[], bool],
        check_cancelled: Callable[[], None],
        pacing: Pacing,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.fault: GridClientError | None = None
        self._store = store
        self._transport = transport
        self._hurried = hurried
        self._check_cancelled = check_cancelled
        self._pacing = pacing
        self._monotonic = monotonic
        self._piece = min(max(pacing.up.size, _LEAST_PIECE), _MOST_PIECE)
        self._left = max(_LEAST_BUDGET, pacing.up.size * _SIZES)
        self._until = monotonic() + _LONGEST_S
        self._used_up = False
        self._spoilt = pacing.spoilt
        self._on_spoilt = False

    @property
    def left_over(self) -> bool:
        """Whether the bytes or the seconds of this round were used up before the files, the last ones not by a file
        that proves wrong each time."""
        return self._used_up and not self._on_spoilt

    def run(self, progress: Progress, today: str = "") -> None:
        """Moves up to eight files each way. The cases are safe by now, so a fault here fails no round.

        Args:
            progress: called as ``("files", bytes there, size in bytes)`` before the first piece and after each.
            today: the date, for what is done once a day.

        Raises:
            Cancelled: by ``check_cancelled``.
            StoreUnavailable: the store cannot be written.
            SyncFault: the hub refuses this desk (:data:`~gridclient.sync.transport.ENDS_THE_ROUND`).
        """
        self._look_for_lost(today)
        if self._move(self._send, self._store.waiting_files(_FILES), progress):
            self._move(self._fetch, self._store.missing_files(_FILES), progress)

    def _move(
        self, step: Callable[[WaitingFile, Progress], None], files: Sequence[WaitingFile], progress: Progress
    ) -> bool:
        """Takes a step with each file; ``False`` if the line broke. One that is refused leaves the others theirs; what
        may pass (the line broke, the hub has no room) would befall them as well."""
        for file in files:
            try:
                step(file, progress)
            except SyncFault as fault:
                if fault.code in ENDS_THE_ROUND:
                    raise
                self._leave(file, fault)
                if fault.retryable:
                    return fault.code not in _OF_THE_LINE
        return True

    def _leave(self, file: WaitingFile, fault: GridClientError) -> None:
        _LOG.info("file %s goes on in another round: %s", file.sha256, fault)
        self.fault = self.fault or fault

    def _look_for_lost(self, today: str) -> None:
        """Queues files again that the hub had and lost (an old backup, a broken disk). A desk that has any asks after
        each of the hub's starts and once a day; if it does not answer, in the next round again."""
        shelf = self._transport.terms.shelf
        looked = f"{shelf} {today}"
        if not shelf or not self._store.must_look(looked):
            return
        try:
            lacking = self._transport.lacking_files()
        except SyncFault as fault:
            if fault.code in ENDS_THE_ROUND:
                raise
            _LOG.info("the shelf is looked at in another round: %s", fault)
            return
        self._store.files_lacking(lacking, looked)

    def _send(self, file: WaitingFile, progress: Progress) -> None:
        if not self._may_go_on():
            return
        place = self._transport.file_place(file.sha256)
        if place.whole:  # another desk brought it, or the answer to the last piece was lost
            self._store.file_sent(file.sha256, file.size)
        elif place.offset >= file.size:
            place = FilePlace(0, whole=False)  # that much is there, and it is something else
        if not place.whole:
            progress("files", place.offset, file.size)  # on a slow line the first piece takes a while
        while not place.whole and self._may_go_on():
            try:
                piece = self._store.read_file(file.sha256, place.offset, self._piece)
            except (NotFound, StoreUnavailable) as fault:
                self._leave(file, fault)
                return
            if not piece:
                return  # it is shorter here than it says; the desk's own check finds that
            with self._timed():
                after = self._transport.put_file(file.sha256, place.offset, piece, size=file.size)
            self._spend(file, len(piece))
            self._store.file_sent(file.sha256, after.offset)
            if after.offset <= place.offset:
                _LOG.warning("file %s did not arrive as what it is", file.sha256)
                self._spoilt.add(file.sha256)
                return
            place = after
            progress("files", place.offset, file.size)

    def _fetch(self, file: WaitingFile, progress: Progress) -> None:
        here, size = file.sent, 0
        progress("files", here, file.size)
        while (here < size or not size) and self._may_go_on():
            # How long it is the hub knows, which has proved it: what an event says may be wrong.
            with self._timed():
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
        self._on_spoilt = file.sha256 in self._spoilt

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Around a request that carries a piece. Where it took long, or got no answer for long, the line is worse than
        was known: what goes at once is then as on an unknown one, or half. Else a case would wait for each piece, and
        one that always runs into the time-out would never go."""
        began = self._monotonic()
        try:
            yield
        finally:
            if self._monotonic() - began > _LONG_S:
                self._piece = max(min(self._piece // 2, FIRST_BYTES), _LEAST_PIECE)
                self._pacing.up.size = min(self._pacing.up.size, self._piece)

    def _may_go_on(self) -> bool:
        self._check_cancelled()
        self._used_up = self._left <= 0 or self._monotonic() > self._until
        return not self._used_up and not self._hurried()
