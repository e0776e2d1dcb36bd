"""Reading pictures for the panel, off the GUI thread: small images of files, and a pasted image as a file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from gridclient.domain.errors import GridClientError, InvalidInput
from gridclient.services.ports import AttachmentFiles

SIDE: Final = 96


def thumbnail(files: AttachmentFiles, sha256: str) -> QImage:
    """A small picture of a kept file; an empty one when it is no picture or not on this desk."""
    try:
        path = files.path(sha256)
    except GridClientError:
        return QImage()
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def copy_under_name(files: AttachmentFiles, sha256: str, name: str, target: Path | None = None) -> Path:
    """Copies a kept file to ``target``, or under its own name to where another program can open it.

    Raises:
        NotFound: it is not on this desk.
        InvalidInput: it cannot be written there (``attachment.not_saved``).
    """
    source = files.path(sha256)
    try:
        place = target or Path(tempfile.mkdtemp(prefix="gridclient-")) / (Path(name).name or sha256[:12])
        place.write_bytes(source.read_bytes())
    except OSError as error:
        raise InvalidInput("attachment.not_saved", name=name) from error
    return place


def as_file(image: QImage, folder: Path, name: str) -> Path:
    """A pasted image as a PNG file in ``folder``.

    Raises:
        InvalidInput: it holds nothing that can be written (``attachment.unreadable``).
    """
    path = folder / f"{name}.png"
    if image.isNull() or not image.save(str(path)):
        raise InvalidInput("attachment.unreadable", name=name)
    return path
