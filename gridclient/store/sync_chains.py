"""Checks the hash chains of the origins in one page: new events must continue them, known ones must be identical.

An origin is *whole* while all events from number 1 on are known. Gaps come about where a desk gets only part of a
stream, or a later stick first. An event behind a gap keeps the link it came with; it is checked by the one before
it, where that is known, and when the gap is filled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import CHAIN_START, EventKey, Record, link_after
from gridclient.services.sync_port import FeedPage, OriginKey, SignedHead
from gridclient.services.withholding import lacks, lacks_less
from gridclient.store.driver import Connection
from gridclient.store.log import subject_key, subject_text
from gridclient.store.places import LOGGED

IN_HAND: Final = 0
"""``KnownEvent.pos`` of an event that the same page contained before and that is not written yet."""
HeadCheck = Callable[[bytes, OriginKey, int, bytes, bytes], bool]
"""Verifies a signature: (public key, origin, number of the event, its link, signature)."""

_ORIGIN: Final = (
    "SELECT no, own, whole, seq, hash, hlc, signed FROM origins WHERE stream = ? AND device = ? AND incarnation = ?"
)
_KNOWN: Final = (
    "SELECT e.pos, e.subject, acked, e.hash, e.hlc, e.kind, e.version, s.id, e.base, e.actor, e.payload "
    f"FROM {LOGGED} JOIN subjects s ON s.no = e.subject WHERE e.origin = ? AND e.seq = ?"
)
_BEHIND: Final = (
    "SELECT e.seq, e.hash, e.hlc, e.kind, e.version, s.id, e.base, e.actor, e.payload "
    "FROM events e JOIN subjects s ON s.no = e.subject WHERE e.origin = ? AND e.seq > ? ORDER BY e.seq"
)


class KnownEvent(NamedTuple):
    """An event that is in the log already. ``renewed``: it came again with less withheld."""

    pos: int
    subject: int
    acked: int | None
    link: bytes
    renewed: bool = False


@dataclass(slots=True)
class Chain:
    """One origin. ``seq`` and ``link``: the last event before the first gap; ``fresh``: events from this page."""

    key: OriginKey
    no: int
    own: bool
    whole: bool
    seq: int
    link: bytes
    hlc: int
    signed: int
    fresh: dict[int, tuple[Record, bytes]] = field(default_factory=dict)
    moved: bool = False


class Chains:
    """The chains that one transaction touches. :meth:`finish` writes them, after the events themselves."""

    def __init__(self, connection: Connection, device: str) -> None:
        self._connection = connection
        self._device = device
        self._chains: dict[OriginKey, Chain] = {}

    def of(self, key: OriginKey) -> Chain:
        """The chain of an origin; it is created if the origin is new."""
        chain = self.known(key)
        if chain is None:
            own = key.device == self._device
            no = self._connection.execute(
                "INSERT INTO origins(stream, device, incarnation, own, seq, hlc, hash) VALUES (?, ?, ?, ?, 0, 0, ?)",
                (*key, int(own), CHAIN_START),
            ).lastrowid
            chain = self._chains[key] = Chain(key, no, own, True, 0, CHAIN_START, 0, 0)
        return chain

    def known(self, key: OriginKey) -> Chain | None:
        """The chain of an origin, or ``None`` if the origin is unknown."""
        chain = self._chains.get(key)
        if chain is None:
            row = self._connection.execute(_ORIGIN, key).fetchone()
            if row is None:
                return None
            no, own, whole, seq, link, hlc, signed = row
            chain = self._chains[key] = Chain(key, no, bool(own), bool(whole), seq, link, hlc, signed)
        return chain

    def accept(self, chain: Chain, record: Record, link: bytes, *, in_part: bool) -> KnownEvent | bytes:
        """Checks one event. Returns where it is in the log, or, if it is new, the link to store it with.

        ``in_part``: the event comes with a unit's part of a stream, where the hub may have withheld data. If so its
        link cannot be recomputed, and the given one is used.

        Raises:
            SyncFault: the event does not continue its chain, or differs from the known one.
        """
        seq, lacking = record.key.seq, lacks(record.text)
        if lacking and not (in_part and link):
            raise _broken(record.key)
        known = self._same(chain, record, link) if seq <= chain.seq or not chain.whole else None
        if lacking and chain.own and known is None:
            raise _broken(record.key)  # an own event never comes back with less than was written
        if seq == chain.seq + 1:
            computed = link if lacking else link_after(chain.link, record.canonical())
            if computed != (known.link if known else link or computed):
                raise _broken(record.key)
            chain.seq, chain.link, chain.moved = seq, computed, True
            link = computed
        elif known is None and not lacking and not self._follows(chain, record, link):
            raise _broken(record.key)
        if known is not None:
            return known
        if not link:
            raise _broken(record.key)
        chain.whole = chain.whole and seq <= chain.seq
        chain.hlc, chain.moved = max(chain.hlc, record.hlc), True
        chain.fresh[seq] = (record, link)
        return link

    def link_at(self, chain: Chain, seq: int) -> bytes | None:
        """The link of the event ``seq``; ``None`` if the event is not known."""
        if seq == 0:
            return CHAIN_START
        if seq in chain.fresh:
            return chain.fresh[seq][1]
        row = self._connection.execute("SELECT hash FROM events WHERE origin = ? AND seq = ?", (chain.no, seq))
        found = row.fetchone()
        return None if found is None else bytes(found[0])

    def check_head(self, head: SignedHead, is_signed: HeadCheck) -> None:
        """Verifies a signature. One over an event that is not in the log is ignored.

        Raises:
            SyncFault: ``sync.signature``: wrong, or of another key than the first one seen of this origin's device;
                ``sync.fork``: it is this desk's own signature, over another event than the log has.
        """
        chain = self.known(head.origin)
        link = None if chain is None else self.link_at(chain, head.seq)
        if chain is None or link is None:
            return
        pinned = self._pinned(head.origin, head.public_key)
        if not pinned or not is_signed(head.public_key, head.origin, head.seq, link, head.signature):
            code = "sync.fork" if pinned and chain.own else "sync.signature"
            raise SyncFault(code, event=str(EventKey(*head.origin, head.seq)))
        if head.seq > chain.signed:
            chain.signed, chain.moved = head.seq, True

    def prove(self, chain: Chain, page: FeedPage, seq: int, is_signed: HeadCheck) -> bool:
        """Whether the page's events from number ``seq`` on follow the known ones and lead to a signature."""
        link = self.link_at(chain, seq - 1)
        records = {placed.record.key: placed.record for placed in page.foreign}
        heads = {(*head.origin, head.seq): head for head in page.heads}
        while link is not None and (record := records.get(EventKey(*chain.key, seq))) is not None:
            link = link_after(link, record.canonical())
            head = heads.get(record.key)
            if head is not None:
                pinned = self._pinned(head.origin, head.public_key)
                return pinned and is_signed(head.public_key, head.origin, seq, link, head.signature)
            seq += 1
        return False

    def unshown(self, chain: Chain, page: FeedPage) -> list[int]:
        """Events of the log (by ``pos``) that the page has in another form under the same link, and of which no chain
        shows that theirs is right: the one before them is not here, or something was withheld of them."""
        found = []
        for _, record, link in page.foreign:
            seq = record.key.seq
            row = self._connection.execute(_KNOWN, (chain.no, seq)).fetchone()
            if record.key[:3] != chain.key or row is None or row[3] != link:
                continue
            known, before = _record(chain.key, seq, row[4:]), self.link_at(chain, seq - 1)
            is_shown = before is not None and link_after(before, known.canonical()) == link
            is_lesser = known._replace(text=record.text) == record and (lacks(known.text) or lacks(record.text))
            if known != record and not (is_shown or is_lesser):
                found.append(row[0])
        return found

    def finish(self) -> None:
        """Checks events behind gaps that were filled, and writes the chains. The page's events must be in the log.

        Raises:
            SyncFault: what was behind a gap does not continue what filled it.
        """
        moved = [chain for chain in self._chains.values() if chain.moved]
        for chain in moved:
            if not chain.whole:
                self._walk_on(chain)
        self._connection.executemany(
            "UPDATE origins SET whole = ?, seq = ?, hash = ?, hlc = ?, signed = ? WHERE no = ?",
            [(int(c.whole), c.seq, c.link, c.hlc, c.signed, c.no) for c in moved],
        )

    def _walk_on(self, chain: Chain) -> None:
        for seq, written, *rest in self._connection.execute(_BEHIND, (chain.no, chain.seq)):
            if seq != chain.seq + 1:
                return
            record = _record(chain.key, seq, rest)
            if not lacks(record.text) and link_after(chain.link, record.canonical()) != written:
                raise _broken(record.key)
            chain.seq, chain.link = seq, written
        chain.whole = True

    def _follows(self, chain: Chain, record: Record, link: bytes) -> bool:
        """Whether an event behind a gap goes on from the one before it, where that is known."""
        before = self.link_at(chain, record.key.seq - 1)
        return before is None or link_after(before, record.canonical()) == link

    def _same(self, chain: Chain, record: Record, link: bytes) -> KnownEvent | None:
        """The event in the log with the same number, or ``None``. Raises if it differs."""
        seq = record.key.seq
        if seq in chain.fresh:
            if chain.fresh[seq] != (record, link or chain.fresh[seq][1]):
                raise _broken(record.key)
            return KnownEvent(IN_HAND, 0, None, chain.fresh[seq][1])
        row = self._connection.execute(_KNOWN, (chain.no, seq)).fetchone()
        if row is None:
            return None
        known, text = KnownEvent(*row[:4]), row[-1]
        same = tuple(row[4:-1]) == (*record[1:4], subject_key(record.subject), *record[5:-1])
        if same and text != record.text and (lacks(text) or lacks(record.text)):
            return self._fuller(chain, known, text, record, link)
        if not same or text != record.text or (link and link != known.link):
            raise _forked(record.key) if chain.own else _broken(record.key)
        return known

    def _fuller(self, chain: Chain, known: KnownEvent, text: str, record: Record, link: bytes) -> KnownEvent:
        """The same event with more or less withheld, recognised by its link; the form that lacks less is kept."""
        before = None if lacks(record.text) else self.link_at(chain, record.key.seq - 1)
        told = link if before is None else link_after(before, record.canonical())
        if not known.link == told == (link or told):
            raise _forked(record.key) if chain.own else _broken(record.key)
        return known._replace(renewed=lacks_less(record.text, text))

    def _pinned(self, origin: OriginKey, public_key: bytes) -> bool:
        """Whether the key is the first one that was seen with this device and incarnation, which is kept."""
        row = self._connection.execute(
            "SELECT public_key FROM device_keys WHERE device = ? AND incarnation = ?", origin[1:]
        ).fetchone()
        if row is None:
            self._connection.execute(
                "INSERT INTO device_keys(device, incarnation, public_key) VALUES (?, ?, ?)", (*origin[1:], public_key)
            )
            return True
        return bool(row[0] == public_key)


def _record(key: OriginKey, seq: int, row: list[Any]) -> Record:
    hlc, kind, version, subject, base, actor, text = row
    return Record(EventKey(*key, seq), hlc, kind, version, subject_text(subject), base, actor, text)


def _broken(key: EventKey) -> SyncFault:
    return SyncFault("sync.chain_broken", event=str(key))


def _forked(key: EventKey) -> SyncFault:
    return SyncFault("sync.fork", stream=key.stream, incarnation=key.incarnation, seq=key.seq)
