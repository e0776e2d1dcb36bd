"""Applies pushes: signature and form of each are checked first, then several are placed in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Final

from gridclient.domain.events import CHAIN_START
from gridclient.domain.frozen import frozen
from gridclient.hub.backend import Backend, OrderLedger
from gridclient.hub.ordering import (
    Contents,
    Verdict,
    after,
    canonicals,
    chain,
    dispatched,
    grant_to_write,
    judge,
    known_count,
    placement,
    read_payloads,
    unit_allowed,
)
from gridclient.hub.rows import Device, Placement, StandAsk, Standing
from gridclient.services.enrolment import Grant
from gridclient.sync.signing import head_is_signed
from gridclient.sync.wire import Push, PushResult, PushStatus

_MOST_TOGETHER: Final = 2000
"""Most events in one transaction, unless a single push has more."""
_LEAST_WEIGHT: Final = 20
"""A smaller push counts as this many events, as :func:`ordering.after` costs time per push."""
_LOG: Final = logging.getLogger(__name__)


def take_push(backend: Backend, device: Device, grants: tuple[Grant, ...], push: Push, *, at: int) -> PushResult:
    """Applies a push of ``device`` as a whole, or returns why not.

    Raises:
        StoreUnavailable: the database failed; the same push may come again.
    """
    return place_together(backend, [check(device, grants, push)], at=at)[0]


@frozen
class Checked:
    """A push whose form and signature are right, with what was computed before its stream is locked."""

    device: Device
    unit: str
    push: Push
    contents: Contents
    canonicals: Sequence[bytes]
    ask: StandAsk


def check(device: Device, grants: tuple[Grant, ...], push: Push) -> Checked | PushResult:
    """Checks a push without the database: right to write, form, signature. A ``PushResult`` is a refusal."""
    grant = grant_to_write(grants, push.origin.stream)
    if grant is None:
        return _told(device, push, PushStatus.FORBIDDEN, push.first, "no grant")
    contents = read_payloads(push)
    if contents is None:
        return _told(device, push, PushStatus.REFUSED, push.first, "shape")
    last_seq = push.first + len(push.records) - 1
    if not head_is_signed(device.public_key, push.origin, last_seq, push.link_after, push.signature):
        return _told(device, push, PushStatus.REFUSED, push.first, "signature")
    subjects = frozenset([record.subject for record in push.records])
    ask = StandAsk(
        push.origin.stream, device.device, push.origin.incarnation, subjects, frozenset(dispatched(push, contents))
    )
    return Checked(device, grant.unit, push, contents, canonicals(push.records), ask)


def place_together(
    backend: Backend, given: Sequence[Checked | PushResult], *, at: int, hurried: bool = False
) -> list[PushResult]:
    """Places pushes and returns their results, in order; results among ``given`` (refused pushes) are passed through.

    Several pushes share a transaction, because a commit costs as much as the events of a push. One that proves wrong
    there is refused alone. With ``hurried`` it does not wait long for a stream that is locked.

    Raises:
        StoreUnavailable: the database failed, or a stream was locked; all pushes may be tried again.
    """
    placed: list[PushResult] = []
    for group in _groups([checked for checked in given if isinstance(checked, Checked)]):
        placed += _place_group(backend, group, at, hurried)
    results = iter(placed)
    return [next(results) if isinstance(checked, Checked) else checked for checked in given]


def _groups(given: Sequence[Checked]) -> Iterator[list[Checked]]:
    """Splits the pushes, in order, into groups for one transaction each."""
    group: list[Checked] = []
    left = _MOST_TOGETHER
    for checked in given:
        weight = max(len(checked.push.records), _LEAST_WEIGHT)
        left -= weight
        if group and left < 0:
            yield group
            group, left = [], _MOST_TOGETHER - weight
        group.append(checked)
    if group:
        yield group


def _place_group(backend: Backend, group: Sequence[Checked], at: int, hurried: bool) -> list[PushResult]:
    placed: list[Placement] = []
    verdicts = []
    with backend.writing() as ledger:
        stands = ledger.stand([checked.ask for checked in group], hurried=hurried)
        for checked, found in zip(group, stands, strict=True):
            standing = after(found, checked.ask, placed)
            verdict, head = _judged(ledger, checked, standing)
            if verdict.status is PushStatus.APPLIED:
                key = checked.device.public_key
                placed.append(placement(checked.push, checked.contents, verdict, standing, public_key=key, at=at))
                ledger.place(placed[-1])
                head = placed[-1].origin.seq
            verdicts.append((verdict, head))
    return [
        _told(checked.device, checked.push, verdict.status, head + 1, verdict.why)
        for checked, (verdict, head) in zip(group, verdicts, strict=True)
    ]


def _judged(ledger: OrderLedger, checked: Checked, standing: Standing) -> tuple[Verdict, int]:
    """The verdict on a push, and the number of the origin's newest event before it."""
    push, origin = checked.push, standing.origin
    head = origin.seq if origin is not None else 0
    if push.first > head + 1:
        return Verdict(PushStatus.GAP), head

    def link_of(seq: int) -> bytes:
        if origin is None or seq == 0:
            return CHAIN_START
        return origin.link if seq == origin.seq else ledger.link_of(push.origin.stream, origin.no, seq)

    known = known_count(push, head)
    links = chain(link_of(push.first - 1), checked.canonicals)
    verdict = judge(push, links, known, link_of(push.first - 1 + known))
    if verdict.status is PushStatus.APPLIED and checked.unit:
        allowed = unit_allowed(checked.unit, push, checked.contents.payloads, verdict.first_new, standing.handed)
        return (verdict if allowed else Verdict(PushStatus.FORBIDDEN, why="unit")), head
    return verdict, head


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
