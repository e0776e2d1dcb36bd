"""Whether a command line only opens a desk, and of which profile: asked before anything else is imported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def desk_to_open(given: Sequence[str]) -> Path | None:
    """The folder of the profile, if these arguments only open its desk: that need not wait for the whole parser."""
    match given:
        case []:
            return default_profile()
        case ["--profile", folder] if folder and not folder.startswith("-"):
            return Path(folder)
    return None


def default_profile() -> Path:
    """The folder of the profile when none is named: the platform's folder for data."""
    from platformdirs import user_data_path

    return user_data_path("gridclient", appauthor=False)
