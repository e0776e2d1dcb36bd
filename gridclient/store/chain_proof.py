"""Proving the log: every chain whole, as far as it is known, and every feed with what it is said to have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from gridclient.domain.events import Record, link_after, place_mark
from gridclient.domain.handing import stream_of
from gridclient.services.sync_port import FeedState
from gridclient.store.driver import Connection
from gridclient.store.log import CHAIN_START, Origins, subject_text
from gridclient.store.sync_feeds import all_feeds, is_part

MOST_PROBLEMS: Final = 1000


@dataclass(slots=True)
class Findings:
    """Problems as they are found."""

    problems: list[str] = field(default_factory=list)

    def add(self, kind: str, where: object) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(f"{kind} {where}")


def check_chains(connection: Connection, findings: Findings) -> None:
    """Walks all origins, and sums up the feeds on the way."""
    heads = connection.execute("SELECT no, stream, device, incarnation, whole, seq, hash FROM origins").fetchall()
    feeds = _FeedSums(connection)
    for no, stream, device, incarnation, whole, seq, link in heads:
        walk = _ChainWalk(connection, findings, no, f"{stream}/{device}/{incarnation}")
        walk.run(feeds.of(stream))
        if walk.end != (seq, link) or walk.whole != bool(whole):
            findings.add("chain.head", walk.name)
        if whole and walk.gap is not None:
            findings.add("chain.gap", f"{walk.name}/{walk.gap}")
    for (no,) in connection.execute("SELECT DISTINCT origin FROM events WHERE origin NOT IN (SELECT no FROM origins)"):
        findings.add("chain.origin", no)
    for feed in feeds.wrong():
        findings.add("feed", feed)


class _ChainWalk:
    """Walks one origin. ``end``: how far it goes without a gap; ``gap``: the first number that is missing."""

    def __init__(self, connection: Connection, findings: Findings, origin: int, name: str) -> None:
        self._connection = connection
        self._findings = findings
        self._origin = origin
        self.name = name
        self.end = (0, CHAIN_START)
        self.gap: int | None = None

    @property
    def whole(self) -> bool:
        return self.gap is None

    def run(self, sums: Sequence[_FeedSum]) -> None:
        origins = Origins()
        rows = self._connection.execute(
            "SELECT e.seq, e.hlc, e.kind, e.version, s.id, e.base, e.actor, e.payload, e.hash, e.acked "
            "FROM events e LEFT JOIN subjects s ON s.no = e.subject WHERE e.origin = ? ORDER BY e.seq",
            (self._origin,),
        )
        last, link = 0, CHAIN_START
        for seq, hlc, kind, version, subject, base, actor, text, written, acked in rows:
            key = origins.key(self._connection, self._origin, seq)
            if seq != last + 1:  # what comes behind a gap has nothing to be held against
                self.gap = self.gap or last + 1
            else:
                record = Record(key, hlc, kind, version, subject_text(subject or b"="), base, actor, text)
                if link_after(link, record.canonical()) != written:
                    self._findings.add("chain.broken", key)
            last, link = seq, written
            if self.gap is None:
                self.end = (last, link)
            for one in sums:
                one.count(acked, link)


class _FeedSum:
    """Count and sum of one feed, worked out from the log."""

    def __init__(self, connection: Connection, state: FeedState) -> None:
        self.state = state
        self._count = self._total = 0
        self._places: frozenset[int] | None = None
        if is_part(state.feed):
            rows = connection.execute("SELECT position FROM feed_places WHERE feed = ?", (state.feed,))
            self._places = frozenset(position for (position,) in rows)

    def count(self, acked: int | None, link: bytes) -> None:
        if acked is not None and (acked <= self.state.cursor if self._places is None else acked in self._places):
            self._count += 1
            self._total += place_mark(acked, link)

    @property
    def agrees(self) -> bool:
        return (self._count, self._total % (1 << 64)) == (self.state.count, self.state.total)


class _FeedSums:
    """All feeds that were read, but those that are being read again: there the old places still stand."""

    def __init__(self, connection: Connection) -> None:
        self._sums: dict[str, list[_FeedSum]] = {}
        states = [state for state in all_feeds(connection) if not state.repairing]
        for state in states:
            self._sums.setdefault(stream_of(state.feed), []).append(_FeedSum(connection, state))

    def of(self, stream: str) -> Sequence[_FeedSum]:
        return self._sums.get(stream, ())

    def wrong(self) -> Sequence[str]:
        return [one.state.feed for sums in self._sums.values() for one in sums if not one.agrees]
