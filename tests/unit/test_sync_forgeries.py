"""Who pretends to be the hub, or another desk, is not believed: proofs, rights and frames on a stick."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Grant, Membership
from gridclient.services.sync_port import FeedPage
from gridclient.sync import bundle
from gridclient.sync.bundle import StickPage, read_bundle, with_frames
from gridclient.sync.frame import seal
from gridclient.sync.proofs import (
    HubProof,
    new_nonce,
    read_membership,
    read_proof,
    write_membership,
    write_proof,
)
from gridclient.sync.signing import new_key, public_key, sign_head
from tests.unit.test_sync_bundle import batch_of

DATA = Path(__file__).resolve().parents[1] / "data"
TOWN, DEVICE = "t:371002001", "desk-0001"
KEYS = {TOWN: bytes(range(32)), "ref": bytes(32)}
_ELSE: Mapping[str, Any] = {
    "hub": "hub-2",
    "hub_key": public_key(new_key()).hex(),
    "certificate": "00",
    "url": "http://elsewhere",
    "short": "B2",
    "grants": [Grant(TOWN, writes=True)],
    "bundle_keys": {TOWN: "11" * 32},
    "signature": "22" * 64,
}
_SHAPELESS: Mapping[str, Any] = {"hub": 7, "hub_key": "zz", "signature": "22", "certificate": "x", "bundle_keys": []}


def proof(nonce: bytes) -> dict[str, Any]:
    key = new_key()
    told = write_proof(key, HubProof("hub-1", public_key(key), b"\x01" * 32, "http://hub"), nonce)
    return dict(json.loads(json.dumps(told)))


def rights(nonce: bytes) -> dict[str, Any]:
    key = new_key()
    told = Membership(DEVICE, "hub-1", "A1", (Grant(TOWN),), {TOWN: bytes(32)}, public_key(key))
    return dict(json.loads(json.dumps(write_membership(key, told, nonce))))


@pytest.mark.parametrize("name", ["hub", "hub_key", "certificate", "url", "signature"])
def test_a_hub_that_says_something_else_than_it_signed_has_proved_nothing(name: str) -> None:
    nonce = new_nonce()
    told = proof(nonce)
    assert read_proof(told, nonce).hub == "hub-1"
    with pytest.raises(SyncFault, match=r"sync\.hub_unproven"):
        read_proof({**told, name: _ELSE[name]}, nonce)


@pytest.mark.parametrize("name", ["hub", "short", "grants", "bundle_keys", "hub_key", "signature"])
def test_rights_that_were_changed_on_the_way_are_nobodys(name: str) -> None:
    nonce = new_nonce()
    told = rights(nonce)
    assert read_membership(told, DEVICE, nonce).grants == (Grant(TOWN),)
    with pytest.raises(SyncFault, match=r"sync\.hub_unproven"):
        read_membership({**told, name: _ELSE[name]}, DEVICE, nonce)


def test_what_the_hub_signed_for_another_question_or_another_desk_proves_nothing() -> None:
    nonce = new_nonce()
    for wrong in (
        lambda: read_proof(proof(nonce), new_nonce()),
        lambda: read_membership(rights(nonce), DEVICE, new_nonce()),
        lambda: read_membership(rights(nonce), "desk-0002", nonce),
    ):
        with pytest.raises(SyncFault, match=r"sync\.hub_unproven"):
            wrong()


@pytest.mark.parametrize("name", sorted(_SHAPELESS))
def test_what_is_not_shaped_like_a_proof_is_none(name: str) -> None:
    nonce = new_nonce()
    told, known = proof(nonce), rights(nonce)
    if name in told:
        with pytest.raises(SyncFault, match=r"sync\.hub_unproven"):
            read_proof({**told, name: _SHAPELESS[name]}, nonce)
    if name in known:
        with pytest.raises(SyncFault, match=r"sync\.hub_unproven"):
            read_membership({**known, name: _SHAPELESS[name]}, DEVICE, nonce)


def _page(feed: str) -> StickPage:
    return StickPage(0, FeedPage(feed, 0, True, 0, 0, (), (), ()))


def test_a_frame_in_the_hubs_name_by_who_has_only_the_sticks_key_is_forged(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = public_key(new_key())
    monkeypatch.setattr(bundle, "public_key", lambda _private: hub)
    file = with_frames(b"", [(TOWN, (_page(TOWN),))], KEYS, new_key())
    with pytest.raises(SyncFault, match=r"bundle\.forged"):
        read_bundle(file, KEYS)


def test_a_page_of_one_feed_in_the_frame_of_another_is_forged() -> None:
    with pytest.raises(SyncFault, match=r"bundle\.forged"):
        read_bundle(with_frames(b"", [("ref", (_page(TOWN),))], KEYS, new_key()), KEYS)


def test_a_file_of_the_first_version_is_read_by_every_later_one() -> None:
    """Two events of a desk, one in the whole stream and one in a unit's part, and the first one's place."""
    kept = read_bundle((DATA / "stick-1.gridbundle").read_bytes(), KEYS)
    assert [(batch.origin.incarnation, batch.records[0].text) for batch in kept.batches] == [
        (1, '{"text":"记"}'),
        (2, '{"text":"记"}'),
    ]
    ((start, page, at, writer),) = kept.pages
    assert (start, page.feed, page.cursor, page.complete, at) == (0, TOWN, 1, True, 1_795_140_000)
    assert {batch.public_key for batch in kept.batches} == {writer} == {public_key(bytes(range(32, 64)))}


def test_what_only_begins_like_another_kind_of_file_is_foreign_and_an_empty_frame_is_broken() -> None:
    head = bundle.MAGIC + b"\x01"
    for data, code in (
        (b"PK\x03\x04" + bytes(60), "bundle.foreign"),
        (head + (8).to_bytes(4, "big") + sha256(sha256(head).digest()).digest()[:8], "bundle.broken"),
        (head + b"\x00\x00\x00", "bundle.broken"),
    ):
        with pytest.raises(SyncFault) as caught:
            read_bundle(data, KEYS)
        assert caught.value.code == code
    assert read_bundle(head, KEYS) == bundle.Bundle(), "a file without a frame yet"


def test_a_batch_whose_last_link_is_another_or_that_is_empty_is_forged() -> None:
    signing = new_key()
    batch = batch_of("one", 2, signing)
    empty = batch._replace(
        records=(), link_after=batch.link_before, signature=sign_head(signing, batch.origin, 0, batch.link_before)
    )
    for forged in (batch._replace(link_after=bytes(32)), empty):
        with pytest.raises(SyncFault, match=r"^bundle\.forged"):
            read_bundle(with_frames(b"", [(TOWN, [forged])], KEYS, signing), KEYS)


@pytest.mark.parametrize(
    ("name", "made", "code"),
    [
        ("seal", lambda body, level, _protocol: seal(body, level, 9), "bundle.newer"),
        ("seal", lambda body, level, protocol: seal(body, level, protocol)[:-1], "bundle.broken"),
        ("_parts", lambda _content: [], "bundle.broken"),
        ("_parts", lambda _content: 7, "bundle.broken"),
    ],
)
def test_a_frame_whose_inside_nobody_here_understands_is_newer_or_broken(
    monkeypatch: pytest.MonkeyPatch, name: str, made: Callable[..., object], code: str
) -> None:
    with monkeypatch.context() as otherwise:
        otherwise.setattr(bundle, name, made)
        file = with_frames(b"", [(TOWN, (_page(TOWN),))], KEYS, new_key())
    with pytest.raises(SyncFault) as caught:
        read_bundle(file, KEYS)
    assert caught.value.code == code


def test_nobody_writes_for_a_feed_without_its_key() -> None:
    with pytest.raises(SyncFault) as caught:
        with_frames(b"", [("t:371002009", (_page("t:371002009"),))], KEYS, new_key())
    assert caught.value.code == "bundle.key_missing"


def test_contents_of_a_kind_that_comes_later_ask_for_an_update(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr(bundle, "_PAGES", 7)
        file = with_frames(b"", [(TOWN, (_page(TOWN),))], KEYS, new_key())
    with pytest.raises(SyncFault, match=r"bundle\.newer"):
        read_bundle(file, KEYS)
