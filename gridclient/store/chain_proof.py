"""Part of ``verify``: proves the hash chain of every origin, and compares every feed with its kept count and sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from gridclient.domain.events import CHAIN_START, EventKey, Record, link_after, place_mark
from gridclient.domain.handing import stream_of
from gridclient.services.sync_port import FeedState, OriginKey
from gridclient.services.withholding import lacks
from gridclient.store.driver import Connection
from gridclient.store.log import subject_text
from gridclient.store.places import LOGGED
from gridclient.store.sync_feeds import all_feeds, is_part, streams_in_part

MOST_PROBLEMS: Final = 1000
_STRAY_PLACES: Final = "SELECT DISTINCT feed FROM feed_places WHERE feed NOT IN (SELECT feed FROM feeds)"


@dataclass(slots=True)
class Findings:
    """Problems found so far. ``lacking`` counts events that a department got without the reporter's data; their links
    cannot be recomputed."""

    problems: list[str] = field(default_factory=list)
    lacking: int = 0

    def add(self, kind: str, where: object) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(f"{kind} {where}")


def check_chains(connection: Connection, findings: Findings) -> None:
    """Checks the chains of all origins and the counts and sums of all feeds; adds what is wrong to ``findings``."""
    heads = connection.execute(
        "SELECT no, stream, device, incarnation, whole, seq, hash, hlc, signed FROM origins"
    ).fetchall()
    # A feed that is being read again still has its old positions, so its sum cannot agree.
    sums = [_FeedSum(connection, state) for state in all_feeds(connection) if not state.repairing]
    in_part = streams_in_part(connection)
    for no, *key, whole, seq, link, hlc, signed in heads:
        origin = OriginKey(*key)
        found = [one for one in sums if stream_of(one.state.feed) == origin.stream]
        walk = _walked(connection, findings, (no, origin, origin.stream in in_part), found)
        name = "/".join(map(str, origin))
        if walk.end != (seq, link) or (walk.gap is None) != bool(whole) or hlc < walk.hlc or signed > walk.last:
            findings.add("chain.head", name)
        if whole and walk.gap is not None:
            findings.add("chain.gap", f"{name}/{walk.gap}")
    for (no,) in connection.execute("SELECT DISTINCT origin FROM events WHERE origin NOT IN (SELECT no FROM origins)"):
        findings.add("chain.origin", no)
    for one in sums:
        if not one.agrees:
            findings.add("feed", one.state.feed)
    for (feed,) in connection.execute(_STRAY_PLACES):
        findings.add("feed", feed)


class _Walk(NamedTuple):
    """What an origin's events come to: the last one before the first gap (its number and link), the first missing
    number or ``None``, the last number and the highest clock value."""

    end: tuple[int, bytes]
    gap: int | None
    last: int
    hlc: int


def _walked(
    connection: Connection, findings: Findings, chain: tuple[int, OriginKey, bool], sums: Sequence[_FeedSum]
) -> _Walk:
    """Checks one origin; ``chain`` is its number, its key and whether its stream is read only in part."""
    no, origin, in_part = chain
    rows = connection.execute(
        "SELECT e.seq, e.hlc, e.kind, e.version, s.id, e.base, e.actor, e.payload, e.hash, acked "
        f"FROM {LOGGED} LEFT JOIN subjects s ON s.no = e.subject WHERE e.origin = ? ORDER BY e.seq",
        (no,),
    )
    end, last, gap, newest = (0, CHAIN_START), (0, CHAIN_START), None, 0
    for seq, hlc, kind, version, subject, base, actor, text, written, acked in rows:
        key = EventKey(*origin, seq)
        lacking = in_part and lacks(text)
        findings.lacking += lacking
        if seq != last[0] + 1:  # the link before is missing, so this one cannot be checked
            gap = gap or last[0] + 1
        elif not lacking:
            record = Record(key, hlc, kind, version, subject_text(subject or b"="), base, actor, text)
            if link_after(last[1], record.canonical()) != written:
                findings.add("chain.broken", key)
        last, newest = (seq, written), max(newest, hlc)
        if gap is None:
            end = last
        for one in sums:
            one.count(acked, written)
    return _Walk(end, gap, last[0], newest)


class _FeedSum:
    """Count and sum of one feed, recomputed from the log."""

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
        places = self._count if self._places is None else len(self._places)
        return (self._count, places, self._total % (1 << 64)) == (self.state.count, self.state.count, self.state.total)
