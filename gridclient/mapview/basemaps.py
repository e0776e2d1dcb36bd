"""Imported base maps: the profile's folder of archives, and checking a file before it is copied there. No Qt.

PMTiles are read here. MBTiles are SQLite and read by the store, whose reader is passed in as an ``Opener``.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from gridclient.domain.errors import InvalidInput, NotFound
from gridclient.domain.frozen import frozen
from gridclient.services.map_port import ArchiveMetadata, BaseLayer, TileArchive

logger = logging.getLogger(__name__)

Opener: TypeAlias = Callable[[Path], TileArchive]

PMTILES_MAGIC = b"PMTiles"
SQLITE_MAGIC = b"SQLite format 3\x00"
SUFFIXES = frozenset({".pmtiles", ".mbtiles"})


@frozen
class BaseMapInfo:
    """What is known of a file before it is copied: the archive's metadata and its size in bytes."""

    metadata: ArchiveMetadata
    bytes: int


def openers(mbtiles: Opener) -> Mapping[bytes, Opener]:
    """Readers by the first bytes of a file, as names say nothing."""
    return {PMTILES_MAGIC: _pmtiles, SQLITE_MAGIC: mbtiles}


def _pmtiles(path: Path) -> TileArchive:
    from gridclient.mapview.pmtiles_archive import PMTilesArchive  # noqa: PLC0415  (most desks have no such file)

    return PMTilesArchive(path)


def open_archive(path: Path, readers: Mapping[bytes, Opener]) -> TileArchive:
    """Opens an archive. Raises InvalidInput ``basemap.…`` for other, damaged or unsupported files."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise InvalidInput("basemap.unreadable", name=path.name) from error
    for magic, opener in readers.items():
        if start.startswith(magic):
            return opener(path)
    raise InvalidInput("basemap.not_archive", name=path.name)


def inspect_archive(path: Path, readers: Mapping[bytes, Opener]) -> BaseMapInfo:
    """Reads metadata and the first tiles, to find out if the archive is good. Raises as ``open_archive``."""
    archive = open_archive(path, readers)
    try:
        return BaseMapInfo(archive.metadata(), path.stat().st_size)
    finally:
        archive.close()


class BaseMapFolder:
    """The archives of one folder, as ``BaseMaps``. A file that cannot be read is logged and left out."""

    def __init__(self, folder: Path, readers: Mapping[bytes, Opener]) -> None:
        self._folder = folder
        self._readers = readers
        self._lock = threading.Lock()
        self._open: dict[str, tuple[tuple[int, int], TileArchive]] = {}

    def base_layers(self) -> Sequence[BaseLayer]:
        """The base maps. The folder is read each time, so that an import shows without a restart."""
        with self._lock:
            present = {layer_id(path): path for path in self._paths()}
            for gone in self._open.keys() - present.keys():
                self._open.pop(gone)[1].close()
            layers = []
            for name, path in present.items():
                try:
                    layers.append(BaseLayer(name, self._archive(name, path).metadata()))
                except InvalidInput as error:
                    logger.warning("left out the base map %s: %s", path.name, error)
            return layers

    def tile(self, layer_id: str, z: int, x: int, y: int) -> bytes | None:
        """A tile, ``None`` if there is none. Raises NotFound for an unknown base map, InvalidInput for a damaged
        tile."""
        with self._lock:
            entry = self._open.get(layer_id)
        if entry is None:
            raise NotFound("map.address", address=layer_id)
        return entry[1].tile(z, x, y)

    def let_go(self, layer_id: str) -> None:
        """Closes one archive, because Windows deletes no open file."""
        with self._lock:
            if layer_id in self._open:
                self._open.pop(layer_id)[1].close()

    def close(self) -> None:
        """Closes all archives."""
        with self._lock:
            for _, archive in self._open.values():
                archive.close()
            self._open.clear()

    def _paths(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted(path for path in self._folder.iterdir() if path.suffix.lower() in SUFFIXES)

    def _archive(self, name: str, path: Path) -> TileArchive:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._open.get(name)
        if known and known[0] == stamp:
            return known[1]
        if known:
            self._open.pop(name)[1].close()
        archive = open_archive(path, self._readers)
        self._open[name] = (stamp, archive)
        return archive


def layer_id(path: Path) -> str:
    """The base map's name in addresses, made from the path, as file names may contain any characters."""
    return hashlib.sha256(path.name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
