"""Rights that changed at the hub: whose word counts, and what a line that breaks in between leaves as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Enrolment, Grant, Membership
from gridclient.sync.proofs import stamp_of
from gridclient.sync.rights import renewed
from tests.fakes.fake_sync import NOON
from tests.fakes.sync_hub import FakeHub, FakeLine

TOWN, NEXT, KEY = "t:371002001", "t:371002002", bytes(range(32))
KEPT = Enrolment("hub-1", "http://hub", "", "t", "A1", bytes(32), (Grant(TOWN),), {TOWN: KEY}, NOON, KEY, "0" * 8)
TOLD = Membership("desk-1", "hub-1", "B2", (Grant(TOWN, writes=True), Grant(NEXT)), {NEXT: KEY}, KEY)


class TellingLine(FakeLine):
    """To a hub that tells rights, or fails."""

    def __init__(self, told: Membership | SyncFault) -> None:
        super().__init__(FakeHub(), "desk-1")
        self._told = told

    def membership(self, device: str) -> tuple[Membership, str]:
        assert device == "desk-1"
        if isinstance(self._told, SyncFault):
            raise self._told
        return self._told, "5e1f5e1f"


def told(answer: Membership | SyncFault, kept: Enrolment = KEPT) -> Enrolment:
    return renewed(kept, TellingLine(answer), "desk-1")


def test_what_the_hub_signed_takes_the_place_of_what_was_kept() -> None:
    after = told(TOLD)
    assert (after.short, after.grants, after.bundle_keys, after.rights) == ("B2", TOLD.grants, {NEXT: KEY}, "5e1f5e1f")
    assert replace(after, short="A1", grants=KEPT.grants, bundle_keys=KEPT.bundle_keys, rights="0" * 8) == KEPT


def test_a_desk_that_did_not_know_the_hubs_key_learns_it() -> None:
    assert told(TOLD, replace(KEPT, hub_key=b"")).hub_key == KEY


@pytest.mark.parametrize("other", [TOLD._replace(hub="hub-2"), TOLD._replace(hub_key=bytes(32))])
def test_what_another_hub_signed_changes_nothing(other: Membership) -> None:
    assert told(other) == KEPT


@pytest.mark.parametrize("code", ["sync.timeout", "sync.refused", "sync.hub_unproven", "sync.busy"])
def test_a_line_that_breaks_changes_nothing_and_cases_go_on(code: str) -> None:
    assert told(SyncFault(code)) == KEPT


def test_a_hub_that_will_not_have_the_desk_any_more_says_so() -> None:
    with pytest.raises(SyncFault, match=r"sync\.revoked"):
        told(SyncFault("sync.revoked"))


def test_equal_rights_have_one_stamp_in_whatever_order_they_are_told() -> None:
    turned = TOLD._replace(grants=TOLD.grants[::-1], bundle_keys={TOWN: KEY, NEXT: KEY})
    same = TOLD._replace(bundle_keys={NEXT: KEY, TOWN: KEY})
    assert stamp_of(turned) == stamp_of(same) and len(bytes.fromhex(stamp_of(same))) == 4
    others = (
        TOLD,
        same._replace(short="C3"),
        same._replace(hub="hub-2"),
        same._replace(grants=TOLD.grants[:1]),
        same._replace(hub_key=bytes(32)),
        same._replace(device="desk-2"),
    )
    assert len({stamp_of(one) for one in (same, *others)}) == 7
