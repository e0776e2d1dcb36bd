"""Which units an event hands a case to, and what a unit's desk may write."""

from __future__ import annotations

from typing import Any

import pytest

from gridclient.domain.events import EventKind
from gridclient.domain.handing import UNIT_KINDS, stream_of, unit_may_write, units_handed


@pytest.mark.parametrize("kind", ["case_dispatched", "case_reassigned", "conflict_resolved", "kind_of_a_later_version"])
def test_whoever_is_in_the_assignments_gets_the_case(kind: str) -> None:
    parts = [{"unit": "A", "role": "lead"}, {"unit": "B", "role": "cooperating"}]
    assert units_handed(kind, {"assignments": parts}) == {"A", "B"}


@pytest.mark.parametrize("kind", sorted(UNIT_KINDS))
def test_a_unit_hands_nothing_on(kind: str) -> None:
    assert units_handed(kind, {"assignments": [{"unit": "A"}]}) == frozenset()


@pytest.mark.parametrize(
    "payload",
    [{}, {"assignments": None}, {"assignments": {"unit": "A"}}, {"assignments": ["A", {"unit": 1}, {"unit": ""}]}],
)
def test_what_is_not_shaped_like_a_dispatch_hands_nothing_over(payload: dict[str, Any]) -> None:
    assert units_handed("case_dispatched", payload) == frozenset()


def test_of_all_that_happens_to_a_case_a_unit_writes_six_kinds() -> None:
    """Source: the table of actions (动作): 签收, 退回, 处置反馈; a remark, a photo, what it takes back."""
    assert {kind for kind in EventKind if unit_may_write("A", kind, {"unit": "A"})} == {
        EventKind.SIGNED,
        EventKind.RETURNED,
        EventKind.FED_BACK,
        EventKind.NOTED,
        EventKind.ATTACHED,
        EventKind.UNDONE,
    }


def test_a_unit_writes_its_own_steps_in_its_own_name() -> None:
    assert not unit_may_write("A", EventKind.RETURNED, {"unit": "B"})
    assert unit_may_write("A", EventKind.SIGNED, {"unit": "A"})
    assert unit_may_write("A", EventKind.NOTED, {"text": "x"})
    assert not unit_may_write("A", EventKind.SIGNED, {"unit": "B"})
    assert not unit_may_write("A", EventKind.FED_BACK, {})
    assert not unit_may_write("A", EventKind.CLOSED, {"unit": "A"})


@pytest.mark.parametrize("feed", ["t:371002001", "d:U1@t:371002001"])
def test_a_departments_feed_is_cut_from_its_townships_stream(feed: str) -> None:
    assert stream_of(feed) == "t:371002001"
