"""The files of an invented desk, as they lie somewhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from gridclient.domain.errors import InvalidInput, NotFound
from gridclient.services.ports import FileState, KeptFile


@dataclass
class InMemoryFiles:
    """Keeps where a file lies instead of a copy."""

    folder: Path
    paths: dict[str, Path] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)

    def keep(self, source: Path, *, at: datetime) -> KeptFile:
        del at
        content = source.read_bytes()
        if not content.startswith(b"\x89PNG"):
            raise InvalidInput("attachment.unreadable", name=source.name)
        sha256 = hashlib.sha256(content).hexdigest()
        self.paths[sha256] = self.folder / sha256
        self.paths[sha256].write_bytes(content)
        return KeptFile(sha256, source.name, len(content), "image/png")

    def content(self, sha256: str) -> bytes:
        if sha256 not in self.paths:
            raise NotFound("attachment.missing", sha256=sha256)
        return self.paths[sha256].read_bytes()

    def states(self, names: Collection[str]) -> Mapping[str, FileState]:
        return {name: self._state(name) for name in names}

    def _state(self, name: str) -> FileState:
        if name not in self.paths:
            return FileState.NOT_HERE
        return FileState.ONLY_HERE if name in self.waiting else FileState.SHARED


def photo(folder: Path, name: str = "远处.png") -> Path:
    image = QImage(QSize(640, 320), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    path = folder / name
    assert image.save(str(path))
    return path
