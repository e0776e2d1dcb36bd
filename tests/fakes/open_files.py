"""The law of Windows where it is not the law: what somebody has open is neither removed nor renamed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

OWN_FILES = Path("/proc/self/fd")


def open_files_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this test, on every thread of this process, on Linux; on Windows it is so anyway."""
    if not OWN_FILES.is_dir():
        return
    for name in ("remove", "unlink", "rename", "replace"):
        monkeypatch.setattr(os, name, _refusing(getattr(os, name)))


def _refusing(act: Callable[..., None]) -> Callable[..., None]:
    def ask(*paths: Any, **rest: Any) -> None:
        held = set(_open_files())
        for path in paths:
            if os.path.realpath(path) in held:
                raise PermissionError(errno.EACCES, "another program has it open", str(path))
        act(*paths, **rest)

    return ask


def _open_files() -> Iterator[str]:
    for handle in OWN_FILES.iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            yield str(handle.readlink())
