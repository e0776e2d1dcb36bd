"""Pinyin initials of names: 综合执法 → ``zhzf``, so that units and grids are found by typing letters.

The dictionary takes 0.4 s and 60 MB: the desk's process never imports this module, its worker process does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

import pypinyin


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """The first letters of a name's syllables in lower case; letters and digits stay, all other signs go.

    A character with two readings takes the one of its word (行政 → ``xz``, 银行 → ``yh``).
    """
    parts = pypinyin.lazy_pinyin(name, style=pypinyin.Style.FIRST_LETTER, errors=_kept)
    return "".join(parts).lower()


def work_out(report: Callable[..., None], names: Iterable[str]) -> dict[str, str]:
    """The initials of each name, for the worker process."""
    report(0, None)
    return {name: initials(name) for name in names}


def _kept(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isalnum())
