"""Codes of areas and grids: the length and form of each tier's code.

Codes are text. A number cell, ``371002001001.0`` or ``3.71E+14`` has lost digits and is refused, never guessed. Source:
GB/T 2260 and the statistical division codes; tiers and zone numbers by DOMAIN, Area, grids, codes.

A zone's code cannot be taken for a community's: the statistical rules number communities and villages 001-399 and
similar places 400-599, so 601-699 in digits 10-12 is free and means a zone (片区) here.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen

ZONE_NUMBERS = range(601, 700)
DEVICE_SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Characters for a desk's two in its case numbers; without I and O, which look like 1 and 0."""
EXTERNAL_LENGTHS = frozenset({14, 16, 20})
"""Lengths of other systems' grid codes, which are kept beside ours (``external_code``)."""


class Tier(StrEnum):
    """The tiers of areas and grids, from the county down."""

    COUNTY = "county"
    TOWNSHIP = "township"
    ZONE = "zone"
    COMMUNITY = "community"
    BASIC = "basic"


GRID_TIERS = (Tier.ZONE, Tier.COMMUNITY, Tier.BASIC)
"""The three tiers of grids (片区, 社区, 基础网格), from the top."""


@frozen
class AreaCode:
    """A code as read: of one of our tiers, or of another system (``tier`` is ``None``) and kept unchanged."""

    text: str
    tier: Tier | None

    @property
    def is_external(self) -> bool:
        """Whether it belongs to another system (14, 16 or 20 digits)."""
        return self.tier is None


def read_code(value: object) -> AreaCode:
    """Reads a cell or field as a code; full-width digits and surrounding blanks are accepted.

    Raises ``InvalidInput`` with ``text``: ``code.not_text`` (a number, a float or 3.71E+14), ``code.empty``,
    ``code.not_digits``, ``code.wrong_length``, and those of ``tier_of``.
    """
    if not isinstance(value, str):
        raise InvalidInput("code.empty" if value is None else "code.not_text", text="" if value is None else value)
    text = unicodedata.normalize("NFKC", value).strip().lstrip("'")
    if is_external(text):
        return AreaCode(text, None)
    return AreaCode(text, tier_of(text))


def is_external(text: str) -> bool:
    """Whether the text has the length of another system's code."""
    return len(text) in EXTERNAL_LENGTHS and _is_digits(text)


def tier_of(text: str) -> Tier:
    """The tier of one of our codes.

    Raises ``InvalidInput`` with ``text``, besides the causes of ``read_code``: ``code.not_county`` (a province, or no
    region begins like this), ``code.no_township`` (places 7-9 are 000), ``code.no_community`` (10-12 are 000),
    ``code.number_reserved`` (10-12 are 600 or 700-999, given to nobody), ``code.under_zone`` (15 digits below a zone:
    a basic grid begins with its community) and ``code.no_grid`` (13-15 are 000).
    """
    _check_shape(text)
    if text[0] not in "12345678" or text[2:6] == "0000":
        raise InvalidInput("code.not_county", text=text)
    if len(text) == 6:
        return Tier.COUNTY
    if text[6:9] == "000":
        raise InvalidInput("code.no_township", text=text)
    if len(text) == 9:
        return Tier.TOWNSHIP
    number = int(text[9:12])
    if number == 0:
        raise InvalidInput("code.no_community", text=text)
    if number >= 600 and number not in ZONE_NUMBERS:
        raise InvalidInput("code.number_reserved", text=text)
    if len(text) == 12:
        return Tier.ZONE if number in ZONE_NUMBERS else Tier.COMMUNITY
    if number in ZONE_NUMBERS:
        raise InvalidInput("code.under_zone", text=text)
    if text[12:] == "000":
        raise InvalidInput("code.no_grid", text=text)
    return Tier.BASIC


def township_of(code: str) -> str:
    """The code of the township that an area lies in or is; "" for a county."""
    return code[:9] if len(code) >= 9 else ""


def county_of(code: str) -> str:
    """The code of the county that an area lies in or is."""
    return code[:6]


def community_of(code: str) -> str:
    """The code of the community that a basic grid lies in; any other area's own."""
    return code[:12]


_LENGTHS = frozenset({6, 9, 12, 15})
_SPOILT_NUMBER = re.compile(r"\d+(?:\.\d*)?[eE]\+?\d+|\d+[.,][\d,.]*")


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _check_shape(text: str) -> None:
    if not text:
        raise InvalidInput("code.empty", text=text)
    if _SPOILT_NUMBER.fullmatch(text):
        raise InvalidInput("code.not_text", text=text)
    if not _is_digits(text):
        raise InvalidInput("code.not_digits", text=text)
    if len(text) not in _LENGTHS:
        raise InvalidInput("code.wrong_length", text=text, digits=len(text))


def standard_key(code: str, list_name: str) -> str:
    """The key of a filing condition: ``E-01-02-01@名称``; only the code if its list has no name."""
    return f"{code}@{list_name}" if list_name else code


def split_standard_key(key: str) -> tuple[str, str]:
    """A key as code and list name; "" as name for events from before there were lists."""
    code, _, list_name = key.partition("@")
    return code, list_name


def list_name(text: str) -> str:
    """A text as a valid list name: one line, no ``@``."""
    return " ".join(text.replace("@", " ").split())
