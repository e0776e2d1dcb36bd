"""A push from the wire to its places: signature and shape first, then one transaction on its stream."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from gridclient.hub.backend import Backend, OrderLedger
from gridclient.hub.ordering import (
    Payloads,
    Verdict,
    chain,
    dispatched,
    grant_to_write,
    judge,
    known_count,
    placement,
    read_payloads,
    unit_allowed,
)
from gridclient.hub.rows import CHAIN_START, Device, OriginRow
from gridclient.services.sync_port import Grant
from gridclient.sync.signing import head_is_signed
from gridclient.sync.wire import Push, PushResult, PushStatus

_LOG: Final = logging.getLogger(__name__)


def take_push(backend: Backend, device: Device, grants: tuple[Grant, ...], push: Push, *, at: int) -> PushResult:
    """Applies a push of ``device`` or says why not; nothing of a push stays that is not applied whole.

    Raises:
        StoreUnavailable: the database failed; the same push may come again.
    """
    grant = grant_to_write(grants, push.origin.stream)
    if grant is None:
        return _told(device, push, PushStatus.FORBIDDEN, push.first, "no grant")
    payloads = read_payloads(push)
    if payloads is None:
        return _told(device, push, PushStatus.REFUSED, push.first, "shape")
    last_seq = push.first + len(push.records) - 1
    if not head_is_signed(device.public_key, push.origin, last_seq, push.link_after, push.signature):
        return _told(device, push, PushStatus.REFUSED, push.first, "signature")
    canonicals = [record.canonical() for record in push.records]
    with backend.writing() as ledger:
        verdict, head = _put(_Attempt(ledger, device, grant, push, payloads, at), canonicals)
    return _told(device, push, verdict.status, head + 1, verdict.why)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A push within its transaction."""

    ledger: OrderLedger
    device: Device
    grant: Grant
    push: Push
    payloads: Payloads
    at: int


def _put(attempt: _Attempt, canonicals: list[bytes]) -> tuple[Verdict, int]:
    """The verdict, and the newest number that the hub has of the origin afterwards."""
    push, ledger, unit = attempt.push, attempt.ledger, attempt.grant.unit
    subjects = {record.subject for record in push.records}
    given = dispatched(push, attempt.payloads)
    standing = ledger.stand(push.origin.stream, attempt.device.device, push.origin.incarnation, subjects, given)
    head = standing.origin.seq if standing.origin is not None else 0
    if push.first > head + 1:
        return Verdict(PushStatus.GAP), head
    verdict = _judged(ledger, push, canonicals, standing.origin)
    if verdict.status is not PushStatus.APPLIED:
        return verdict, head
    if unit and not unit_allowed(unit, push, attempt.payloads, verdict.first_new, standing.handed):
        return Verdict(PushStatus.FORBIDDEN, why="unit"), head
    key = attempt.device.public_key
    placed = placement(push, attempt.payloads, verdict, standing, public_key=key, at=attempt.at)
    ledger.place(placed)
    return verdict, placed.origin.seq


def _judged(ledger: OrderLedger, push: Push, canonicals: list[bytes], origin: OriginRow | None) -> Verdict:
    def link_of(seq: int) -> bytes:
        if origin is None or seq == 0:
            return CHAIN_START
        return origin.link if seq == origin.seq else ledger.link_of(push.origin.stream, origin.no, seq)

    known = known_count(push, 0 if origin is None else origin.seq)
    links = chain(link_of(push.first - 1), canonicals)
    return judge(push, links, known, link_of(push.first - 1 + known))


def _told(device: Device, push: Push, status: PushStatus, expected: int, why: str) -> PushResult:
    if status not in (PushStatus.APPLIED, PushStatus.KNOWN):
        _LOG.warning(
            "push %s (%s): device %s, stream %s, incarnation %d, events %d+%d, expected %d",
            status.value,
            why,
            device.device,
            push.origin.stream,
            push.origin.incarnation,
            push.first,
            len(push.records),
            expected,
        )
    return PushResult(status, expected)
