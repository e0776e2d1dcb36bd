"""A filter with its order comes back from JSON as it was."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from gridclient.services.kept_filter import as_kept, from_kept
from gridclient.services.rows import Box, CaseFilter, Sort, SortKey

FULL = CaseFilter(
    "371002001",
    Box.OVERDUE,
    frozenset({"filed", "handling"}),
    True,
    "U-1",
    3,
    "12345",
    "噪音",
    (1, 2, 3, 4.5),
    ((1, 2), (7, 7)),
)


@pytest.mark.parametrize("chosen", [FULL, CaseFilter(), CaseFilter(only_open=True)])
def test_what_was_chosen_comes_back(chosen: CaseFilter) -> None:
    order = Sort(SortKey.TITLE, descending=True)
    assert from_kept(json.loads(json.dumps(as_kept(chosen, order)))) == (chosen, order)


def test_what_does_not_narrow_is_not_written_so_that_desks_of_other_versions_read_it() -> None:
    assert as_kept(CaseFilter(text="噪音"), Sort()) == {"filter": {"text": "噪音"}, "sort": ["due", False]}


@pytest.mark.parametrize("chosen", [FULL, CaseFilter(text="噪音")])
def test_what_an_older_desk_kept_of_its_state_is_still_read(chosen: CaseFilter) -> None:
    every_part = asdict(chosen) | {"states": sorted(chosen.states)}
    kept = json.dumps({"filter": every_part, "sort": ["due", False], "selected": []})
    assert from_kept(json.loads(kept)) == (chosen, Sort())


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"filter": {"colour": "red"}, "sort": ["due", False]},
        {"filter": {"box": "later"}, "sort": ["due", False]},
        {"filter": {"imported": [7]}, "sort": ["due", False]},
        {"filter": {}, "sort": []},
    ],
)
def test_what_another_version_kept_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_kept(kept)
