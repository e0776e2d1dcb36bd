"""Reading pictures for the panel, off the GUI thread: small images of files, and a pasted image as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from gridclient.domain.errors import GridClientError, InvalidInput
from gridclient.services.ports import AttachmentFiles

SIDE: Final = 96


def thumbnail(files: AttachmentFiles, sha256: str) -> QImage:
    """A small picture of a kept file; an empty one when it is no picture or not on this desk."""
    try:
        content = files.content(sha256)
    except GridClientError:
        return QImage()
    buffer = QBuffer()
    buffer.setData(content)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def copy_to(files: AttachmentFiles, sha256: str, target: Path) -> Path:
    """Writes a kept file to ``target``, open as it was before it was kept.

    Raises:
        NotFound: it is not on this desk.
        InvalidInput: it cannot be written there (``attachment.not_saved``).
    """
    content = files.content(sha256)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise InvalidInput("attachment.not_saved", name=target.name) from error
    return target


def as_file(image: QImage, folder: Path, name: str) -> Path:
    """A pasted image as a PNG file in ``folder``.

    Raises:
        InvalidInput: it holds nothing that can be written (``attachment.unreadable``).
    """
    path = folder / f"{name}.png"
    if image.isNull() or not image.save(str(path)):
        raise InvalidInput("attachment.unreadable", name=name)
    return path
