"""Builds the parts of a page from database rows: records, runs and signatures with their full keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gridclient.domain.events import EventKey, Record
from gridclient.hub.rows import EventRow, OriginRow, PushRow
from gridclient.services.sync_port import OriginKey, PlacedRecord, PlacedRun, SignedHead


class Names:
    """The origins of a stream, by their number there."""

    def __init__(self, stream: str, origins: Iterable[OriginRow]) -> None:
        self._origins = {origin.no: origin for origin in origins}
        self._keys = {no: OriginKey(stream, origin.device, origin.incarnation) for no, origin in self._origins.items()}

    def of_device(self, device: str) -> frozenset[int]:
        """The numbers of a device's origins."""
        return frozenset(no for no, origin in self._origins.items() if origin.device == device)

    def device(self, origin: int) -> str:
        """The device that writes an origin."""
        return self._origins[origin].device

    def records(self, rows: Sequence[EventRow], *, links: bool) -> tuple[PlacedRecord, ...]:
        """Events as records of a page."""
        return tuple(
            PlacedRecord(
                row.position,
                Record(EventKey(*self._keys[row.origin], row.seq), *row[3:10]),
                row.link if links else b"",
            )
            for row in rows
        )

    def runs(self, pushes: Sequence[PushRow], after: int, upto: int) -> tuple[PlacedRun, ...]:
        """Pushes as runs, cut to the positions (``after``, ``upto``], adjacent ones joined."""
        runs: list[PlacedRun] = []
        for push in pushes:
            first, last = max(push.first_position, after + 1), min(push.last_position, upto)
            seq = push.first_seq + first - push.first_position
            if first <= last:
                _add(runs, PlacedRun(first, self._keys[push.origin], seq, last - first + 1))
        return tuple(runs)

    def single_runs(self, rows: Sequence[EventRow]) -> tuple[PlacedRun, ...]:
        """Events as runs, adjacent ones joined."""
        runs: list[PlacedRun] = []
        for row in rows:
            _add(runs, PlacedRun(row.position, self._keys[row.origin], row.seq, 1))
        return tuple(runs)

    def heads(self, rows: Sequence[EventRow], pushes: Sequence[PushRow]) -> tuple[SignedHead, ...]:
        """For each origin the newest signature that covers one of the rows."""
        there = {(row.origin, row.seq) for row in rows}
        newest = {push.origin: push for push in pushes if (push.origin, push.last_seq) in there}
        return tuple(
            SignedHead(self._keys[no], push.last_seq, self._origins[no].public_key, push.signature)
            for no, push in newest.items()
        )


def _add(runs: list[PlacedRun], run: PlacedRun) -> None:
    if runs:
        last = runs[-1]
        if run.origin == last.origin and run.position - last.position == run.seq - last.seq == last.length:
            runs[-1] = last._replace(length=last.length + run.length)
            return
    runs.append(run)
