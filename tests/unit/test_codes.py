"""Codes of areas and grids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.codes import (
    AreaCode,
    Tier,
    is_external,
    read_code,
    tier_of,
    township_of,
)
from gridclient.domain.errors import InvalidInput

BY_TIER = {
    Tier.COUNTY: "371002",
    Tier.TOWNSHIP: "371002001",
    Tier.ZONE: "371002001601",
    Tier.COMMUNITY: "371002001005",
    Tier.BASIC: "371002001005012",
}
TOWNSHIPS = {tier: "" if tier is Tier.COUNTY else "371002001" for tier in BY_TIER}
digits = st.text("0123456789", max_size=21)


@pytest.mark.parametrize(("tier", "text"), list(BY_TIER.items()))
def test_a_code_tells_its_township(tier: Tier, text: str) -> None:
    assert township_of(text) == TOWNSHIPS[tier]


@pytest.mark.parametrize(("tier", "text"), list(BY_TIER.items()))
def test_a_code_tells_its_tier(tier: Tier, text: str) -> None:
    assert tier_of(text) is tier
    assert read_code(text) == AreaCode(text, tier)


@pytest.mark.parametrize(
    ("number", "tier"),
    [("001", Tier.COMMUNITY), ("599", Tier.COMMUNITY), ("601", Tier.ZONE), ("699", Tier.ZONE)],
)
def test_601_to_699_is_a_zone_and_below_600_a_community(number: str, tier: Tier) -> None:
    assert tier_of("371002001" + number) is tier


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "code.empty"),
        ("", "code.empty"),
        ("  ", "code.empty"),
        (371002001001.0, "code.not_text"),
        (371002, "code.not_text"),
        ("3.71E+14", "code.not_text"),
        ("3.71002001e11", "code.not_text"),
        ("371002001001.0", "code.not_text"),
        ("371,002", "code.not_text"),
        ("37100A", "code.not_digits"),
        ("环翠区", "code.not_digits"),
        ("37100", "code.wrong_length"),
        ("3710020010050", "code.wrong_length"),
        ("370000", "code.not_county"),
        ("971002", "code.not_county"),
        ("371002000", "code.no_township"),
        ("371002001000", "code.no_community"),
        ("371002001600", "code.number_reserved"),
        ("371002001700", "code.number_reserved"),
        ("371002001000001", "code.no_community"),
        ("371002001601001", "code.under_zone"),
        ("371002001005000", "code.no_grid"),
    ],
)
def test_what_is_no_code_is_refused_with_its_cause(value: object, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_code(value)
    assert refused.value.code == code
    assert "text" in refused.value.params


@pytest.mark.parametrize("text", ["37100200100501", "3710020010050120", "37100200100501200001"])
def test_codes_of_other_systems_are_kept_as_they_are(text: str) -> None:
    assert read_code(text) == AreaCode(text, None)
    assert read_code(text).is_external


@pytest.mark.parametrize("text", [" 371002001005 ", "３７１００２００１００５", "'371002001005"])
def test_blanks_full_width_digits_and_a_spreadsheet_apostrophe_are_forgiven(text: str) -> None:
    assert read_code(text).text == "371002001005"


@given(digits)
def test_every_string_of_digits_is_read_or_refused(text: str) -> None:
    try:
        code = read_code(text)
    except InvalidInput as refused:
        assert refused.code.startswith("code.")
    else:
        assert code.text == text
        assert code.is_external == is_external(text)
