"""Gives files that were written whole their names."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

_PAUSES_S: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4)


def put_in_place(fresh: Path, target: Path) -> None:
    """Renames ``fresh`` to ``target``, in place of what is there.

    Windows refuses that while anybody has either of them open: another process of the desk, or a virus scanner, which
    looks into every new file. There it is tried again for a second.

    Raises:
        OSError: as ``Path.replace`` does.
    """
    for pause in _PAUSES_S if os.name == "nt" else ():
        try:
            fresh.replace(target)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    fresh.replace(target)
