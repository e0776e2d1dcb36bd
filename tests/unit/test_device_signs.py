"""The two signs of a desk in its cases' numbers."""

from __future__ import annotations

import pytest

from gridclient.domain.codes import DEVICE_SIGNS
from gridclient.domain.errors import RuleViolation
from gridclient.hub.access import _free_short


def test_a_hub_gives_no_sign_that_a_telephone_takes_for_a_digit() -> None:
    readable = frozenset(first + second for first in DEVICE_SIGNS for second in DEVICE_SIGNS)
    assert not {"I", "O"} & set(DEVICE_SIGNS)
    assert _free_short(readable - {"7K"}) == "7K"
    with pytest.raises(RuleViolation, match=r"hub\.no_short_left"):
        _free_short(readable)
