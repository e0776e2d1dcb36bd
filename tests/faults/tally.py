"""What was injected how often, for the table at the end of a run. One count for the whole session."""

from __future__ import annotations

from collections import Counter

INJECTED: Counter[str] = Counter()
PROVED: Counter[str] = Counter()


def injected(what: str) -> None:
    """One more fault of this kind really happened."""
    INJECTED[what] += 1


def proved(what: str, by: int = 1) -> None:
    """One more proof of this kind held."""
    PROVED[what] += by


def table() -> list[str]:
    """Lines for people: each fault with its count, then what was proved in the end."""
    width = max((len(name) for name in (*INJECTED, *PROVED)), default=0)
    lines = [f"{name:<{width}}  {count:>7}" for name, count in sorted(INJECTED.items())]
    lines += ["-" * (width + 9), *(f"{name:<{width}}  {count:>7}" for name, count in sorted(PROVED.items()))]
    return lines
