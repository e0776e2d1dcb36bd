"""Masking of personal data for screens, documents and logs. Source: DOMAIN, Privacy: masked by default.

What names or reaches a person is masked wherever it is shown: in the facts of a case, in what happened to it, in
results and names of files. Who handles a case may ask for the plain words
(:func:`gridclient.domain.roles.may_see_people`), which leaves a line in the audit log.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

_PLAIN = str.maketrans("０１２３４５６７８９（）－‐‑‒–—―\u00a0\u3000Ｘｘx", "0123456789()-------  XXX")
_NUMBER = re.compile(
    r"""(?<!\d)(?<!\d\.)(?:
        (?:(?:00)?86[- ]?)?1[3-9]\d ([- ]?\d{4}[- ]?) \d{4}                            # a mobile telephone
      | \(?0(?:10|2\d|[3-9]\d\d)\)? ([- ]?[2-8]\d{2,3}[- ]?) \d{4}                    # a telephone with its area
      | [1-8]\d{3} (\d\d[- ]?(?:18|19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d[- ]?) \d{3}[\dX]  # an identity number
      | [1-8]\d{3} (\d\d[3-9]\d(?:0[1-9]|1[0-2])[0-3]\d) \d{3}                         # an old one: born since 1930
      | 62\d\d ((?:[- ]?\d{4}){2}[- ]?|\d{11}) \d{4}                                   # a bank card
    )(?![\d元万亿])""",
    re.VERBOSE,
)
"""Each way of writing has one group, what is hidden. Codes of areas, numbers of cases and amounts are none of these."""
_SHORTEST_SHOWN = 10
"""Digits of a telephone from which on its ends leave three hidden at least."""


def mask_name(name: str) -> str:
    """``张某某`` → ``张*``; an empty name stays empty."""
    stripped = name.strip()
    return f"{stripped[0]}*" if stripped else ""


def mask_phone(phone: str) -> str:
    """``13800001234`` → ``138****1234``; a number too short for that is hidden whole."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) < _SHORTEST_SHOWN:
        return "*" * len(digits)
    return f"{digits[:3]}****{digits[-4:]}"


def mask_numbers(text: str, *, whole: bool = False) -> str:
    """Hides the midst of telephone, identity and bank card numbers inside a text, or the ``whole`` of them; its length
    stays."""
    for found in _NUMBER.finditer(text.translate(_PLAIN)):
        begin, end = found.span(0 if whole else found.lastindex or 0)
        text = text[:begin] + "*" * (end - begin) + text[end:]
    return text


MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "reporter_name": mask_name,
    "reporter_phone": mask_phone,
    **dict.fromkeys(
        ("title", "address", "description", "people", "text", "reason", "result", "public_reply", "note", "name"),
        mask_numbers,
    ),
}
"""How texts of cases and events are masked, by their names there; what a file's own columns hold as texts are."""
