"""The recovery key: the store's key as a text that people can write down and type again.

Backups are encrypted with the profile's key; whoever has this text can restore them on another machine.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from gridclient.domain.errors import InvalidInput
from gridclient.store.driver import KEY_BYTES

_GROUP: Final = 4
_CHECK_BYTES: Final = 2
_BLANKS: Final = re.compile(r"[\s\-–—－_.]+")


def recovery_key(key: bytes) -> str:
    """The key in seventeen groups of four hexadecimal digits; the last group finds typing errors."""
    text = (key + _check(key)).hex().upper()
    return "-".join(text[place : place + _GROUP] for place in range(0, len(text), _GROUP))


def read_recovery_key(text: str) -> bytes:
    """The inverse; blanks, hyphens and case do not matter. Raises ``InvalidInput("recovery.key")``."""
    try:
        whole = bytes.fromhex(_BLANKS.sub("", text))
    except ValueError:
        raise InvalidInput("recovery.key") from None
    key, check = whole[:KEY_BYTES], whole[KEY_BYTES:]
    if check != _check(key):
        raise InvalidInput("recovery.key")
    return key


def _check(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:_CHECK_BYTES]
