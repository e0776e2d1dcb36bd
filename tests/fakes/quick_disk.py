"""A folder for stores that only a test needs: in memory where there is room, as durable writes wait for the disk."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_MEMORY: Final = Path("/dev/shm")
_ENOUGH: Final = 48 << 20


@contextmanager
def quick_folder() -> Iterator[Path]:
    """An empty folder that is gone in the end."""
    in_memory = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ENOUGH
    with tempfile.TemporaryDirectory(prefix="gridclient-", dir=_MEMORY if in_memory else None) as folder:
        yield Path(folder)
