"""The rules of codes and limits on official division codes and on a real prefecture's filing conditions."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridclient.domain.codes import Tier, tier_of
from gridclient.domain.limits import LimitKind, read_limit


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a table of real data; skips where it is absent."""
    if not path.is_file():
        pytest.skip(f"{path.name} is not on this machine")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def test_every_official_village_and_community_code_is_a_community(real_data: Path) -> None:
    villages = list(rows(real_data / "divisions_2023" / "villages_5cities.csv"))
    assert len(villages) > 16_000
    assert {tier_of(row["village_code12"]) for row in villages} == {Tier.COMMUNITY}


def test_every_official_township_code_is_a_township(real_data: Path) -> None:
    towns = list(rows(real_data / "divisions_2023" / "towns_5cities.csv"))
    assert {tier_of(row["town_code9"]) for row in towns} == {Tier.TOWNSHIP}


def test_every_official_county_code_is_a_county(real_data: Path) -> None:
    counties = list(rows(real_data / "divisions_2023" / "areas_all_china.csv"))
    assert len(counties) > 2_900
    assert {tier_of(row["county_code"]) for row in counties} == {Tier.COUNTY}


def test_every_written_limit_of_a_real_prefecture_is_read_and_only_one_has_a_remark(real_data: Path) -> None:
    written = [row["time_limit"] for row in rows(real_data / "case_standards_yuncheng" / "standards_flat.csv")]
    read = {text: read_limit(text) for text in written}
    assert len(written) == 519
    assert {found.limit.kind for found in read.values()} == {
        LimitKind.URGENT_HOUR,
        LimitKind.WORK_HOUR,
        LimitKind.NATURAL_DAY,
    }
    assert {text: found.remark for text, found in read.items() if found.remark} == {"1紧急工作时制止": "制止"}
