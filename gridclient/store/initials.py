"""Pinyin initials of names: 综合执法 → ``zhzf``, so that units and grids are found by typing letters."""

from __future__ import annotations

from functools import lru_cache

import pypinyin


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """The first letters of a name's syllables in lower case; letters and digits stay, all other signs go.

    A character with two readings takes the one of its word (行政 → ``xz``, 银行 → ``yh``).
    """
    parts = pypinyin.lazy_pinyin(name, style=pypinyin.Style.FIRST_LETTER, errors=_kept)
    return "".join(parts).lower()


def _kept(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isalnum())
