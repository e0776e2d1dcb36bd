"""What an operator chose for a header is remembered by its fingerprint, on this desk only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

_PREFIX: Final = "import.columns."


def memory_name(fingerprint: str) -> str:
    """Under which name of the desk's settings."""
    return f"{_PREFIX}{fingerprint}"


def as_text(columns: Mapping[str, str]) -> str:
    """Field → column as text; nothing chosen is empty text."""
    return json.dumps(dict(columns), ensure_ascii=False) if columns else ""


def from_text(text: str) -> dict[str, str]:
    """What :func:`as_text` gave; text of another version is nothing."""
    try:
        kept = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in kept.items()} if isinstance(kept, dict) else {}
