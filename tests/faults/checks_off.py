"""Switches the product's own checks off, so that it can be seen whether the fault suite notices what they would."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from gridclient.domain.events import Record, link_after
from gridclient.hub import pushing
from gridclient.hub.ordering import Verdict
from gridclient.store import sync_chains, sync_feeds, sync_intake
from gridclient.store.sync_chains import Chain, Chains, KnownEvent
from gridclient.sync.wire import PushStatus


def switch_off(monkeypatch: pytest.MonkeyPatch, checks: Collection[str]) -> None:
    """``chain``: hash chains and signatures in store and hub; ``count``: number and sum of a feed."""
    if "chain" in checks:
        monkeypatch.setattr(Chains, "accept", _accept_anything)
        monkeypatch.setattr(Chains, "check_head", lambda *_given: None)
        monkeypatch.setattr(sync_intake, "require_proven", lambda *_given: None)
        monkeypatch.setattr(pushing, "head_is_signed", lambda *_given: True)
        monkeypatch.setattr(pushing, "judge", _judge_nothing)
    if "count" in checks:
        monkeypatch.setattr(sync_feeds, "agrees", lambda *_given: True)


def _accept_anything(
    chains: Chains, chain: Chain, record: Record, link: bytes, *, in_part: bool = False
) -> KnownEvent | bytes:
    """What is new is chained to whatever stands there."""
    seq = record.key.seq
    row = chains._connection.execute(sync_chains._KNOWN, (chain.no, seq)).fetchone()
    if row is not None:
        return KnownEvent(*row[:4])
    link = link or link_after(chain.link, record.canonical())
    chain.seq, chain.link, chain.hlc, chain.moved = max(seq, chain.seq), link, max(chain.hlc, record.hlc), True
    chain.fresh[seq] = (record, link)
    return link


def _judge_nothing(push: Any, links: tuple[bytes, ...], known: int, _known_link: bytes) -> Verdict:
    return Verdict(PushStatus.KNOWN if known == len(links) else PushStatus.APPLIED, links, known)
